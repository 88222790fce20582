import Foundation
package import Runtime

/// How the receipts that a provider calls back with are read.
package struct ReceiptRules: Sendable {
    package enum Identity: String, CaseIterable, Sendable {
        /// The id is the one that we gave in the request.
        case notice
        /// The id is what the provider called the message in its answer.
        case provider
    }

    package var secret: String
    package var identity: Identity
    package var idPointer: String
    package var statePointer: String
    package var textPointer: String?
    package var deliveredValues: [String]
    package var failedValues: [String]
    package var replyTelephonePointer = "/telephone"
    package var replyTextPointer = "/text"

    package init(
        secret: String, identity: Identity = .notice, idPointer: String = "/id",
        statePointer: String = "/state", textPointer: String? = nil,
        deliveredValues: [String] = ["DELIVRD"], failedValues: [String] = ["UNDELIV"]
    ) {
        (self.secret, self.identity, self.idPointer) = (secret, identity, idPointer)
        (self.statePointer, self.textPointer) = (statePointer, textPointer)
        (self.deliveredValues, self.failedValues) = (deliveredValues, failedValues)
    }

    /// The keys of a provider's receipts; those of the second one begin with `backup-`.
    package static func keys(_ prefix: String = "") -> [ConfigurationKey] {
        func key(
            _ name: String, _ kind: ConfigurationKey.Kind, default fallback: String? = nil,
            secret: Bool = false, _ meaning: String
        ) -> ConfigurationKey {
            ConfigurationKey(
                "\(prefix)\(name)", kind, default: fallback, secret: secret, meaning)
        }
        return [
            key(
                "receipt-port", .integer(0...65_535),
                "The port on which the provider calls back with receipts (POST or GET "
                    + "/receipts/SECRET, or /receipts with `authorization: Bearer SECRET`) and "
                    + "with what people answer (/replies, likewise); unset: none are taken."),
            key("receipt-host", .text, default: "127.0.0.1", "The address of that port."),
            key(
                "receipt-secret", .text, secret: true,
                "What the provider must show; at least 16 characters."),
            key(
                "receipt-id", .choice(Identity.allCases.map(\.rawValue)), default: "notice",
                "Whose name for the message the receipt bears: ours ({id}), or the provider's."),
            key(
                "receipt-id-pointer", .text, default: "/id",
                "Where in a receipt that name stands."),
            key(
                "receipt-state-pointer", .text, default: "/state",
                "Where in a receipt stands what became of the message."),
            key("receipt-text-pointer", .text, "Where in a receipt stands why it failed."),
            key(
                "receipt-delivered", .text, default: "DELIVRD,delivered",
                "What stands there if it reached the telephone; several are joined by commas."),
            key(
                "receipt-failed", .text, default: "UNDELIV,EXPIRED,REJECTD,DELETED,failed",
                "What stands there if it never will; other words change nothing."),
            key(
                "reply-telephone-pointer", .text, default: "/telephone",
                "Where in an answer of a person stands their number."),
            key("reply-text-pointer", .text, default: "/text", "Where in it stands the text."),
        ]
    }

    /// The rules that the settings state; nil if no receipts are taken.
    package static func read(
        _ settings: ServiceConfiguration, prefix: String = ""
    ) throws -> ReceiptRules? {
        func optional(_ name: String) -> String? { settings.optional(prefix + name) }
        func text(_ name: String) -> String { settings.text(prefix + name) }
        guard optional("receipt-port") != nil else { return nil }
        guard let secret = optional("receipt-secret"), secret.count >= 16 else {
            throw ChannelMistake(
                prefix + "receipt-secret",
                "\(prefix)receipt-port is set, so it needs at least 16 characters")
        }
        for name in [
            "receipt-id-pointer", "receipt-state-pointer", "receipt-text-pointer",
            "reply-telephone-pointer", "reply-text-pointer",
        ] {
            try HTTPProvider.check(pointer: optional(name), of: prefix + name)
        }
        var rules = ReceiptRules(
            secret: secret, identity: Identity(rawValue: text("receipt-id")) ?? .notice,
            idPointer: text("receipt-id-pointer"), statePointer: text("receipt-state-pointer"),
            textPointer: optional("receipt-text-pointer"),
            deliveredValues: HTTPProvider.words(text("receipt-delivered")),
            failedValues: HTTPProvider.words(text("receipt-failed")))
        rules.replyTelephonePointer = text("reply-telephone-pointer")
        rules.replyTextPointer = text("reply-text-pointer")
        return rules
    }

    /// One receipt as a report; nil if it speaks of a state between, which changes nothing.
    package func report(_ receipt: JSONValue) throws(ChannelMistake) -> ChannelReport? {
        guard let id = receipt.value(at: idPointer)?.text, !id.isEmpty else {
            throw ChannelMistake("receipt-id-pointer", "a receipt has nothing at \(idPointer)")
        }
        guard let state = receipt.value(at: statePointer)?.text else {
            throw ChannelMistake(
                "receipt-state-pointer", "a receipt has nothing at \(statePointer)")
        }
        let subject: ChannelReport.Subject =
            switch identity {
            case .notice: .message(id)
            case .provider: .provider(id)
            }
        if deliveredValues.contains(state) { return .delivered(subject) }
        guard failedValues.contains(state) else { return nil }
        let text = textPointer.flatMap { receipt.value(at: $0)?.text }
        return .undeliverable(
            subject, reason: "receipt: \(state)" + (text.map { " (\($0))" } ?? ""))
    }

    /// What a person answered.
    package func reply(_ reply: JSONValue) throws(ChannelMistake) -> ChannelReport {
        guard let telephone = reply.value(at: replyTelephonePointer)?.text, !telephone.isEmpty
        else {
            throw ChannelMistake(
                "reply-telephone-pointer", "a reply has nothing at \(replyTelephonePointer)")
        }
        guard let text = reply.value(at: replyTextPointer)?.text else {
            throw ChannelMistake(
                "reply-text-pointer", "a reply has nothing at \(replyTextPointer)")
        }
        return .reply(telephone: Telephone.digits(of: telephone), text: text)
    }

    /// True if `shown` is the secret; takes as long wherever the two part.
    package func accepts(_ shown: String) -> Bool {
        let (left, right) = (Array(secret.utf8), Array(shown.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
