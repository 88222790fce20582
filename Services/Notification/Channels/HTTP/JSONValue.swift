import Foundation

/// Any JSON, for the shapes that providers choose.
package enum JSONValue: Codable, Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let values): try container.encode(values)
        case .object(let values): try container.encode(values)
        }
    }

    package init(parsing bytes: some Collection<UInt8>) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
    }

    package func serialized() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self))
    }

    /// The value that a JSON pointer such as `/data/0/id` names; nil if there is none.
    package func value(at pointer: String) -> JSONValue? {
        if pointer.isEmpty { return self }
        var value = self
        for step in pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            let key = step.replacingOccurrences(of: "~1", with: "/")
                .replacingOccurrences(of: "~0", with: "~")
            switch value {
            case .object(let values):
                guard let next = values[key] else { return nil }
                value = next
            case .array(let values):
                guard let index = Int(key), values.indices.contains(index) else { return nil }
                value = values[index]
            case .null, .bool, .integer, .number, .string: return nil
            }
        }
        return value
    }

    /// A single value as text, as settings name it: `0`, `OK`, `true`; nil for lists and objects.
    package var text: String? {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): String(value)
        case .string(let value): value
        case .array, .object: nil
        }
    }

    /// The same with each `{name}` in its strings replaced; escaping is left to the encoder, so
    /// that no text can break out of its string.
    package func filled(_ values: [String: String]) -> JSONValue {
        switch self {
        case .null, .bool, .integer, .number: self
        case .string(let text): .string(Self.fill(text, values))
        case .array(let elements): .array(elements.map { $0.filled(values) })
        case .object(let members): .object(members.mapValues { $0.filled(values) })
        }
    }

    /// The texts of an object by name, in the order of the names; nil if it is none, or holds
    /// objects and lists itself.
    package var fields: [(name: String, value: String)]? {
        guard case .object(let members) = self else { return nil }
        let fields = members.keys.sorted().compactMap { name in
            members[name]?.text.map { (name: name, value: $0) }
        }
        return fields.count == members.count ? fields : nil
    }

    /// The `{names}` in its strings.
    package var names: [String] {
        switch self {
        case .null, .bool, .integer, .number: []
        case .string(let text): Self.pieces(text).compactMap(\.name)
        case .array(let elements): elements.flatMap(\.names)
        case .object(let members): members.keys.sorted().flatMap { members[$0]?.names ?? [] }
        }
    }

    private static func fill(_ text: String, _ values: [String: String]) -> String {
        pieces(text).map { piece in
            piece.name.map { values[$0] ?? "{\($0)}" } ?? piece.text
        }.joined()
    }

    private static func pieces(_ text: String) -> [(text: String, name: String?)] {
        var pieces: [(text: String, name: String?)] = []
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            pieces.append((String(rest[..<open]), nil))
            pieces.append(("", String(rest[rest.index(after: open)..<close])))
            rest = rest[rest.index(after: close)...]
        }
        pieces.append((String(rest), nil))
        return pieces
    }
}
