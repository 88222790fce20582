import Domain
import IngestCore

/// What is known of each point without asking the disk: its latest reading, and its tail, the
/// readings that are on disk in segments and not yet in chunks.
struct PointMemory {
    struct Slot {
        var latest: Reading?
        /// Chunks of this flush and those before it hold what is not in the tail any more.
        fileprivate(set) var flush: Int64 = 0
        fileprivate var last = TailStore.none
        /// The same of what is being flushed.
        fileprivate var lastSealed = TailStore.none
    }

    private(set) var slots: [Slot] = []
    private var tails = TailStore()
    /// What is being flushed.
    private var sealedTails = TailStore()
    private(set) var isSealed = false

    /// Readings that are held here and in no chunk.
    var tailCount: Int { tails.count + sealedTails.count }

    /// Whether another batch can be referred to.
    var hasRoom: Bool { tails.receipts.count < TailReading.receiptsMax }

    mutating func restore(_ number: Int, latest: Reading?, flush: Int64) {
        grow(to: number)
        slots[number].latest = latest
        slots[number].flush = flush
    }

    private mutating func grow(to number: Int) {
        while slots.count <= number { slots.append(Slot()) }
    }

    /// Takes in a batch that is on disk.
    mutating func take(_ columns: ReadingColumns, points: [UInt32], receivedAt: Instant) {
        guard let most = points.max() else { return }
        grow(to: Int(most))
        slots.withUnsafeMutableBufferPointer { slots in
            tails.append(columns.count, receivedAt: receivedAt) { index, receipt, place in
                let number = Int(points[Int(columns.point[index])])
                let reading = Reading(
                    measuredAt: Instant(unixMilliseconds: columns.measuredAt[index]),
                    receivedAt: receivedAt, value: columns.value[index],
                    quality: columns.quality(at: index))
                let before = slots[number].last
                slots[number].last = place
                if slots[number].latest?.measuredAt ?? .distantPast <= reading.measuredAt {
                    slots[number].latest = reading
                }
                return TailStore.Entry(
                    reading: TailReading(reading, receipt: receipt), before: before)
            }
        }
    }

    /// The readings of a point in the order of arrival that are not in chunks, measured in `span`.
    func tail(of number: Int, in span: Range<Instant>) -> ReadingSeries {
        var series = ReadingSeries()
        sealedTails.read(to: slots[number].lastSealed, into: &series) { span.contains($0) }
        tails.read(to: slots[number].last, into: &series) { span.contains($0) }
        return series
    }

    // MARK: Flush

    /// The latest reading of a point of which something is being flushed.
    func latestOfSealed(_ number: Int) -> Reading? {
        slots[number].lastSealed != TailStore.none ? slots[number].latest : nil
    }

    /// Marks what is in tails now as that which is flushed; only what comes later is added to.
    mutating func seal() {
        precondition(!isSealed, "One flush at a time.")
        isSealed = true
        (sealedTails, tails) = (tails, TailStore())
        for number in slots.indices {
            slots[number].lastSealed = slots[number].last
            slots[number].last = TailStore.none
        }
    }

    /// The next points from `number` on that are being flushed, up to about `readingsMax` readings.
    func sealed(
        from number: Int, readingsMax: Int
    ) -> (points: [(number: Int, series: ReadingSeries)], next: Int) {
        var points: [(number: Int, series: ReadingSeries)] = []
        var count = 0
        var next = number
        while next < slots.count, count < readingsMax {
            var series = ReadingSeries()
            sealedTails.read(to: slots[next].lastSealed, into: &series) { _ in true }
            if series.count > 0 { points.append((next, series.inOrderOfMeasuring)) }
            count += series.count
            next += 1
        }
        return (points, next)
    }

    /// Forgets of some points what is in the chunks of `flush` now; the next point, or nil.
    mutating func drop(from number: Int, pointsMax: Int, flush: Int64) -> Int? {
        let end = min(number + pointsMax, slots.count)
        for number in number..<max(number, end) where slots[number].lastSealed != TailStore.none {
            slots[number].lastSealed = TailStore.none
            slots[number].flush = flush
        }
        if end < slots.count { return end }
        sealedTails = TailStore()
        isSealed = false
        return nil
    }
}

/// Readings of all points in the order of arrival, each with where the one before it of the same
/// point is: taking one in costs a write behind the last, and nothing is moved to make room.
struct TailStore {
    /// A place that holds nothing.
    static let none = UInt32.max

    struct Entry {
        var reading: TailReading
        var before: UInt32

        static let empty = Entry(reading: TailReading(), before: none)
    }

    private static let blockBits = 14
    private static let blockSize = 1 << blockBits

    private var blocks: [[Entry]] = []
    private(set) var count = 0
    /// When the batches were received that readings refer to.
    private(set) var receipts: [Int64] = []

    /// Appends so many entries of one batch; each is asked for with its index and place.
    @inline(__always)
    mutating func append(
        _ count: Int, receivedAt: Instant,
        _ entry: (_ index: Int, _ receipt: Int, _ place: UInt32) -> Entry
    ) {
        let receipt = receipts.count
        receipts.append(receivedAt.unixMilliseconds)
        var index = 0
        while index < count {
            let start = self.count % Self.blockSize
            if start == 0 {
                blocks.append(Array(repeating: .empty, count: Self.blockSize))
            }
            let many = min(count - index, Self.blockSize - start)
            let place = UInt32(self.count)
            blocks[blocks.count - 1].withUnsafeMutableBufferPointer { block in
                for offset in 0..<many {
                    block[start + offset] = entry(
                        index + offset, receipt, place + UInt32(truncatingIfNeeded: offset))
                }
            }
            index += many
            self.count += many
        }
    }

    /// Appends to a series what was measured when it is wanted, of the point whose last entry is
    /// at `last`, in the order of arrival.
    func read(
        to last: UInt32, into series: inout ReadingSeries, where isWanted: (Instant) -> Bool
    ) {
        var found: [TailReading] = []
        var place = last
        while place != Self.none {
            let entry = blocks[Int(place) >> Self.blockBits][Int(place) & (Self.blockSize - 1)]
            if isWanted(entry.reading.measuredAt) { found.append(entry.reading) }
            place = entry.before
        }
        for reading in found.reversed() {
            series.append(reading.reading(received: receipts[reading.receipt]))
        }
    }
}

/// A reading in 16 bytes: its measured time since 2000 in 42 bits, its quality in 2, and in 20
/// which batch it came with.
struct TailReading {
    static let receiptsMax = 1 << 20
    /// Times that fit: from 2000 to 2139.
    static let times: Range<Int64> = 946_684_800_000..<(946_684_800_000 + (1 << 42))

    private let word: UInt64
    private let value: Double

    /// Nothing; to be written over.
    init() { (word, value) = (0, 0) }

    init(_ reading: Reading, receipt: Int) {
        let time = UInt64(reading.measuredAt.unixMilliseconds - Self.times.lowerBound)
        word = time << 22 | UInt64(reading.quality & 3) << 20 | UInt64(receipt)
        value = reading.value
    }

    var measuredAt: Instant {
        Instant(unixMilliseconds: Int64(word >> 22) + Self.times.lowerBound)
    }

    var receipt: Int { Int(word & 0xF_FFFF) }

    func reading(received: Int64) -> Reading {
        Reading(
            measuredAt: measuredAt, receivedAt: Instant(unixMilliseconds: received), value: value,
            quality: UInt8(truncatingIfNeeded: word >> 20) & 3)
    }
}
