/// What type of value a fact has; a pack says it, and it travels with the fact.
package enum FactKind: String, CaseIterable, Codable, Sendable {
    case text, number, integer, flag, day, choice, code, coordinates, reference
}

/// One field of an entry that a pack declares; the text is kept exactly as it was written.
package struct Fact: Hashable, Codable, Sendable {
    package var id: String
    package var kind: FactKind
    package var text: String

    package init(_ id: String, _ kind: FactKind, _ text: String) {
        (self.id, self.kind, self.text) = (id, kind, text)
    }

    /// The value, if it is a number.
    package var number: Double? { kind == .number || kind == .integer ? Double(text) : nil }

    /// The values of a fact that takes several.
    package var words: [String] {
        text.split(separator: ";").map { word in
            let start = word.drop { $0 == " " }
            return String(start.dropLast(start.reversed().prefix { $0 == " " }.count))
        }
    }
}

/// The facts of one entry, in the order of their ids.
package struct Facts: Hashable, Codable, Sendable {
    package private(set) var all: [Fact] = []

    package init() {}

    package init(_ facts: [Fact]) { all = facts.sorted { $0.id < $1.id } }

    package var isEmpty: Bool { all.isEmpty }

    package subscript(id: String) -> Fact? { all.first { $0.id == id } }

    /// The text of a fact; empty if there is none.
    package func text(_ id: String) -> String { self[id]?.text ?? "" }

    package init(from decoder: any Decoder) throws {
        all = try decoder.singleValueContainer().decode([Fact].self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(all)
    }
}

// Most entries have no facts: then none are stored.
extension KeyedEncodingContainer {
    mutating func encode(_ facts: Facts, forKey key: Key) throws {
        if !facts.isEmpty { try encodeIfPresent(facts, forKey: key) }
    }
}

extension KeyedDecodingContainer {
    func decode(_ type: Facts.Type, forKey key: Key) throws -> Facts {
        try decodeIfPresent(type, forKey: key) ?? Facts()
    }
}
