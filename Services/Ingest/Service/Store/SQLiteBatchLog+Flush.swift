import Dispatch
import Domain
import GRDB
import IngestCore
import Storage

/// How far flushing has come.
struct Flushing {
    /// The number of the last flush that was begun, in this process or before. A flush that failed
    /// is done again under another number: what a disk says has failed may be there after a power
    /// cut all the same, and must be whole then.
    var attempt: Int64
    /// Points that the catalog knows.
    var catalogPoints: Int
    /// What is to be flushed; stays until it is done, however often that fails.
    var plan: FlushPlan?
    var isRunning = false
    /// After a failure: not again before this, if nobody asks.
    var notBefore: ContinuousClock.Instant?
}

/// All that was stored up to a moment.
struct FlushPlan {
    /// The segment that holds the last of it, and its last position.
    var segment: Int64
    var position: UInt64
    /// So many of the batches of which the catalog does not know.
    var batchCount: Int
    var lastReceivedAt: Instant?
}

/// Moves readings from segments to chunks.
///
/// A flush takes what was stored up to a moment: from there on batches go to another segment.
/// Chunks go to the files of their days under the number of the flush, and count once the catalog
/// notes that number, in one transaction with how far the segments are not needed any more. A kill
/// before that leaves chunks that count for nothing, and they are written again under another
/// number.
extension SQLiteBatchLog {
    // On the writer's queue.
    func flushIfDue() {
        let isDue = state.withLock { state in
            state.points.tailCount >= options.flushReadings || !state.points.hasRoom
        }
        guard isDue, mayFlush, beginFlush() else { return }
        flusherQueue.async { [self] in finishFlush() }
    }

    private var mayFlush: Bool {
        flushing.withLock { flushing in
            guard !flushing.isRunning else { return false }
            return flushing.notBefore.map { $0 <= ContinuousClock.now } ?? true
        }
    }

    /// Flushes all that is stored, and returns when that is done or has failed.
    func flush() async {
        let hasBegun = await on(writerQueue) { [self] in beginFlush() }
        if hasBegun { await on(flusherQueue) { [self] in finishFlush() } }
    }

