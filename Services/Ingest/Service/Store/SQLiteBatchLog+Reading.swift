package import Domain
import Foundation
import GRDB
package import IngestCore

/// Questions; none waits for a writer.
extension SQLiteBatchLog {
    package func batches(
        after position: UInt64, limit: Int
    ) async throws(BatchLogFailure) -> [StoredBatch] {
        let all = segments.withLock { $0 }
        let start = all.lastIndex { $0.first <= position + 1 } ?? 0
        var found: [(position: UInt64, batch: JournalBatch)] = []
        for (place, segment) in all.enumerated().dropFirst(start) where found.count < limit {
            let end = place + 1 < all.count ? all[place + 1].first : .max
            let (after, left) = (max(position, found.last?.position ?? 0), limit - found.count)
            do {
                if let open = segment.open {
                    found += try await open.read { db in
                        try SegmentTables.batches(after: after, before: end, limit: left, in: db)
                    }
                } else {
                    found += try await batches(
                        of: segment, after: after, before: end, limit: left)
                }
            } catch {
                // It has been given up for its age meanwhile.
                let isKept = segments.withLock { $0.contains { $0.number == segment.number } }
                if isKept { throw BatchLogFailure(reading: error) }
            }
        }
        return numbers.withLock { numbers in
            found.map { position, batch in
                var columns = batch.columns
                columns.pointIDs = batch.points.compactMap { numbers.id($0) }
                return StoredBatch(
                    position: position, gateway: batch.gateway, sequence: batch.sequence,
                    fingerprint: batch.fingerprint, receivedAt: batch.receivedAt,
                    columns: columns)
            }
        }
    }

    /// Of a segment that is not open any more: it is opened for this, off the caller's thread.
    private func batches(
        of segment: SegmentState, after position: UInt64, before end: UInt64, limit: Int
    ) async throws -> [(position: UInt64, batch: JournalBatch)] {
        let path = folder.segment(segment.number, first: segment.first)
        return try await on(readerQueue) {
            Result {
                try SegmentTables.read(path: path) { db in
                    try SegmentTables.batches(
                        after: position, before: end, limit: limit, in: db)
                }
            }
        }.get()
    }

    /// A batch of which only the catalog knows.
    func knownBatch(
        of gateway: GatewayID, _ sequence: UInt64
    ) throws(BatchLogFailure) -> KnownBatch? {
        do {
            return try catalog.read { try CatalogTables.batch(of: gateway, sequence, in: $0) }
        } catch {
            throw BatchLogFailure(reading: error)
        }
    }

    package func latest(of points: [PointID]) -> [Reading?] {
        let found = numbers.withLock { numbers in points.map { numbers.number(of: $0) } }
        return state.withLock { state in
            found.map { number in
                guard let number, Int(number) < state.points.slots.count else { return nil }
                return state.points.slots[Int(number)].latest
            }
        }
    }

    package func series(
        of point: PointID, from: Instant, to: Instant, receipts: Bool
    ) async throws(BatchLogFailure) -> ReadingSeries {
        guard from < to, let number = numbers.withLock({ $0.number(of: point) }) else {
            return ReadingSeries()
        }
        let span = from.unixMilliseconds..<to.unixMilliseconds
        // One look, so that nothing is in chunks and in the tail, or in neither.
        let (tail, flush, days) = state.withLock { state in
            state.look(at: Int(number), from..<to)
        }
        var found = ReadingSeries()
        for day in days {
            keepOpen(day.file)
            let flushes = Array(day.flushes.prefix { $0 <= flush })
            do {
                found.append(
                    try await day.file.read { db in
                        try DayTables.readings(
                            of: Int(number), flushes: flushes, before: span.upperBound,
                            receipts: receipts, in: db)
                    })
            } catch {
                // It has been given up for its age meanwhile.
                let isKept = state.withLock { $0.days[day.file.day] != nil }
                if isKept { throw BatchLogFailure(reading: error) }
            }
        }
        found.append(tail)
        if !receipts { found.receivedAt = [] }
        return found.inOrderOfMeasuring.within(span)
    }

    package func span(
        of point: PointID
    ) async throws(BatchLogFailure) -> ClosedRange<Instant>? {
        guard let number = numbers.withLock({ $0.number(of: point) }) else { return nil }
        return state.withLock { $0.span(of: Int(number)) }
    }
}

extension ReadingsState {
    /// What is known of a point within a span at this moment.
    fileprivate func look(
        at number: Int, _ span: Range<Instant>
    ) -> (tail: ReadingSeries, flush: Int64, days: [DayState]) {
        guard number < points.slots.count else { return (ReadingSeries(), 0, []) }
        let first = DayFile.day(of: span.lowerBound.unixMilliseconds)
        let last = DayFile.day(of: span.upperBound.unixMilliseconds - 1)
        let found: [DayState]
        if last - first < 8 {
            found = (first...last).compactMap { days[$0] }
        } else {
            found = days.filter { (first...last).contains($0.key) }.sorted { $0.key < $1.key }
                .map(\.value)
        }
        let slot = points.slots[number]
        let isWritten = { (day: DayState) in day.isMerged || !day.flushes.isEmpty }
        return (points.tail(of: number, in: span), slot.flush, found.filter(isWritten))
    }

    /// No reading of the point lies outside; nil if there never was one, or all are given up.
    fileprivate func span(of number: Int) -> ClosedRange<Instant>? {
        guard number < points.slots.count, points.slots[number].latest != nil else { return nil }
        let tail = points.tail(of: number, in: Instant.distantPast..<Instant.distantFuture)
        var times = tail.measuredAt.map { Instant(unixMilliseconds: $0) }
        let written = days.filter { $0.value.isMerged || !$0.value.flushes.isEmpty }.keys
        for day in [written.min(), written.max()].compactMap({ $0 }) {
            times.append(Instant(unixMilliseconds: day * DayFile.milliseconds))
            times.append(Instant(unixMilliseconds: (day + 1) * DayFile.milliseconds - 1))
        }
        guard let first = times.min(), let last = times.max() else { return nil }
        return first...last
    }
}

extension ReadingSeries {
    /// The readings measured within a span; the series is in order.
    fileprivate func within(_ span: Range<Int64>) -> ReadingSeries {
        let start = place(of: span.lowerBound)
        let end = place(of: span.upperBound)
        return start == 0 && end == count ? self : slice(start..<end)
    }

    /// How many readings were measured before a time.
    private func place(of time: Int64) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if measuredAt[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
