import Domain
import Kernel
import Runtime
import Storage

/// What becomes of a batch: the store takes it, or does not, or the process ends before or after.
enum Fate {
    case stored, refused, killedBefore, killedAfter
}

/// One service without its threads: its machine, what it has on disk, and what a kill takes away.
///
/// It works off a batch as the engine does: the machine first, then all at once on the disk, then
/// the answers. A kill between any two statements is one before or one after the commit.
struct Shell<M: Simulated> {
    /// One call of the machine, and what it decided.
    struct Call {
        enum Input {
            case wake(heard: Instant)
            case event(M.Event)
            case refused(M.Event, M.Refusal)
        }

        var input: Input
        var at: Instant
        /// Where the event came from.
        var from: UpstreamPosition?
        var effects: [M.Effect]
        /// True if the machine asks to be woken again for a time that has passed.
        var isStillDue = false
    }

    /// What became of a batch.
    struct Work {
        /// True if the sender may be told that it is done.
        var isDone: Bool
        var refusals: [M.Refusal]
        /// The calls that are on disk now and were not before, in order.
        var stored: [Call]
    }

    private(set) var disk: Disk<M>
    // In memory.
    private(set) var machine: M
    private(set) var cursors: [String: Cursor] = [:]
    private(set) var lastNow: Instant
    var hearing = Hearing()
    /// Calls that brought about nothing that anyone depends on: they wait for the next commit, or
    /// for a second to pass.
    private var unstored: [Call] = []
    private var unstoredSince: Instant?
    private var hasFailed = false

    private let blank: M
    private let hasUpstreams: Bool
    private let clock: StepClock
    private var time: ForwardTime
    private let breakage: Breakage?
    private var diskBefore: Disk<M>?

    init(
        _ blank: M, hasUpstreams: Bool, clock: StepClock, at start: Instant, breakage: Breakage?
    ) {
        (self.blank, self.hasUpstreams, self.clock) = (blank, hasUpstreams, clock)
        (machine, disk, lastNow) = (blank, Disk(now: start), start)
        time = ForwardTime(clock, last: start)
        self.breakage = breakage
    }

    // MARK: Time

    /// The time that the next event gets.
    mutating func readClock() -> Instant {
        if breakage == .timeGoesBack {
            lastNow = clock.now()
        } else {
            lastNow = max(lastNow, time.now())
        }
        return lastNow
    }

    /// The time by now, without an event.
    var now: Instant { max(lastNow, time.now()) }

    /// What waits for news may be done if it fell due by this time.
    func heard(at now: Instant) -> Instant {
        if !hasUpstreams || breakage == .hearsNobody { return .distantFuture }
        let limit = hearing.limit(at: now)
        return breakage == .waitsForEver && limit == now ? .distantPast : limit
    }

    /// When to look at the machine again.
    var nextLook: Instant? {
        guard let due = machine.nextDue, due <= lastNow else { return machine.nextDue }
        let now = machine.nextDue(heard: heard(at: lastNow))
        return [now, hearing.patienceEnds].compactMap(\.self).min()
    }

    /// True if something is due that waits for news, and nobody has been asked for them.
    var mustAsk: Bool {
        guard hasUpstreams, !hearing.isAsking, let due = machine.nextDue else { return false }
        return due <= lastNow
    }

    // MARK: Work

