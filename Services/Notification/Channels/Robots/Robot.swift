import Crypto
package import Domain
import Foundation

/// A robot that writes into the chat group of a body.
package struct Robot: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case wecom, dingtalk
    }

    package var node: NodeID
    package var kind: Kind
    /// As the group shows it, with the key or token in it.
    package var url: String
    /// What DingTalk's requests are signed with; empty: they are not.
    package var secret: String

    package init(node: NodeID, kind: Kind, url: String, secret: String = "") {
        (self.node, self.kind, self.url, self.secret) = (node, kind, url, secret)
    }

    /// Where to post at `now`: DingTalk wants the time and a signature of it in the address.
    package func address(at now: Instant) -> String {
        guard kind == .dingtalk, !secret.isEmpty else { return url }
        let time = now.unixMilliseconds
        let code = HMAC<SHA256>.authenticationCode(
            for: Data("\(time)\n\(secret)".utf8), using: SymmetricKey(data: Data(secret.utf8)))
        let signature = FormCoding.escaped(Data(code).base64EncodedString())
        return url + (url.contains("?") ? "&" : "?") + "timestamp=\(time)&sign=\(signature)"
    }

    /// How much text fits into one message.
    var textBytesMax: Int {
        switch kind {
        case .wecom: ChannelLimits.wecomTextBytesMax
        case .dingtalk: ChannelLimits.dingtalkTextBytesMax
        }
    }

    /// What to post. Who is meant is called by their number, if the message has one.
    package func body(_ text: String, telephone: String) -> JSONValue {
        let called: [JSONValue] = telephone.isEmpty ? [] : [.string(telephone)]
        switch kind {
        case .wecom:
            return .object([
                "msgtype": .string("text"),
                "text": .object([
                    "content": .string(text), "mentioned_mobile_list": .array(called),
                ]),
            ])
        case .dingtalk:
            return .object([
                "msgtype": .string("text"), "text": .object(["content": .string(text)]),
                "at": .object(["atMobiles": .array(called), "isAtAll": .bool(false)]),
            ])
        }
    }

    /// Codes with which a platform says that it was too fast.
    private var throttleCodes: Set<Int64> {
        switch kind {
        case .wecom: [45_009, 45_033]
        case .dingtalk: [130_101, 410_100, 660_026, 90_030]
        }
    }

    /// What an answer means. The platforms say with HTTP 200 that something is wrong.
    package func read(
        status: UInt, body: [UInt8]
    ) -> (outcome: HandOverOutcome, isThrottle: Bool) {
        let shown = HTTPAnswer.shortened(body)
        guard (200...299).contains(status) else {
            let text = "HTTP \(status): \(shown)"
            let mayHelp = HTTPAnswer.mayHelpAgain(status)
            return (mayHelp ? .refusedForNow(text) : .refused(text), status == 429)
        }
        let code = (try? JSONValue(parsing: body))?.value(at: "/errcode")?.text.flatMap {
            Int64($0)
        }
        guard let code else { return (.refused("no errcode in the answer: \(shown)"), false) }
        if code == 0 { return (.taken(providerIDs: []), false) }
        if throttleCodes.contains(code) {
            return (.refusedForNow("errcode \(code): \(shown)"), true)
        }
        // -1: the platform is busy.
        return (code == -1 ? .refusedForNow("errcode -1: \(shown)") : .refused(shown), false)
    }
}