    func on<T: Sendable>(
        _ queue: DispatchQueue, _ work: @escaping @Sendable () -> T
    ) async -> T {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work()) }
        }
    }

    /// Ends the open segment, on the writer's queue; false if there is nothing to flush.
    private func beginFlush() -> Bool {
        let (isRunning, hasPlan) = flushing.withLock { ($0.isRunning, $0.plan != nil) }
        if isRunning { return false }
        if !hasPlan {
            let (count, position, lastReceivedAt) = writerState.withLock {
                ($0.unflushed.count, $0.head, $0.lastReceivedAt)
            }
            guard count > 0, let last = segments.withLock({ $0.last }) else { return false }
            do throws(BatchLogFailure) {
                let next = try attempt { try makeSegment(last.number + 1, first: position + 1) }
                segments.withLock {
                    $0.append(
                        SegmentState(number: next.number, first: next.first, open: next))
                }
            } catch {
                return false
            }
            state.withLock { $0.points.seal() }
            flushing.withLock {
                $0.plan = FlushPlan(
                    segment: last.number, position: position, batchCount: count,
                    lastReceivedAt: lastReceivedAt)
            }
        }
        flushing.withLock { $0.isRunning = true }
        return true
    }

    private func makeSegment(_ number: Int64, first: UInt64) throws -> Segment {
        do {
            return try Segment(
                folder: folder, number: number, first: first, options: storeOptions)
        } catch {
            // The next attempt may begin at another position, and so has another name.
            ReadingsFolder.remove(folder.segment(number, first: first))
            throw error
        }
    }

    // On the flusher's queue.
    private func finishFlush() {
        let (plan, flush) = flushing.withLock { flushing in
            flushing.attempt += 1
            return (flushing.plan, flushing.attempt)
        }
        guard let plan else { return }
        var isDone = false
        do throws(BatchLogFailure) {
            try step(.segmentMade)
            try attempt {
                try catalog.write { try CatalogTables.setProgress("attempt", flush, in: $0) }
            }
            let days = try writeChunks(flush)
            try step(.chunksWritten)
            try note(plan, flush, days)
            isDone = true
            for day in days.values { day.file.checkpoint() }
            try step(.flushNoted)
        } catch {
            // What was stored stays in memory and in segments. A full disk refuses batches as well.
        }
        flushing.withLock { flushing in
            flushing.isRunning = false
            if isDone { flushing.plan = nil }
            flushing.notBefore =
                isDone ? nil : ContinuousClock.now.advanced(by: IngestLimits.flushAgainAfter)
        }
    }

    func step(_ step: StoreStep) throws(BatchLogFailure) {
        guard let didStep = options.didStep else { return }
        do { try didStep(step) } catch { throw BatchLogFailure(writing: error) }
    }

    // MARK: Chunks

    /// Writes what is being flushed into the files of its days, and says what they hold then.
    private func writeChunks(_ flush: Int64) throws(BatchLogFailure) -> [Int64: DayState] {
        var days: [Int64: DayState] = [:]
        var shared: [Int64: SharedReceipts] = [:]
        var next = 0
        while true {
            let slice = state.withLock {
                $0.points.sealed(
                    from: next, readingsMax: IngestLimits.readingsPerChunkCommitMax)
            }
            if slice.points.isEmpty { return days }
            next = slice.next
            var chunks: [Int64: [(key: Int64, series: ReadingSeries)]] = [:]
            for (number, series) in slice.points {
                let key = DayTables.chunkKey(flush: flush, point: number)
                for (day, part) in series.byDay { chunks[day, default: []].append((key, part)) }
            }
            for (day, parts) in chunks.sorted(by: { $0.key < $1.key }) {
                var known: DayState
                if let day = days[day] { known = day } else { known = try openDay(day) }
                try attempt {
                    try known.file.write(storeOptions) { db in
                        for (key, series) in parts {
                            try DayTables.insert(
                                "chunks", key: key, series, flush: flush,
                                &shared[day, default: SharedReceipts()], in: db)
                        }
                    }
                }
                for (_, series) in parts {
                    known.readingCount += series.count
                    let newest = series.receivedAt.max() ?? 0
                    known.newestReceivedAt = max(
                        known.newestReceivedAt, Instant(unixMilliseconds: newest))
                }
                days[day] = known
            }
        }
    }

    /// The file of a day; it is made if nothing in it counts yet.
    private func openDay(_ day: Int64) throws(BatchLogFailure) -> DayState {
        var found = state.withLock { $0.days[day] }
        if found == nil {
            let new = DayState(file: DayFile(folder: folder, day: day, generation: 1))
            try attempt { try catalog.write { try CatalogTables.note(day: day, in: $0) } }
            try step(.dayNoted)
            state.withLock { $0.days[day] = new }
            found = new
        }
        guard let found else { preconditionFailure("A day was just made.") }
        keepOpen(found.file)
        let isNew = found.flushes.isEmpty && !found.isMerged
        try attempt { try isNew ? found.file.make(in: folder) : found.file.makeTables() }
        try step(.dayMade)
        return found
    }

    /// Notes a file as asked for, and closes the one that nobody asked for longest.
    func keepOpen(_ file: DayFile) {
        let idle = openDays.withLock { open -> DayFile? in
            open.removeAll { $0 === file }
            open.append(file)
            return open.count > IngestLimits.dayFilesOpenMax ? open.removeFirst() : nil
        }
        idle?.release()
    }

    // MARK: Catalog

    /// From here on the chunks count and the segments do not.
    private func note(
        _ plan: FlushPlan, _ flush: Int64, _ days: [Int64: DayState]
    ) throws(BatchLogFailure) {
        let catalogPoints = flushing.withLock(\.catalogPoints)
        let ids = numbers.withLock { $0.ids }
        let slots = state.withLock { state in
            state.points.slots.indices.compactMap { number in
                state.points.latestOfSealed(number).map { (number, $0) }
            }
        }
        let (batches, gateways) = writerState.withLock { state in
            let batches = state.unflushed.prefix(plan.batchCount)
            return (batches, state.gateways.filter { !$0.value.recent.isEmpty })
        }
        try attempt {
            try catalog.write { db in
                for number in catalogPoints..<max(catalogPoints, ids.count) {
                    try CatalogTables.insert(point: number, ids[number], in: db)
                }
                for (number, latest) in slots {
                    try CatalogTables.setLatest(latest, of: number, in: db)
                }
                for (gateway, state) in gateways.sorted(by: { $0.key.text < $1.key.text }) {
                    try CatalogTables.setSequences(state.sequences, of: gateway, in: db)
                }
                try CatalogTables.insert(batches, in: db)
                for day in days.values { try CatalogTables.update(day, adding: flush, in: db) }
                try CatalogTables.setProgress("flush", flush, in: db)
                try CatalogTables.setProgress("segment", plan.segment, in: db)
                try CatalogTables.setProgress("position", Int64(plan.position), in: db)
                if let received = plan.lastReceivedAt?.unixMilliseconds {
                    try CatalogTables.setProgress("last_received_at_unix_ms", received, in: db)
                }
            }
        }
        flushing.withLock { flushing in
            flushing.catalogPoints = ids.count
        }
        drop(plan, flush, days)
        try step(.flushDropped)
    }

    /// Forgets in memory what is in chunks now.
    private func drop(_ plan: FlushPlan, _ flush: Int64, _ days: [Int64: DayState]) {
        state.withLock { state in
            for (day, known) in days {
                state.days[day] = known
                state.days[day]?.flushes.append(flush)
            }
        }
        var next: Int? = 0
        while let number = next {
            next = state.withLock {
                $0.points.drop(
                    from: number, pointsMax: IngestLimits.pointsPerDropMax, flush: flush)
            }
        }
        writerState.withLock { $0.flushed(plan.batchCount) }
        let sealed = segments.withLock { segments -> [Segment] in
            var sealed: [Segment] = []
            for index in segments.indices where segments[index].number <= plan.segment {
                if let open = segments[index].open { sealed.append(open) }
                segments[index].open = nil
            }
            return sealed
        }
        for segment in sealed { segment.seal() }
    }
}

extension ReadingSeries {
    /// The readings of each day, oldest first; the series is in order.
    var byDay: [(day: Int64, ReadingSeries)] {
        var days: [(day: Int64, ReadingSeries)] = []
        var start = 0
        while start < count {
            let day = DayFile.day(of: measuredAt[start])
            var end = start + 1
            while end < count, DayFile.day(of: measuredAt[end]) == day { end += 1 }
            days.append((day, slice(start..<end)))
            start = end
        }
        return days
    }
}
