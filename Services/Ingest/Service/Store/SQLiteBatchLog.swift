import Dispatch
package import Domain
import GRDB
import IngestCore
package import Runtime
package import Storage
import Synchronization

/// The batch log in SQLite: a journal in segments, and chunks by point in a file a day.
///
/// # Overview
/// Batches that wait are written as one group after a few milliseconds, or at once when there are
/// many. While one group is on its way to the disk the next gathers. Each hour, and when memory is
/// full, what came since is flushed into chunks by another thread.
///
/// # What it owns
/// A folder: `catalog.sqlite`, segments, and day files. Nothing in a segment or a day's file counts
/// that the catalog does not know, but for the segments after the last flush.
///
/// # How it moves
/// Three threads write, each to files of its own: `writerQueue` to the open segment, `flusherQueue`
/// to day files and to the catalog. Whoever asks reads memory and files and waits for neither.
package final class SQLiteBatchLog: BatchLog {
    package struct Options: Sendable {
        /// How long the first batch of a group waits for others.
        package var commitDelayMilliseconds = 5
        /// A group with so many readings waits no longer.
        package var commitReadings = 2_000
        /// A flush begins when so many readings are in memory only by point.
        package var flushReadings = IngestLimits.readingsBeforeFlushMax
        /// Told of each commit; for metrics.
        package var didCommit: (@Sendable (CommitReport) -> Void)?
        /// Told why a commit failed, and with nil when one works again.
        package var didTurn: (@Sendable (_ trouble: String?) -> Void)?
        /// Told of each step of flush, merge and removal; for tests, which look at the disk then.
        package var didStep: (@Sendable (StoreStep) throws -> Void)?
        /// Told which file could not be merged, and why.
        package var didFailToMerge: (@Sendable (String) -> Void)?

        package init() {}
    }

    let folder: ReadingsFolder
    let options: Options
    let storeOptions: Store.Options
    let catalog: Store
    let numbers: Mutex<PointNumbers>
    let state: Mutex<ReadingsState>
    /// By number; the last one is written to.
    let segments: Mutex<[SegmentState]>
    let flushing: Mutex<Flushing>
    /// Day files that are open, the one last asked for at the end.
    let openDays = Mutex<[DayFile]>([])
    package let head: HeadSignal
    /// Everything that writes to segments runs here, one after another.
    let writerQueue = DispatchQueue(label: "ingest.readings.writer")
    /// Everything that writes to day files and to the catalog runs here, one after another.
    let flusherQueue = DispatchQueue(label: "ingest.readings.flusher")
    /// Reads of files that are not kept open.
    let readerQueue = DispatchQueue(label: "ingest.readings.reader")
    let writerState: Mutex<WriterState>
    private let waiting = Mutex(WaitingBatches())
    /// Why the last commit failed; nil if it worked.
    let trouble = Mutex<String?>(nil)

    /// Opens the folder, makes it if it is not there, and reads what memory needs.
    ///
    /// The store options go to each file: a test lets commits fail.
    package init(
        folder path: String, options: Options = Options(),
        storeOptions: Store.Options = Store.Options()
    ) throws {
        (self.options, self.storeOptions) = (options, storeOptions)
        folder = ReadingsFolder(path: path)
        let opened = try OpenedStore(folder: folder, storeOptions: storeOptions)
        catalog = opened.catalog
        numbers = Mutex(opened.numbers)
        state = Mutex(opened.state)
        segments = Mutex(opened.segments)
        flushing = Mutex(Flushing(attempt: opened.attempt, catalogPoints: opened.catalogPoints))
        writerState = Mutex(opened.writer)
        head = HeadSignal(head: opened.writer.head)
    }

    package var lastReceivedAt: Instant? { writerState.withLock(\.lastReceivedAt) }

    package func append(_ batch: SealedBatch) -> AppendTicket {
        let ticket = AppendTicket()
        if let odd = batch.columns.measuredAt.first(where: { !TailReading.times.contains($0) }) {
            ticket.settle(.failure(.cannotWrite(reason: "the time \(odd) is beyond what is kept")))
            return ticket
        }
        if state.withLock({ $0.points.tailCount >= unflushedMax }) {
            // Flushes fail: what comes would stay in memory for ever.
            ticket.settle(.failure(.overloaded))
            return ticket
        }
        let points = numbers.withLock { $0.numbers(of: batch.columns.pointIDs) }
        let body = GroupCoding.encode(
            JournalBatch(
                gateway: batch.gateway, sequence: batch.sequence,
                fingerprint: batch.fingerprint, receivedAt: batch.receivedAt, points: points,
                columns: batch.columns))
        let item = WaitingBatches.Item(batch: batch, points: points, body: body, ticket: ticket)
        switch waiting.withLock({ $0.add(item, urgentAt: options.commitReadings) }) {
        case .refuse(let failure): ticket.settle(.failure(failure))
        case .commitSoon:
            let delay = DispatchTimeInterval.milliseconds(options.commitDelayMilliseconds)
            writerQueue.asyncAfter(deadline: .now() + delay) { [self] in commitGroup() }
        case .commitNow: writerQueue.async { [self] in commitGroup() }
        case .isScheduled: break
        }
        return ticket
    }

    private var unflushedMax: Int {
        max(options.flushReadings * 3, IngestLimits.readingsUnflushedLeast)
    }

    /// Stores what waits and closes the files; later batches are refused.
    package func close() throws {
        waiting.withLock { $0.isClosed = true }
        writerQueue.sync {
            while commitNextGroup() {}
        }
        flusherQueue.sync {}
        for segment in segments.withLock({ $0 }) { try segment.open?.close() }
        for day in openDays.withLock({ $0 }) { day.release() }
        try catalog.close()
    }

    var isClosed: Bool { waiting.withLock(\.isClosed) }

    // On the writer's queue.
    private func commitGroup() {
        if commitNextGroup() { writerQueue.async { [self] in commitGroup() } }
        flushIfDue()
    }

    /// Commits what waits, up to the size of a group; false if nothing is left.
    private func commitNextGroup() -> Bool {
        let (group, isMore) = waiting.withLock { ($0.take(), $0.isMore) }
        if !group.isEmpty { commit(group) }
        return isMore
    }

    private func commit(_ group: [WaitingBatches.Item]) {
        let started = ContinuousClock.now
        // Under the lock: a copy of the state would be copied as a whole when it changes next.
        let plan = writerState.withLock { state in
            var plan = BatchPlan(after: state.head)
            for item in group {
                plan.add(item.batch, to: state) { gateway, sequence throws(BatchLogFailure) in
                    try knownBatch(of: gateway, sequence)
                }
            }
            return plan
        }
        do throws(BatchLogFailure) {
            if !plan.stored.isEmpty { try write(group, plan) }
        } catch {
            for item in group { item.ticket.settle(.failure(error)) }
            return
        }
        publish(group, plan)
        options.didCommit?(
            CommitReport(
                batches: plan.fates.filter { $0.position != nil }.count,
                took: ContinuousClock.now - started))
    }

    /// Writes a group into the open segment and waits for the disk.
    private func write(
        _ group: [WaitingBatches.Item], _ plan: BatchPlan
    ) throws(BatchLogFailure) {
        let pending = numbers.withLock { numbers in
            numbers.takePending().compactMap { number in
                numbers.id(number).map { (number: number, id: $0) }
            }
        }
        let placed = zip(group, plan.fates).filter { $1.position != nil }.map(\.0)
        let refused = zip(group, plan.fates).filter { item, fate in
            item.batch.columns.count == 0 && fate.outcome == .success(.stored(0))
        }.map(\.0.batch)
        do {
            try writeSegment { db in
                for point in pending {
                    try SegmentTables.insert(point: point.number, point.id, in: db)
                }
                try SegmentTables.insert(
                    placed.map(\.body), position: plan.first,
                    receivedAt: placed.map(\.batch.receivedAt).max() ?? .distantPast, in: db)
                for batch in refused { try SegmentTables.insert(refused: batch, in: db) }
            }
        } catch {
            numbers.withLock { $0.giveBack(pending.map(\.number)) }
            throw error
        }
    }

    /// Makes a committed group visible: first to questions, then to followers and senders.
    private func publish(_ group: [WaitingBatches.Item], _ plan: BatchPlan) {
        let head = writerState.withLock { state in
            for batch in plan.stored { state.take(batch) }
            return state.head
        }
        let stored = zip(group, plan.fates).filter { $1.position != nil }.map(\.0)
        if let newest = stored.map(\.batch.receivedAt).max() {
            segments.withLock { segments in
                let last = segments.count - 1
                segments[last].newestReceivedAt = max(
                    segments[last].newestReceivedAt ?? newest, newest)
            }
        }
        state.withLock { state in
            for item in stored {
                state.points.take(
                    item.batch.columns, points: item.points, receivedAt: item.batch.receivedAt)
            }
        }
        self.head.advance(to: head)
        for (item, fate) in zip(group, plan.fates) { item.ticket.settle(fate.outcome) }
    }
}

