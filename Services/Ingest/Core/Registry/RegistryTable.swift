package import Domain

/// One entry of the registry: a value with an id of its own kind.
package protocol RegistryValue: Hashable, Codable, Sendable {
    associatedtype ID: Identifier
    var id: ID { get }
    /// The fields that packs declare.
    var facts: Facts { get set }
}

/// The entries of one kind, in the order of their ids.
package struct RegistryTable<Value: RegistryValue>: Sendable, Equatable {
    package private(set) var values: [Value] = []

    package init() {}

    package var count: Int { values.count }

    package subscript(id: Value.ID) -> Value? {
        let place = place(of: id)
        guard place < values.count, values[place].id == id else { return nil }
        return values[place]
    }

    /// Puts one value in its place; quick when ids come in order, as they do from a store.
    package mutating func put(_ value: Value) {
        guard let last = values.last, !(last.id < value.id) else {
            values.append(value)
            return
        }
        let place = place(of: value.id)
        if values[place].id == value.id {
            values[place] = value
        } else {
            values.insert(value, at: place)
        }
    }

    /// Puts many values in one pass; of values with the same id the last counts.
    package mutating func put(_ changes: [Value]) {
        guard !changes.isEmpty else { return }
        // By place within the same id: Swift's sort does not promise to be stable.
        let sorted = changes.enumerated().sorted {
            $0.element.id == $1.element.id
                ? $0.offset < $1.offset : $0.element.id < $1.element.id
        }.map(\.element)
        var merged: [Value] = []
        merged.reserveCapacity(values.count + sorted.count)
        var old = 0
        for (index, value) in sorted.enumerated() {
            if index + 1 < sorted.count, sorted[index + 1].id == value.id { continue }
            while old < values.count, values[old].id < value.id {
                merged.append(values[old])
                old += 1
            }
            if old < values.count, values[old].id == value.id { old += 1 }
            merged.append(value)
        }
        merged.append(contentsOf: values[old...])
        values = merged
    }

    /// Takes out one value.
    package mutating func remove(_ id: Value.ID) {
        let place = place(of: id)
        if place < values.count, values[place].id == id { values.remove(at: place) }
    }

    private func place(of id: Value.ID) -> Int {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            if values[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
