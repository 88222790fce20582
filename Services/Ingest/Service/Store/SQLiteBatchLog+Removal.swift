package import Domain
import GRDB
package import IngestCore

/// Gives up what is too old.
extension SQLiteBatchLog {
    /// Flushes, merges, and removes what the retention allows; says what is odd about it.
    ///
    /// Segments are kept for followers, as long as `following` says, and what a superior has not
    /// taken as long as `owed` says; readings as long as `keeping`.
    package func maintain(
        keeping: Retention, following: Retention, owed: OwedSegments? = nil, at now: Instant
    ) async throws(BatchLogFailure) -> RetentionDoubt? {
        await flush()
        await mergeDays()
        let newest = state.withLock { $0.points.slots.lazy.compactMap(\.latest?.measuredAt).max() }
        guard let newest else { return nil }
        if let oldest = segments.withLock({ $0.first?.newestReceivedAt }) {
            let kept = KeptReadings(oldestReceived: oldest, newestMeasured: newest)
            let owedCut = owed.map { $0.keeping.cut(at: now, of: kept).0 }
            removeSegments(before: following.cut(at: now, of: kept).0) { segment, end in
                guard let owed, let owedCut else { return true }
                let isTooOld = segment.newestReceivedAt.map { $0 < owedCut } ?? true
                return end <= owed.takenUpTo || isTooOld
            }
        }
        guard let oldest = try oldestReceived() else { return nil }
        let kept = KeptReadings(oldestReceived: oldest, newestMeasured: newest)
        let (before, doubt) = keeping.cut(at: now, of: kept)
        try await removeReadings(before: before)
        return doubt
    }

    /// When that was received which is the next to be given up; nil if nothing is kept.
    private func oldestReceived() throws(BatchLogFailure) -> Instant? {
        let days = state.withLock { state in
            state.days.values.filter { $0.readingCount > 0 }.map(\.newestReceivedAt).min()
        }
        do {
            let batches = try catalog.read { try CatalogTables.oldestBatchReceivedAt(in: $0) }
            return [days, batches].compactMap { $0 }.min()
        } catch {
            throw BatchLogFailure(reading: error)
        }
    }

    package func remove(before instant: Instant) async throws(BatchLogFailure) {
        await flush()
        removeSegments(before: instant)
        try await removeReadings(before: instant)
    }

    private func removeReadings(before instant: Instant) async throws(BatchLogFailure) {
        let result = await on(flusherQueue) { [self] in
            Result { () throws(BatchLogFailure) in try removeDays(before: instant) }
        }
        try result.get()
    }

    // On the flusher's queue.
    private func removeDays(before instant: Instant) throws(BatchLogFailure) {
        let old = state.withLock { state in
            state.days.values.filter { day in
                day.readingCount > 0 && day.newestReceivedAt < instant
            }.sorted { $0.file.day < $1.file.day }
        }
        for day in old {
            let number = day.file.day
            // Noted first: a file that the catalog does not know is never removed.
            try attempt { try catalog.write { try CatalogTables.markRemoved(number, in: $0) } }
            try step(.removalNoted)
            state.withLock { $0.days[number] = nil }
            openDays.withLock { open in open.removeAll { $0 === day.file } }
            day.file.release()
            ReadingsFolder.remove(day.file.path)
            try step(.filesRemoved)
            try attempt { try catalog.write { try CatalogTables.forget([number], in: $0) } }
        }
        var isMore = true
        while isMore {
            isMore = try attempt {
                try catalog.write { try CatalogTables.removeBatches(before: instant, in: $0) }
            }
        }
    }

    /// Removes the oldest segments, as far as their chunks are on disk.
    private func removeSegments(
        before instant: Instant, isFree: (SegmentState, _ end: UInt64) -> Bool = { _, _ in true }
    ) {
        let old = segments.withLock { segments -> [SegmentState] in
            var count = 0
            for (place, segment) in segments.enumerated() {
                // The one that is written to has no newest, or has yet to be flushed.
                let isOld =
                    segment.open == nil && segment.newestReceivedAt.map { $0 < instant } ?? true
                let next = place + 1 < segments.count ? segments[place + 1].first : .max
                guard isOld, isFree(segment, next - 1) else { break }
                count += 1
            }
            defer { segments.removeFirst(count) }
            return Array(segments.prefix(count))
        }
        for segment in old {
            ReadingsFolder.remove(folder.segment(segment.number, first: segment.first))
            try? step(.segmentRemoved)
        }
    }
}

/// What a superior has not taken yet.
package struct OwedSegments: Sendable {
    /// All positions up to this one are taken.
    package var takenUpTo: UInt64
    /// For how long the others are kept.
    package var keeping: Retention
}
