package import Domain
import HeapModule

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

    /// When each key is due: what counts.
    private var dueAtByKey: [Key: Instant] = [:]
    /// The same, the earliest first; entries that `dueAtByKey` does not bear out are passed over.
    private var heap = Heap<Entry>()

    package init() {}

    package static func == (left: Self, right: Self) -> Bool {
        left.dueAtByKey == right.dueAtByKey
    }

    package var isEmpty: Bool { dueAtByKey.isEmpty }
    package var count: Int { dueAtByKey.count }

    /// The earliest.
    package var next: Entry? { heap.min }

    /// The time of the earliest; what a machine answers as its `nextDue`.
    package var nextDue: Instant? { heap.min?.dueAt }

    /// The time of the earliest if that is not after `limit`.
    package func nextDue(by limit: Instant) -> Instant? {
        nextDue.flatMap { $0 <= limit ? $0 : nil }
    }

    /// All entries, earliest first.
    package var ascending: [Entry] {
        dueAtByKey.map { Entry(dueAt: $0.value, key: $0.key) }.sorted()
    }

    /// When `key` is due; nil if it does not wait.
    package func dueAt(_ key: Key) -> Instant? { dueAtByKey[key] }

    /// Makes `key` wait for `dueAt`, in place of what it waited for before.
    package mutating func set(_ key: Key, dueAt: Instant) {
        if dueAtByKey.updateValue(dueAt, forKey: key) == dueAt { return }
        heap.insert(Entry(dueAt: dueAt, key: key))
        tidy()
    }

    /// Lets `key` wait no longer; true if it did.
    @discardableResult
    package mutating func remove(_ key: Key) -> Bool {
        guard dueAtByKey.removeValue(forKey: key) != nil else { return false }
        tidy()
        return true
    }

    /// Takes out the earliest if it is due by `now`.
    package mutating func popDue(at now: Instant) -> Entry? {
        guard let entry = heap.min, entry.dueAt <= now else { return nil }
        heap.removeMin()
        dueAtByKey[entry.key] = nil
        tidy()
        return entry
    }

    /// Keeps what is passed over off the top, and from outgrowing the rest.
    private mutating func tidy() {
        while let entry = heap.min, dueAtByKey[entry.key] != entry.dueAt { heap.removeMin() }
        if heap.count > 2 * dueAtByKey.count + Self.slack {
            // A heap hands entries out in their own order, whatever the order it was filled in.
            let entries = dueAtByKey.map { Entry(dueAt: $0.value, key: $0.key) }
            heap = Heap(entries)
            // A new dictionary does not keep the room of a time when it was much larger.
            dueAtByKey = Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0.dueAt) })
        }
    }

    /// So many entries may be passed over before a small queue is built anew.
    private static var slack: Int { 64 }
}
