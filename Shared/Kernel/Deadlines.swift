package import Domain

/// What waits for time to pass, in due order: a queue of keys, each due once.
///
/// Equal times are ordered by key, so that the order never depends on how the queue was filled.
package struct Deadlines<Key: Hashable & Comparable & Sendable>: Sendable, Equatable {
    /// One key and its time.
    package struct Entry: Hashable, Comparable, Sendable {
        package let dueAt: Instant
        package let key: Key

        package static func < (left: Entry, right: Entry) -> Bool {
            (left.dueAt, left.key) < (right.dueAt, right.key)
        }
    }

    // Latest first, so that taking the earliest moves nothing.
    private var descending: [Entry] = []
    private var dueAtByKey: [Key: Instant] = [:]

    package init() {}

    package var isEmpty: Bool { descending.isEmpty }
    package var count: Int { descending.count }

    /// The earliest.
    package var next: Entry? { descending.last }

    /// The time of the earliest; what a machine answers as its `nextDue`.
    package var nextDue: Instant? { descending.last?.dueAt }

    /// The time of the earliest if that is not after `limit`.
    package func nextDue(by limit: Instant) -> Instant? {
        nextDue.flatMap { $0 <= limit ? $0 : nil }
    }

    /// All entries, earliest first.
    package var ascending: [Entry] { descending.reversed() }

    /// When `key` is due; nil if it does not wait.
    package func dueAt(_ key: Key) -> Instant? { dueAtByKey[key] }

    /// Makes `key` wait for `dueAt`, in place of what it waited for before.
    package mutating func set(_ key: Key, dueAt: Instant) {
        if dueAtByKey[key] == dueAt { return }
        remove(key)
        let entry = Entry(dueAt: dueAt, key: key)
        descending.insert(entry, at: place(of: entry))
        dueAtByKey[key] = dueAt
    }

    /// Lets `key` wait no longer; true if it did.
    @discardableResult
    package mutating func remove(_ key: Key) -> Bool {
        guard let dueAt = dueAtByKey.removeValue(forKey: key) else { return false }
        descending.remove(at: place(of: Entry(dueAt: dueAt, key: key)))
        return true
    }

    /// Takes out the earliest if it is due by `now`.
    package mutating func popDue(at now: Instant) -> Entry? {
        guard let entry = descending.last, entry.dueAt <= now else { return nil }
        descending.removeLast()
        dueAtByKey[entry.key] = nil
        return entry
    }

    // The index of the first entry that is not later than `entry`.
    private func place(of entry: Entry) -> Int {
        var (low, high) = (0, descending.count)
        while low < high {
            let middle = (low + high) / 2
            if entry < descending[middle] { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
