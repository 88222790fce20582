import Domain
import IngestCore

/// What is known of each point without asking the disk: its latest reading, and its tail, the
/// readings that are on disk in batches and not yet in chunks.
struct PointMemory {
    struct Slot {
        let id: PointID
        var latest: Reading
        /// In the order of arrival.
        var tail: [Reading] = []
        /// Readings up to this position are in chunks.
        var chunkedPosition: UInt64 = 0
    }

    private(set) var slots: [Slot] = []
    private(set) var tailCount = 0
    private var numbers: [PointID: Int] = [:]

    func number(of point: PointID) -> Int? { numbers[point] }

    /// Puts back a point as the store holds it; called in the order of numbers, from 0.
    mutating func restore(_ slot: Slot) {
        numbers[slot.id] = slots.count
        slots.append(slot)
    }

    /// Takes in a batch that is on disk; what is in chunks already is left out.
    mutating func take(_ columns: ReadingColumns, receivedAt: Instant, position: UInt64) {
        var places = [Int](repeating: -1, count: columns.pointIDs.count)
        for index in 0..<columns.count {
            let reading = Reading(
                measuredAt: Instant(unixMilliseconds: columns.measuredAt[index]),
                receivedAt: receivedAt, value: columns.value[index],
                quality: columns.quality(at: index))
            let local = Int(columns.point[index])
            if places[local] < 0 {
                places[local] = place(of: columns.pointIDs[local], first: reading)
            }
            let place = places[local]
            if slots[place].chunkedPosition >= position { continue }
            if reading.measuredAt >= slots[place].latest.measuredAt {
                slots[place].latest = reading
            }
            slots[place].tail.append(reading)
            tailCount += 1
        }
    }

    private mutating func place(of point: PointID, first: Reading) -> Int {
        if let number = numbers[point] { return number }
        numbers[point] = slots.count
        slots.append(Slot(id: point, latest: first))
        return slots.count - 1
    }

    /// The next points from `number` on that have a tail, up to about `readingsMax` readings.
    func tails(from number: Int, readingsMax: Int) -> (points: [Tail], next: Int) {
        var points: [Tail] = []
        var count = 0
        var next = number
        while next < slots.count, count < readingsMax {
            let slot = slots[next]
            if !slot.tail.isEmpty {
                points.append(Tail(number: next, slot: slot))
                count += slot.tail.count
            }
            next += 1
        }
        return (points, next)
    }

    /// Forgets tails that are in chunks now, and in batches up to `position`.
    mutating func drop(_ tails: [Tail], chunkedPosition position: UInt64) {
        for tail in tails {
            slots[tail.number].tail.removeFirst(tail.slot.tail.count)
            slots[tail.number].chunkedPosition = position
            tailCount -= tail.slot.tail.count
        }
    }

    struct Tail: Sendable {
        var number: Int
        var slot: Slot
    }
}