/// What questions are answered from.
struct ReadingsState {
    var points = PointMemory()
    var days: [Int64: DayState] = [:]
}

/// A day of which chunks are kept.
struct DayState: Sendable {
    var file: DayFile
    /// The flushes whose chunks in the file count, in order.
    var flushes: [Int64] = []
    var readingCount = 0
    var newestReceivedAt: Instant = .distantPast
    var isMerged = false
    /// A later one that the catalog may know although that was said to have failed; 0: none.
    var doubtfulGeneration: Int64 = 0
}

/// What one commit did.
package struct CommitReport: Sendable {
    /// Batches that were not there before.
    package var batches: Int
    package var took: Duration
}

/// What the store has just done; a kill may come after any of them.
package enum StoreStep: Sendable, Equatable, CaseIterable {
    case segmentMade, dayNoted, dayMade, chunksWritten, flushNoted, flushDropped
    case mergedWritten, mergeNoted, mergeTaken
    case removalNoted, filesRemoved, segmentRemoved
}

extension BatchLogFailure {
    init(writing error: any Error) {
        if let failure = error as? BatchLogFailure {
            self = failure
            return
        }
        let database = error as? DatabaseError
        self =
            database?.resultCode == .SQLITE_FULL
            ? .diskFull : .cannotWrite(reason: database?.message ?? "\(error)")
    }

    init(reading error: any Error) {
        self = .cannotRead(reason: (error as? DatabaseError)?.message ?? "\(error)")
    }
}
