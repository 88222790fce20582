package import CoreMetrics
import Dispatch
package import Domain
package import Kernel
package import Logging
package import Storage
import Synchronization

/// The one writer of a store: takes events to a machine, commits what it decides, then acts.
///
/// What `submit` has returned from is on disk. Everything that waits is taken in one transaction:
/// changed parts, journal, outbox and cursors. A commit that fails changes nothing: the machine is
/// loaded again from its parts and every sender is told. The engine has a thread of its own, so
/// that waiting for the disk never holds up an event loop.
package actor Engine<M: Machine> {
    package typealias Event = M.Event

    /// What the service gives to its engine.
    package struct Shell: Sendable {
        /// The machine as it is before anything has happened.
        package var machine: @Sendable () -> M
        /// What an effect means for journal, outbox and tables; `now` is when it was decided.
        package var plan: @Sendable (_ effect: M.Effect, _ now: Instant) -> [EffectPlan]
        /// Does a row of the outbox and returns the event that says how it went. The commit of
        /// that event must settle the row. A throw means that nothing is known: it is done again.
        package var perform: @Sendable (_ row: OutboxRow) async throws -> M.Event
        /// What the machine is told of a row that an earlier process may have begun, before it is
        /// done again. Nil: nothing.
        package var resume: @Sendable (_ row: OutboxRow) -> M.Event?

        package init(
            machine: @escaping @Sendable () -> M,
            plan: @escaping @Sendable (M.Effect, Instant) -> [EffectPlan],
            perform: @escaping @Sendable (OutboxRow) async throws -> M.Event,
            resume: @escaping @Sendable (OutboxRow) -> M.Event? = { _ in nil }
        ) {
            (self.machine, self.plan, self.perform) = (machine, plan, perform)
            self.resume = resume
        }
    }

    struct Submission {
        var items: [UpstreamItem<M.Event>]
        /// A single event that comes from no upstream.
        var event: M.Event?
        var answer: CheckedContinuation<Answer, any Error>
    }

    /// What a sender is told after the commit.
    struct Answer: Sendable {
        var at: Instant
        var refusals: [M.Refusal]
    }

    package nonisolated let name: String
    package nonisolated let store: Store
    nonisolated let time: ForwardTime
    /// How far the journal has come, for its subscribers.
    package nonisolated let journalHead: HeadSignal
    package nonisolated let logger: Logger
    nonisolated let counts: EngineCounts
    nonisolated let shell: Shell
    nonisolated let executor: EngineExecutor
    nonisolated let readinessBox: Mutex<Readiness>

    var machine: M
    var cursors: [String: Cursor]
    /// Cursors that are ahead of the store, because nothing depended on them.
    var lazyCursors: Set<String> = []
    var lastNow: Instant
    /// True if the machine could not be loaded again after a failed commit.
    var isMachineStale = false
    /// Of rows that an earlier process left; no row is started before they are on disk.
    var resumed: [M.Event]

    var inbox: [Submission] = []
    var isDrainScheduled = false
    var isStopping = false
    var idleWaiters: [CheckedContinuation<Void, Never>] = []

    var lanes = Lanes(
        atOnceMax: RuntimeLimits.effectsAtOnceMax,
        keptForUrgent: RuntimeLimits.effectsKeptForUrgent)
    /// Keys whose effects are under way, until their event settles them.
    var unsettled: Set<String> = []
    var rows: AsyncStream<OutboxRow>.Continuation?
    var timer: (dueAt: Instant, task: Task<Void, Never>)?
    var flush: Task<Void, Never>?
    var retry: Task<Void, Never>?
    var failedCommitsInARow = 0

    /// Asks the upstreams how far they reach; nil if there are none.
    var heads: Heads?
    var hearing = Hearing()
    var question: Task<Void, Never>?

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    /// Loads the machine from the store.
    package init(
        name: String, store: Store, clock: any TimeSource, shell: Shell,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance, logger: Logger
    ) throws {
        self.name = name
        (self.store, self.shell, self.logger) = (store, shell, logger)
        let loaded = try Loaded(from: store, machine: shell.machine())
        (machine, cursors, lastNow) = (loaded.machine, loaded.cursors, loaded.lastNow)
        let rows = try store.read { try Outbox.all(in: $0) }
        // Of each lane only the first one can have been begun.
        var begun: Set<String> = []
        resumed = rows.filter { begun.insert($0.lane).inserted }.compactMap(shell.resume)
        for row in rows { lanes.add(row) }
        journalHead = HeadSignal(head: loaded.journalHead.seq)
        counts = EngineCounts(engine: name, metrics: metrics)
        executor = EngineExecutor(label: "engine.\(name)")
        readinessBox = Mutex(.unready(reason: "the engine has not started"))
        time = ForwardTime(clock, last: lastNow)
    }

    /// Takes in one event and returns when it is on disk; throws the machine's refusal, or an
    /// `EngineFailure` if nothing was wrong with the event.
    ///
    /// An event from an upstream that has been taken in before is answered as done.
    @discardableResult
    package func submit(_ event: M.Event, from: UpstreamPosition? = nil) async throws -> Instant {
        let items = from.map { [UpstreamItem(events: [event], from: $0)] } ?? []
        let answer = try await enqueue(items, event: from == nil ? event : nil)
        if let refusal = answer.refusals.first { throw refusal }
        return answer.at
    }

    /// Takes in items of one upstream in order, all in one transaction, and returns the refusals.
    ///
    /// A refused event is a fact of the upstream: the cursor moves on past it.
    package func submit(_ items: [UpstreamItem<M.Event>]) async throws -> [M.Refusal] {
        if items.isEmpty { return [] }
        return try await enqueue(items, event: nil).refusals
    }

    private func enqueue(_ items: [UpstreamItem<M.Event>], event: M.Event?) async throws -> Answer {
        if isStopping { throw EngineFailure.stopping }
        if inbox.count >= RuntimeLimits.submissionsWaitingMax { throw EngineFailure.busy }
        return try await withCheckedThrowingContinuation { answer in
            inbox.append(Submission(items: items, event: event, answer: answer))
            scheduleDrain()
        }
    }

    // Drained in a job of its own, so that submissions that came meanwhile share the commit.
    private func scheduleDrain() {
        if isDrainScheduled { return }
        isDrainScheduled = true
        Task { drain() }
    }

    private func drain() {
        isDrainScheduled = false
        while !inbox.isEmpty {
            let batch = Array(inbox.prefix(RuntimeLimits.submissionsPerCommitMax))
            inbox.removeFirst(batch.count)
            process(batch)
        }
        releaseIfIdle()
    }

    /// Looks at the committed state of the machine.
    package func read<T: Sendable>(_ body: @Sendable (M) throws -> T) throws -> T {
        if isMachineStale { throw EngineFailure.notStored(reason: "it cannot be read") }
        return try body(machine)
    }

    /// Does what has fallen due; called when the clock has been moved.
    package func tick() {
        process([])
        releaseIfIdle()
    }

    /// When the machine wants to be woken next; it may have to wait for news then.
    package var nextDue: Instant? { machine.nextDue }

    /// How far an upstream has been worked off.
    package func cursor(_ name: String) -> Cursor { cursors[name] ?? .start }

    /// Whether the engine can be relied on.
    package nonisolated var readiness: Readiness { readinessBox.withLock { $0 } }

    /// How far the clock is behind the time of the engine; 0 unless it was set back.
    package nonisolated var clockLag: Interval { time.lag }

    func setReadiness(_ readiness: Readiness) {
        readinessBox.withLock { $0 = readiness }
    }

    // MARK: Idleness

    /// Waits until nothing is to be done before time passes: no event waits, nothing is due, and
    /// the outbox is empty.
    package func idle() async {
        while !isIdle {
            await withCheckedContinuation { idleWaiters.append($0) }
        }
    }

    private var isIdle: Bool {
        let isDue = machine.nextDue.map { $0 <= time.now() } ?? false
        return inbox.isEmpty && lanes.isIdle && !isDue && !isMachineStale
    }

    func releaseIfIdle() {
        guard !idleWaiters.isEmpty, isIdle || isStopping else { return }
        let waiters = idleWaiters
        idleWaiters = []
        for waiter in waiters { waiter.resume() }
    }
}

