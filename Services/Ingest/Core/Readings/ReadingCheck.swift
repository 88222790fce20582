package import Domain

/// A batch as a gateway sent it: columns that count in the point table of its stream.
package struct IncomingBatch: Sendable, Equatable {
    package var point: [UInt32]
    package var measuredAt: [Int64]
    package var value: [Double]
    /// Empty: all are good.
    package var quality: [UInt32]

    package init(
        point: [UInt32], measuredAt: [Int64], value: [Double], quality: [UInt32] = []
    ) {
        (self.point, self.measuredAt) = (point, measuredAt)
        (self.value, self.quality) = (value, quality)
    }

    /// What makes the batch unreadable as a whole: columns of unequal length.
    package var lengthMistake: String? {
        let count = point.count
        if measuredAt.count != count {
            return uneven("measured_delta_ms", measuredAt.count, count)
        }
        if value.count != count { return uneven("value", value.count, count) }
        if !quality.isEmpty, quality.count != count {
            return uneven("quality", quality.count, count) + " It may also be empty: all good."
        }
        return nil
    }

    private func uneven(_ column: String, _ has: Int, _ count: Int) -> String {
        "Column \(column) has \(has) entries and point has \(count). "
            + "All columns of a batch need the same length."
    }
}

/// A reading that was refused, by its place in the batch.
package struct RefusedReading: Sendable, Equatable {
    package var index: Int
    package var fault: ReadingFault
}

/// What is left of a batch: the good readings with a point table of their own, and the refused.
package struct CheckedBatch: Sendable, Equatable {
    package var columns: ReadingColumns
    package var refused: [RefusedReading]
    /// Stands for all that was sent, so that a repeat can be told from another batch.
    package var fingerprint: UInt64
    /// How far nearly all of it lies at least after our clock, which may be the one that is wrong:
    /// the gateway is to keep it. Nil: what is wrong with it is wrong with its readings.
    package var heldAhead: Interval?
}

/// Checks the readings of one stream, one by one; the good ones are kept.
///
/// It holds the stream's point table, looked up once, so that a reading costs a few comparisons.
package struct ReadingCheck: Sendable {
    /// Earlier times are no measurements: the platform and its law are younger.
    static let earliest: Int64 = 946_684_800_000  // 2000-01-01T00:00:00Z

    private let enterprise: EnterpriseID
    private let futureTolerance: Interval
    private let heldAheadMax: Interval
    private var directoryVersion: UInt64?
    private var table: [TableEntry] = []
    /// The ids of the table: given on as they are if a batch has them all, in order. Who numbers
    /// points knows an array again without looking at each.
    private var tableIDs: [PointID] = []
    /// The number of the batch being checked; entries remember the last that used them.
    private var batch: UInt64 = 0

    private struct TableEntry: Sendable {
        var id: PointID
        var fingerprint: UInt64
        var fault: ReadingFault?
        var usedIn: UInt64 = 0
        var place: UInt32 = 0
    }

    /// Readings may be ahead of our clock by the tolerance; a batch is held up to `heldAheadMax`
    /// beyond it.
    package init(
        enterprise: EnterpriseID, futureTolerance: Interval, heldAheadMax: Interval
    ) {
        (self.enterprise, self.futureTolerance) = (enterprise, futureTolerance)
        self.heldAheadMax = heldAheadMax
    }

    /// Takes the point table of the stream; an index counts in it from now on.
    package mutating func setTable(_ ids: [PointID]) {
        table = ids.map { TableEntry(id: $0, fingerprint: fingerprint(of: $0.text)) }
        tableIDs = ids
        directoryVersion = nil
    }

    /// Checks one batch whose columns have equal length.
    ///
    /// `lastReceivedAt` is when the last batch that is stored was received; a clock that is before
    /// it is known to be wrong, or to have been.
    package mutating func check(
        _ incoming: IncomingBatch, against directory: PointDirectory, at now: Instant,
        lastReceivedAt: Instant? = nil
    ) -> CheckedBatch {
        precondition(incoming.lengthMistake == nil, "Columns are checked for length before.")
        lookUp(directory)
        batch += 1
        var used: [UInt32] = []
        let latest = now.unixMilliseconds + futureTolerance.milliseconds
        var out = CheckedBatch(columns: ReadingColumns(), refused: [], fingerprint: 0)
        out.columns.reserve(incoming.point.count, hasQuality: !incoming.quality.isEmpty)
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var lead = ClockLead(
            now: now, tolerance: futureTolerance, heldMax: heldAheadMax,
            lastReceivedAt: lastReceivedAt)
        for index in incoming.point.indices {
            let point = incoming.point[index]
            let time = incoming.measuredAt[index]
            let value = incoming.value[index]
            let quality = incoming.quality.isEmpty ? 0 : incoming.quality[index]
            let entry = Int(point)
            let isInTable = entry < table.count
            mix(&hash, isInTable ? table[entry].fingerprint : UInt64(point))
            mix(&hash, UInt64(bitPattern: time))
            mix(&hash, value.bitPattern)
            mix(&hash, UInt64(quality))
            guard isInTable, table[entry].fault == nil, time >= Self.earliest, time <= latest,
                value.isFinite, quality <= 2
            else {
                let fault = fault(
                    point: point, time: time, value: value, quality: quality, now: now)
                out.refused.append(RefusedReading(index: index, fault: fault))
                lead.take(fault)
                continue
            }
            if table[entry].usedIn != batch {
                table[entry].usedIn = batch
                table[entry].place = UInt32(used.count)
                used.append(point)
            }
            out.columns.point.append(table[entry].place)
            out.columns.measuredAt.append(time)
            out.columns.value.append(value)
            if !incoming.quality.isEmpty { out.columns.quality.append(UInt8(quality)) }
        }
        let isWhole = used.count == table.count && used.indices.allSatisfy { used[$0] == $0 }
        out.columns.pointIDs = isWhole ? tableIDs : used.map { tableIDs[Int($0)] }
        out.fingerprint = hash
        out.heldAhead = lead.held(goodCount: out.columns.count)
        return out
    }

    private mutating func lookUp(_ directory: PointDirectory) {
        guard directoryVersion != directory.version else { return }
        directoryVersion = directory.version
        for index in table.indices {
            let id = table[index].id
            guard let owner = directory.enterprise(of: id) else {
                table[index].fault = .unknownPoint(id)
                continue
            }
            table[index].fault =
                owner == enterprise ? nil : .otherEnterprise(id, of: owner, pushing: enterprise)
        }
    }

    /// The first fault of a reading that has one.
    private func fault(
        point: UInt32, time: Int64, value: Double, quality: UInt32, now: Instant
    ) -> ReadingFault {
        guard Int(point) < table.count else {
            return .outsideTable(index: point, count: table.count)
        }
        if let fault = table[Int(point)].fault { return fault }
        if let fault = timeFault(time, now: now, tolerance: futureTolerance) { return fault }
        if !value.isFinite { return .notANumber(value) }
        return .unknownQuality(quality)
    }
}

