import Domain
import IngestCore

/// What is known of each point without asking the disk: its latest reading, and its tail, the
/// readings that are on disk in segments and not yet in chunks.
struct PointMemory {
    struct Slot {
        var latest: Reading?
        /// In the order of arrival.
        fileprivate(set) var tail: [TailReading] = []
        /// So many of the tail are being flushed.
        fileprivate(set) var sealedCount = 0
        /// Chunks of this flush and those before it hold what is not in the tail any more.
        fileprivate(set) var flush: Int64 = 0
    }

    private(set) var slots: [Slot] = []
    private(set) var tailCount = 0
    /// When the batches were received that tails refer to: those not being flushed, and those that
    /// are.
    private var receipts: [Int64] = []
    private var sealedReceipts: [Int64] = []
    private(set) var isSealed = false

    /// Whether another batch can be referred to.
    var hasRoom: Bool { receipts.count < TailReading.receiptsMax }
    var receiptCount: Int { receipts.count }

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
        let receipt = receipts.count
        receipts.append(receivedAt.unixMilliseconds)
        slots.withUnsafeMutableBufferPointer { slots in
            for index in 0..<columns.count {
                let number = Int(points[Int(columns.point[index])])
                let reading = Reading(
                    measuredAt: Instant(unixMilliseconds: columns.measuredAt[index]),
                    receivedAt: receivedAt, value: columns.value[index],
                    quality: columns.quality(at: index))
                slots[number].tail.append(TailReading(reading, receipt: receipt))
                if let latest = slots[number].latest, latest.measuredAt > reading.measuredAt {
                    continue
                }
                slots[number].latest = reading
            }
        }
        tailCount += columns.count
    }

    /// The readings of a point in the order of arrival that are not in chunks, measured in `span`.
    func tail(of number: Int, in span: Range<Instant>) -> ReadingSeries {
        series(slots[number].tail[...], of: number) { span.contains($0) }
    }

    private func series(
        _ tail: ArraySlice<TailReading>, of number: Int, where isWanted: (Instant) -> Bool
    ) -> ReadingSeries {
        var series = ReadingSeries()
        let sealedCount = slots[number].sealedCount
        for index in tail.indices where isWanted(tail[index].measuredAt) {
            let receipts = index < sealedCount ? sealedReceipts : receipts
            series.append(tail[index].reading(received: receipts[tail[index].receipt]))
        }
        return series
    }

    // MARK: Flush

    /// The latest reading of a point of which something is being flushed.
    func latestOfSealed(_ number: Int) -> Reading? {
        slots[number].sealedCount > 0 ? slots[number].latest : nil
    }

    /// Marks what is in tails now as that which is flushed; only what comes later is added to.
    mutating func seal() {
        precondition(!isSealed, "One flush at a time.")
        isSealed = true
        sealedReceipts = receipts
        receipts = []
        for number in slots.indices { slots[number].sealedCount = slots[number].tail.count }
    }

    /// The next points from `number` on that are being flushed, up to about `readingsMax` readings.
    func sealed(
        from number: Int, readingsMax: Int
    ) -> (points: [(number: Int, series: ReadingSeries)], next: Int) {
        var points: [(number: Int, series: ReadingSeries)] = []
        var count = 0
        var next = number
        while next < slots.count, count < readingsMax {
            let sealed = slots[next].sealedCount
            if sealed > 0 {
                let series = series(slots[next].tail[..<sealed], of: next) { _ in true }
                points.append((next, series.inOrderOfMeasuring))
                count += sealed
            }
            next += 1
        }
        return (points, next)
    }

    /// Forgets of some points what is in the chunks of `flush` now; the next point, or nil.
    mutating func drop(from number: Int, pointsMax: Int, flush: Int64) -> Int? {
        let end = min(number + pointsMax, slots.count)
        for number in number..<max(number, end) where slots[number].sealedCount > 0 {
            tailCount -= slots[number].sealedCount
            slots[number].tail = Array(slots[number].tail.dropFirst(slots[number].sealedCount))
            slots[number].sealedCount = 0
            slots[number].flush = flush
        }
        if end < slots.count { return end }
        sealedReceipts = []
        isSealed = false
        return nil
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
