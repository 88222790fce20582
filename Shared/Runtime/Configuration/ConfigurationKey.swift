/// One thing that can be set when a service is started: how we run, never what the law says.
package struct ConfigurationKey: Hashable, Sendable {
    /// What may be written.
    package enum Kind: Hashable, Sendable {
        case text
        case integer(ClosedRange<Int>)
        /// `true` or `false`.
        case truth
        case choice([String])
    }

    /// Words joined by hyphens, such as `grpc-port`; the flag is `--grpc-port`, the variable
    /// `HAZWATCH_RISK_GRPC_PORT`.
    package var name: String
    package var kind: Kind
    /// What counts if nobody sets it; nil: it stays unset.
    package var fallback: String?
    /// What it is for, in a sentence for the operator.
    package var meaning: String
    /// True: never printed.
    package var isSecret: Bool

    package init(
        _ name: String, _ kind: Kind, default fallback: String? = nil, secret: Bool = false,
        _ meaning: String
    ) {
        (self.name, self.kind, self.fallback) = (name, kind, fallback)
        (self.meaning, self.isSecret) = (meaning, secret)
    }

    /// What may be written, in words.
    package var range: String {
        switch kind {
        case .text: "text"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .truth: "true or false"
        case .choice(let words): words.joined(separator: " or ")
        }
    }

    /// Nil if `text` may be written for it, else what to write instead.
    func mistake(in text: String) -> String? {
        let isGood =
            switch kind {
            case .text: true
            case .integer(let range): Int(text).map { range.contains($0) } ?? false
            case .truth: text == "true" || text == "false"
            case .choice(let words): words.contains(text)
            }
        return isGood ? nil : "it must be \(range)"
    }
}
