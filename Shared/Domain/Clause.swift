/// Where a rule stands 条款: the code of a regulation and its article, such as `002-WD §11`.
///
/// Rules that the law leaves open carry the code `ours` and name the decision that made them.
package struct Clause: Hashable, Codable, Sendable, CustomStringConvertible {
    package var text: String

    package init(_ text: String) { self.text = text }

    package init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package var description: String { text }
}
