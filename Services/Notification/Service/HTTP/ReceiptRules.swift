import Foundation
package import NotificationCore
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

    package init(
        secret: String, identity: Identity = .notice, idPointer: String = "/id",
        statePointer: String = "/state", textPointer: String? = nil,
        deliveredValues: [String] = ["DELIVRD"], failedValues: [String] = ["UNDELIV"]
    ) {
        (self.secret, self.identity, self.idPointer) = (secret, identity, idPointer)
        (self.statePointer, self.textPointer) = (statePointer, textPointer)
        (self.deliveredValues, self.failedValues) = (deliveredValues, failedValues)
    }

    package static let keys = [
        ConfigurationKey(
            "receipt-port", .integer(0...65_535),
            "The port on which the provider calls back with receipts (POST /receipts/SECRET, or "
                + "/receipts with `authorization: Bearer SECRET`); unset: none are taken."),
        ConfigurationKey(
            "receipt-host", .text, default: "127.0.0.1", "The address of that port."),
        ConfigurationKey(
            "receipt-secret", .text, secret: true,
            "What the provider must show; at least 16 characters."),
        ConfigurationKey(
            "receipt-id", .choice(Identity.allCases.map(\.rawValue)), default: "notice",
            "Whose name for the message the receipt bears: ours ({id}), or the provider's."),
        ConfigurationKey(
            "receipt-id-pointer", .text, default: "/id", "Where in a receipt that name stands."),
        ConfigurationKey(
            "receipt-state-pointer", .text, default: "/state",
            "Where in a receipt stands what became of the message."),
        ConfigurationKey(
            "receipt-text-pointer", .text, "Where in a receipt stands why it failed."),
        ConfigurationKey(
            "receipt-delivered", .text, default: "DELIVRD,delivered",
            "What stands there if it reached the telephone; several are joined by commas."),
        ConfigurationKey(
            "receipt-failed", .text, default: "UNDELIV,EXPIRED,REJECTD,DELETED,failed",
            "What stands there if it never will; other words change nothing."),
    ]

    /// The rules that the settings state; nil if no receipts are taken.
    package static func read(_ settings: ServiceConfiguration) throws -> ReceiptRules? {
        guard settings.optional("receipt-port") != nil else { return nil }
        guard let secret = settings.optional("receipt-secret"), secret.count >= 16 else {
            throw ChannelMistake(
                "receipt-secret", "receipt-port is set, so it needs at least 16 characters")
        }
        for name in ["receipt-id-pointer", "receipt-state-pointer", "receipt-text-pointer"] {
            try HTTPProvider.check(pointer: settings.optional(name), of: name)
        }
        func words(_ name: String) -> [String] {
            settings.text(name).split(separator: ",").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
        }
        return ReceiptRules(
            secret: secret, identity: Identity(rawValue: settings.text("receipt-id")) ?? .notice,
            idPointer: settings.text("receipt-id-pointer"),
            statePointer: settings.text("receipt-state-pointer"),
            textPointer: settings.optional("receipt-text-pointer"),
            deliveredValues: words("receipt-delivered"), failedValues: words("receipt-failed"))
    }

    /// One receipt as an event; nil if it speaks of a state between, which changes nothing.
    package func event(_ receipt: JSONValue) throws(ChannelMistake) -> NotificationEvent? {
        guard let id = receipt.value(at: idPointer)?.text, !id.isEmpty else {
            throw ChannelMistake("receipt-id-pointer", "a receipt has nothing at \(idPointer)")
        }
        guard let state = receipt.value(at: statePointer)?.text else {
            throw ChannelMistake(
                "receipt-state-pointer", "a receipt has nothing at \(statePointer)")
        }
        let subject: ReceiptSubject =
            switch identity {
            case .notice: .notice(.init(id))
            case .provider: .provider(id)
            }
        if deliveredValues.contains(state) { return .receipt(subject, .delivered) }
        guard failedValues.contains(state) else { return nil }
        let text = textPointer.flatMap { receipt.value(at: $0)?.text }
        return .receipt(
            subject, .failed("receipt: \(state)" + (text.map { " (\($0))" } ?? "")))
    }

    /// True if `shown` is the secret; takes as long wherever the two part.
    package func accepts(_ shown: String) -> Bool {
        let (left, right) = (Array(secret.utf8), Array(shown.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