    /// Works off an event or items of an upstream, and what has fallen due.
    mutating func process(
        _ event: M.Event?, _ items: [UpstreamItem<M.Event>], _ fate: Fate
    ) -> Work {
        var flushed = fate == .refused ? [] : flushIfTime()
        var work = Work(isDone: false, refusals: [], stored: [])
        var calls: [Call] = []
        wakeIfDue(&calls)
        let now = readClock()
        if let event { take(event, at: now, from: nil, &calls, &work.refusals) }
        for item in items where item.from.seq > (cursors[item.from.name] ?? .start).seq {
            for event in item.events {
                take(event, at: now, from: item.from, &calls, &work.refusals)
            }
            cursors[item.from.name] = Cursor(seq: item.from.seq)
            hearing.moved(item.from.name, cursors: cursors, at: now)
        }
        wakeIfDue(&calls)
        let changes = machine.takeChanges()
        let isIdle = changes.isEmpty && calls.allSatisfy(\.effects.isEmpty) && !hasFailed
        switch fate {
        case .refused:
            if isIdle { break }
            hasFailed = true
            reload()
            return work
        case .killedBefore:
            work.stored = flushed
            return work
        case .stored, .killedAfter:
            if isIdle { break }
            flushed += unstored + calls
            commit(changes, flushed)
            work.stored = flushed
            work.isDone = true
            return work
        }
        unstored += calls
        if unstoredSince == nil { unstoredSince = clock.trueNow }
        (work.isDone, work.stored) = (true, flushed)
        return work
    }

    private mutating func take(
        _ event: M.Event, at now: Instant, from: UpstreamPosition?, _ calls: inout [Call],
        _ refusals: inout [M.Refusal]
    ) {
        do throws(M.Refusal) {
            let effects = try machine.handle(event, at: now)
            calls.append(Call(input: .event(event), at: now, from: from, effects: effects))
        } catch {
            refusals.append(error)
            calls.append(Call(input: .refused(event, error), at: now, from: from, effects: []))
        }
    }

    private mutating func wakeIfDue(_ calls: inout [Call]) {
        let now = readClock()
        let heard = heard(at: now)
        guard breakage != .oversleeps, isDue(at: now, heard) else { return }
        let effects = machine.wake(at: now, heard: heard)
        calls.append(
            Call(
                input: .wake(heard: heard), at: now, effects: effects,
                isStillDue: isDue(at: now, heard)))
    }

    private func isDue(at now: Instant, _ heard: Instant) -> Bool {
        machine.nextDue(heard: heard).map { $0 <= now } ?? false
    }

    /// Whether a wake just before the next time would do anything; it must not.
    func doesAnythingEarly() -> Bool {
        guard let due = machine.nextDue else { return false }
        var early = machine
        let effects = early.wake(at: due - .init(milliseconds: 1))
        return !effects.isEmpty || !early.takeChanges().isEmpty
    }

    // MARK: The disk

    /// All of it at once: a transaction.
    private mutating func commit(_ changes: [PartChange<M.Part>], _ calls: [Call]) {
        if breakage == .forgetsCommit { diskBefore = disk }
        let all = changes + machine.takeLazyChanges()
        disk.put(all, keepsOld: breakage == .keepsOldParts)
        for call in calls {
            disk.put(call.effects, at: call.at, settles: breakage != .sendsAgain)
        }
        if breakage != .forgetsCursor { disk.cursors = cursors }
        disk.now = lastNow
        (unstored, unstoredSince, hasFailed) = ([], nil, false)
    }

    /// Stores what nobody depends on, a second after it came; what it was waits to be told.
    mutating func flushIfTime() -> [Call] {
        guard let unstoredSince, clock.trueNow - unstoredSince >= RuntimeLimits.cursorFlushEvery
        else { return [] }
        let calls = unstored
        commit([], [])
        return calls
    }

    /// The process ends; the calls that it still had stored by itself.
    mutating func end(isDiskFull: Bool) -> [Call] { isDiskFull ? [] : flushIfTime() }

    /// Another process begins with what is on disk.
    mutating func restart(through coding: Bool) throws {
        if let diskBefore { disk = diskBefore }
        diskBefore = nil
        if coding { try disk.recode() }
        reload()
        (lastNow, hasFailed) = (disk.now, false)
        time = ForwardTime(clock, last: disk.now)
        hearing = Hearing()
    }

    private mutating func reload() {
        machine = blank
        for key in disk.parts.keys.sorted() {
            if let part = disk.parts[key] { machine.restore(part, key: key) }
        }
        _ = machine.takeChanges()
        (cursors, unstored, unstoredSince) = (disk.cursors, [], nil)
        hearing.forget()
    }
}
