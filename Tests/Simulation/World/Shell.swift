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
struct Shell<M: Machine> {
    /// One call of the machine, and what it decided.
    struct Call {
        enum Input {
            case wake(heard: Instant)
            case event(M.Event)
            case refused(M.Event, M.Refusal)
        }

        var input: Input
        var at: Instant
        var effects: [M.Effect]
        /// True if the machine asks to be woken again for a time that has passed.
        var isStillDue = false
    }

    // On disk.
    private(set) var parts: [String: M.Part] = [:]
    private(set) var storedCursors: [String: Cursor] = [:]
    private(set) var storedNow: Instant
    // In memory.
    private(set) var machine: M
    private(set) var cursors: [String: Cursor] = [:]
    private(set) var lastNow: Instant
    var hearing = Hearing()

    private let blank: M
    private let hasUpstreams: Bool
    private let clock: any TimeSource
    private var time: ForwardTime

    init(_ blank: M, hasUpstreams: Bool, clock: any TimeSource, at start: Instant) {
        (self.blank, self.hasUpstreams, self.clock) = (blank, hasUpstreams, clock)
        machine = blank
        (storedNow, lastNow) = (start, start)
        time = ForwardTime(clock, last: start)
    }

    // MARK: Time

    /// The time that the next event gets.
    mutating func readClock() -> Instant {
        lastNow = max(lastNow, time.now())
        return lastNow
    }

    /// What waits for news may be done if it fell due by this time.
    func heard(at now: Instant) -> Instant {
        hasUpstreams ? hearing.limit(at: now) : .distantFuture
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

    /// Works off a batch; nil if nothing of it was stored.
    mutating func process(
        _ events: [M.Event], upTo position: UpstreamPosition?, _ fate: Fate
    ) -> [Call]? {
        var calls: [Call] = []
        wakeIfDue(&calls)
        for event in events {
            let now = readClock()
            wakeIfDue(&calls)
            do throws(M.Refusal) {
                let effects = try machine.handle(event, at: now)
                calls.append(Call(input: .event(event), at: now, effects: effects))
            } catch {
                calls.append(Call(input: .refused(event, error), at: now, effects: []))
            }
        }
        if let position {
            cursors[position.name] = Cursor(seq: position.seq)
            hearing.moved(position.name, cursors: cursors, at: lastNow)
        }
        wakeIfDue(&calls)
        let changes = machine.takeChanges()
        let isEmpty = changes.isEmpty && calls.allSatisfy { $0.effects.isEmpty }
        switch fate {
        case .refused:
            if isEmpty { return calls }
            reload()
            return nil
        case .killedBefore: return nil
        case .stored, .killedAfter:
            // Nothing that anyone depends on: the cursors wait for the next commit.
            if isEmpty { return calls }
            for change in changes + machine.takeLazyChanges() { parts[change.key] = change.part }
            (storedCursors, storedNow) = (cursors, lastNow)
            return calls
        }
    }

    private mutating func wakeIfDue(_ calls: inout [Call]) {
        let now = readClock()
        let heard = heard(at: now)
        guard isDue(at: now, heard) else { return }
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

    // MARK: Ends and beginnings

    /// The process ends, and another one begins with what is on disk.
    mutating func restart(through coding: Bool) throws {
        if coding {
            for key in parts.keys.sorted() {
                guard let part = parts[key] else { continue }
                parts[key] = try PartCoding.decode(M.Part.self, PartCoding.encode(part), key: key)
            }
        }
        reload()
        lastNow = storedNow
        time = ForwardTime(clock, last: storedNow)
        hearing = Hearing()
    }

    private mutating func reload() {
        machine = blank
        for key in parts.keys.sorted() {
            if let part = parts[key] { machine.restore(part, key: key) }
        }
        _ = machine.takeChanges()
        cursors = storedCursors
        hearing.forget()
    }
}