/// What a store holds for an engine.
struct Loaded<M: Machine> {
    var machine: M
    var cursors: [String: Cursor] = [:]
    var lastNow = Instant.distantPast
    var journalHead = JournalHead.empty

    static var lastNowKey: String { "engine.last_now_unix_ms" }

    init(from store: Store, machine: M) throws {
        self.machine = machine
        try store.read { db in
            var waiting: [(key: String, body: [UInt8])] = []
            try Parts.forEach(in: db) { key, body in
                waiting.append((key, body))
                if waiting.count == RuntimeLimits.partsDecodedAtOnce { try restore(&waiting) }
            }
            try restore(&waiting)
            cursors = try Cursors.all(in: db)
            if let text = try Meta.get(Self.lastNowKey, in: db), let number = Int64(text) {
                lastNow = Instant(unixMilliseconds: number)
            }
            journalHead = try Journal.head(in: db)
            try Journal.checkEnd(of: journalHead, in: db, path: store.path)
        }
        // Restoring is not changing.
        _ = self.machine.takeChanges()
    }

    /// Reads parts on all cores, since reading them is most of a start, and puts them back in their
    /// order.
    private mutating func restore(_ waiting: inout [(key: String, body: [UInt8])]) throws {
        let parts = waiting
        waiting = []
        let slice = 64
        let count = (parts.count + slice - 1) / slice
        let read = Mutex([Result<[M.Part], any Error>?](repeating: nil, count: count))
        DispatchQueue.concurrentPerform(iterations: count) { index in
            let some = parts[index * slice..<min((index + 1) * slice, parts.count)]
            let result = Result {
                try some.map { try PartCoding.decode(M.Part.self, $0.body, key: $0.key) }
            }
            read.withLock { $0[index] = result }
        }
        let results = read.withLock { $0 }
        for (index, result) in results.enumerated() {
            guard let decoded = try result?.get() else {
                preconditionFailure("Parts of a store were not read.")
            }
            for (place, part) in decoded.enumerated() {
                machine.restore(part, key: parts[index * slice + place].key)
            }
        }
    }
}
