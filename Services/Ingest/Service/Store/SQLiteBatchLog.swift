import Dispatch
package import Domain
import GRDB
import IngestCore
package import Runtime
package import Storage
import Synchronization

/// The simple batch log: one SQLite file, one writer, group commit.
///
/// Batches that wait are written in one transaction after a few milliseconds, or at once when
/// there are many. While one group is on its way to the disk the next gathers.
package final class SQLiteBatchLog: BatchLog {
    package struct Options: Sendable {
        /// How long the first batch of a group waits for others.
        package var commitDelayMilliseconds = 5
        /// A group with so many readings waits no longer.
        package var commitReadings = 2_000
        /// Readings are written as chunks when this many are in memory only by point.
        package var chunkReadings = IngestLimits.readingsBeforeChunksMax
        /// Told of each commit; for metrics.
        package var didCommit: (@Sendable (CommitReport) -> Void)?
        /// Told why a commit failed, and with nil when one works again.
        package var didTurn: (@Sendable (_ trouble: String?) -> Void)?

        package init() {}
    }

    let store: Store
    let options: Options
    let memory: Mutex<PointMemory>
    package let head: HeadSignal
    /// Everything that writes runs here, one after another.
    let writerQueue = DispatchQueue(label: "ingest.readings.writer")
    private let writerState: Mutex<WriterState>
    private let waiting = Mutex(Waiting())
    let chunking = Mutex(Chunking())
    /// Why the last commit failed; nil if it worked.
    let trouble = Mutex<String?>(nil)

    /// Opens `path`, makes it if it is not there, and reads what memory needs.
    package init(
        path: String, options: Options = Options(), storeOptions: Store.Options = Store.Options()
    ) throws {
        self.options = options
        store = try Store(path: path, migrations: [.readings], options: storeOptions)
        let (state, points) = try store.read { db in
            try (WriterState.load(from: db), PointMemory.load(from: db))
        }
        writerState = Mutex(state)
        memory = Mutex(points)
        head = HeadSignal(head: state.head)
    }

    package var lastReceivedAt: Instant? { writerState.withLock(\.lastReceivedAt) }

    package func append(_ batch: SealedBatch) -> AppendTicket {
        let ticket = AppendTicket()
        let item = Waiting.Item(
            batch: batch, body: ColumnCoding.encode(batch.columns), ticket: ticket)
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

    /// Stores what waits and closes the file; later batches are refused.
    package func close() throws {
        waiting.withLock { $0.isClosed = true }
        writerQueue.sync {
            while commitNextGroup() {}
        }
        try store.close()
    }

    var isClosed: Bool { waiting.withLock(\.isClosed) }

    // On the writer's queue.
    private func commitGroup() {
        // One group a turn: chunks have theirs in between, or memory would grow under load.
        if commitNextGroup() { writerQueue.async { [self] in commitGroup() } }
        writeChunksIfDue()
    }

    /// Commits what waits, up to the size of a group; false if nothing is left.
    private func commitNextGroup() -> Bool {
        let (group, isMore) = waiting.withLock { ($0.take(), $0.isMore) }
        if !group.isEmpty { commit(group) }
        return isMore
    }

    private func commit(_ group: [Waiting.Item]) {
        let started = ContinuousClock.now
        let base = writerState.withLock { $0 }
        let stored: [BatchCommit.Stored]
        do {
            let (state, results) = try write { db in
                var commit = BatchCommit(in: db, after: base)
                let results = try group.map { try commit.store($0.batch, body: $0.body) }
                return (try commit.finish(), results)
            }
            writerState.withLock { $0 = state }
            stored = results
        } catch {
            for item in group { item.ticket.settle(.failure(error)) }
            return
        }
        publish(group, stored)
        options.didCommit?(
            CommitReport(
                batches: stored.filter { $0.position != nil }.count,
                took: ContinuousClock.now - started))
    }

    /// Makes a committed group visible: first to questions, then to followers and senders.
    private func publish(_ group: [Waiting.Item], _ stored: [BatchCommit.Stored]) {
        memory.withLock { memory in
            for (item, result) in zip(group, stored) {
                guard let position = result.position else { continue }
                memory.take(
                    item.batch.columns, receivedAt: item.batch.receivedAt, position: position)
            }
        }
        head.advance(to: writerState.withLock(\.head))
        for (item, result) in zip(group, stored) {
            item.ticket.settle(result.outcome)
        }
    }
}

/// What one commit did.
package struct CommitReport: Sendable {
    /// Batches that were not there before.
    package var batches: Int
    package var took: Duration
}

/// The batches that wait for the next commit.
private struct Waiting {
    struct Item: Sendable {
        var batch: SealedBatch
        var body: [UInt8]
        var ticket: AppendTicket
    }

    enum Step {
        case refuse(BatchLogFailure)
        case commitSoon, commitNow, isScheduled
    }

    var isClosed = false
    private var items: [Item] = []
    private var readingCount = 0
    private var isTimerSet = false
    private var isUrgent = false

    mutating func add(_ item: Item, urgentAt: Int) -> Step {
        if isClosed { return .refuse(.closed) }
        let count = item.batch.columns.count
        if readingCount + count > IngestLimits.readingsWaitingMax { return .refuse(.overloaded) }
        items.append(item)
        readingCount += count
        if readingCount >= urgentAt {
            if isUrgent { return .isScheduled }
            isUrgent = true
            return .commitNow
        }
        if isTimerSet || isUrgent { return .isScheduled }
        isTimerSet = true
        return .commitSoon
    }

    var isMore: Bool { !items.isEmpty }

    /// The next group, oldest first; the rest stays for the one after it.
    mutating func take() -> [Item] {
        isTimerSet = false
        isUrgent = false
        var taken = 0
        var count = 0
        while taken < items.count, count < IngestLimits.readingsPerCommitMax {
            count += items[taken].batch.columns.count
            taken += 1
        }
        let group = Array(items[..<taken])
        items.removeFirst(taken)
        readingCount -= count
        return group
    }
}

extension BatchLogFailure {
    init(writing error: any Error) {
        let database = error as? DatabaseError
        self =
            database?.resultCode == .SQLITE_FULL
            ? .diskFull : .cannotWrite(reason: database?.message ?? "\(error)")
    }

    init(reading error: any Error) {
        self = .cannotRead(reason: (error as? DatabaseError)?.message ?? "\(error)")
    }
}
