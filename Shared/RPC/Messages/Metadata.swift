/// Names and values beside the messages of a call, in order, with repeats.
///
/// A name that ends in "-bin" carries bytes; all others carry printable ASCII.
package struct Metadata: Sendable, Equatable {
    package enum Content: Sendable, Equatable {
        case text(String)
        case bytes([UInt8])
    }

    package struct Entry: Sendable, Equatable {
        /// Lower case, as HTTP/2 demands.
        package let name: String
        package let value: Content
    }

    package private(set) var entries: [Entry] = []

    package init() {}

    /// Adds a text value; a repeated name keeps all its values in order.
    package mutating func add(_ name: String, _ value: String) {
        entries.append(Entry(name: name.lowercased(), value: .text(value)))
    }

    /// Adds a binary value; the name must end in "-bin".
    package mutating func add(_ name: String, bytes: [UInt8]) {
        precondition(name.hasSuffix("-bin"), "A binary metadata name must end in -bin.")
        entries.append(Entry(name: name.lowercased(), value: .bytes(bytes)))
    }

    package mutating func add(contentsOf other: Metadata) {
        entries.append(contentsOf: other.entries)
    }

    package mutating func removeAll(_ name: String) {
        let wanted = name.lowercased()
        entries.removeAll { $0.name == wanted }
    }

    /// The first text value under the name.
    package subscript(_ name: String) -> String? {
        get {
            for entry in entries where entry.name == name {
                if case .text(let text) = entry.value { return text }
            }
            return nil
        }
        set {
            removeAll(name)
            if let newValue { add(name, newValue) }
        }
    }

    /// The first binary value under the name.
    package subscript(bytes name: String) -> [UInt8]? {
        get {
            for entry in entries where entry.name == name {
                if case .bytes(let bytes) = entry.value { return bytes }
            }
            return nil
        }
        set {
            removeAll(name)
            if let newValue { add(name, bytes: newValue) }
        }
    }

    /// All text values under the name, in order.
    package func texts(_ name: String) -> [String] {
        entries.compactMap { entry in
            guard entry.name == name, case .text(let text) = entry.value else { return nil }
            return text
        }
    }

    /// All binary values under the name, in order.
    package func allBytes(_ name: String) -> [[UInt8]] {
        entries.compactMap { entry in
            guard entry.name == name, case .bytes(let bytes) = entry.value else { return nil }
            return bytes
        }
    }

    package var isEmpty: Bool { entries.isEmpty }
}

extension Metadata: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { add(name, value) }
    }
}