/// What is wrong with a measured time in milliseconds; the magnitude tells a wrong unit.
func timeFault(_ time: Int64, now: Instant, tolerance: Interval) -> ReadingFault? {
    let latest = now.unixMilliseconds + tolerance.milliseconds
    let sensible = ReadingCheck.earliest...max(latest, ReadingCheck.earliest)
    if sensible.contains(time) { return nil }
    if time < ReadingCheck.earliest {
        let (scaled, overflow) = time.multipliedReportingOverflow(by: 1_000)
        return !overflow && sensible.contains(scaled)
            ? .timeUnit(.seconds, time) : .noSensibleTime(time)
    }
    if sensible.contains(time / 1_000) { return .timeUnit(.microseconds, time) }
    if sensible.contains(time / 1_000_000) { return .timeUnit(.nanoseconds, time) }
    return .inFuture(
        Interval(milliseconds: time - now.unixMilliseconds), tolerance: tolerance)
}

extension ReadingColumns {
    fileprivate mutating func reserve(_ count: Int, hasQuality: Bool) {
        point.reserveCapacity(count)
        measuredAt.reserveCapacity(count)
        value.reserveCapacity(count)
        if hasQuality { quality.reserveCapacity(count) }
    }
}

extension ReadingColumns {
    /// The same over what is here: that of the gateway, unless readings were refused on the way.
    package var fingerprint: UInt64 {
        let ids = pointIDs.map { IngestCore.fingerprint(of: $0.text) }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in point.indices {
            mix(&hash, ids[Int(point[index])])
            mix(&hash, UInt64(bitPattern: measuredAt[index]))
            mix(&hash, value[index].bitPattern)
            mix(&hash, UInt64(quality(at: index)))
        }
        return hash
    }
}

// Not Swift's Hasher: that is seeded anew in each process, and this is stored.
private func mix(_ hash: inout UInt64, _ word: UInt64) {
    hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
    hash ^= hash >> 29
}

private func fingerprint(of text: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return hash
}
