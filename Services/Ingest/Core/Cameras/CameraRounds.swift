package import Domain

/// Whose turn it is to be tried, so that no camera waits for another that is broken.
///
/// *What it owns*: when each camera is tried next, and who is being tried.
/// *How it moves*: those that are due go first come, first served, a bounded number at once; one
/// that failed waits longer each time.
/// *The odd case*: cameras that failed last time never take more than half of the places, so that
/// however many hang, the healthy ones go on.
package struct CameraRounds: Sendable {
    /// How often cameras are tried, and how many at once.
    package struct Rule: Sendable, Equatable {
        package var every: Interval
        package var atOnceMax: Int

        package init(every: Interval, atOnceMax: Int) {
            (self.every, self.atOnceMax) = (every, atOnceMax)
        }

        /// The places that cameras may take which failed last time.
        var brokenAtOnceMax: Int { max(1, atOnceMax / 2) }
    }

    private struct Turn {
        var address: CameraAddress
        var dueAt: Instant
        var failures = 0
        var isRunning = false
        /// Its address changed while it was tried: what comes back says nothing.
        var isStale = false
        /// It went while it was tried.
        var isGone = false
    }

    /// What becomes of a try that came back.
    package enum Verdict: Sendable, Equatable {
        /// It is said on.
        case tell
        /// It failed for the first time, which may be chance: it is tried again soon.
        case wait
        /// The camera went, or has another address by now.
        case drop
    }

    private let rule: Rule
    private var turns: [CameraID: Turn] = [:]
    private var order: [CameraID] = []
    private var running = 0
    private var runningBroken = 0
    private var wasBroken: Set<CameraID> = []

    package init(_ rule: Rule) { self.rule = rule }

    /// Takes over which cameras there are; new ones, and those with a new address, are due at once.
    /// A new one that is known to be offline counts as broken from the beginning.
    package mutating func update(
        _ cameras: [(CameraID, CameraAddress)], offline: Set<CameraID> = [], at now: Instant
    ) {
        var listed: [CameraID: CameraAddress] = [:]
        for (id, address) in cameras { listed[id] = address }
        for id in order where listed[id] == nil {
            if turns[id]?.isRunning == true {
                turns[id]?.isGone = true
            } else {
                turns[id] = nil
            }
        }
        for (id, address) in cameras {
            guard let turn = turns[id] else {
                turns[id] = Turn(
                    address: address, dueAt: now, failures: offline.contains(id) ? 1 : 0)
                continue
            }
            turns[id]?.isGone = false
            if turn.address == address { continue }
            turns[id]?.address = address
            turns[id]?.dueAt = now
            turns[id]?.failures = 0
            turns[id]?.isStale = turn.isRunning
        }
        order = turns.keys.sorted()
    }

    /// Who is to be tried now; each counts as being tried from here on.
    package mutating func next(at now: Instant) -> [(CameraID, CameraAddress)] {
        let due = order.filter { id in
            turns[id].map { !$0.isRunning && $0.dueAt <= now } ?? false
        }.sorted { left, right in
            (turns[left]?.dueAt ?? now, left) < (turns[right]?.dueAt ?? now, right)
        }
        var chosen: [(CameraID, CameraAddress)] = []
        for id in due where running < rule.atOnceMax {
            guard let turn = turns[id] else { continue }
            if turn.failures > 0 {
                if runningBroken >= rule.brokenAtOnceMax { continue }
                runningBroken += 1
                wasBroken.insert(id)
            }
            running += 1
            turns[id]?.isRunning = true
            chosen.append((id, turn.address))
        }
        return chosen
    }

    /// A try came back; every one that `next` gave must, or its place is lost.
    package mutating func finished(
        _ id: CameraID, isOnline: Bool, at now: Instant
    ) -> Verdict {
        guard var turn = turns[id], turn.isRunning else { return .drop }
        running -= 1
        if wasBroken.remove(id) != nil { runningBroken -= 1 }
        if turn.isGone {
            turns[id] = nil
            order.removeAll { $0 == id }
            return .drop
        }
        turn.isRunning = false
        defer { turns[id] = turn }
        if turn.isStale {
            turn.isStale = false
            turn.dueAt = now
            return .drop
        }
        turn.failures = isOnline ? 0 : turn.failures + 1
        turn.dueAt = now + wait(after: turn.failures)
        return turn.failures == 1 ? .wait : .tell
    }

    /// Twice as long after each failure, up to an hour or the usual time, whichever is longer.
    private func wait(after failures: Int) -> Interval {
        if failures == 0 { return rule.every }
        if failures == 1 { return min(rule.every, RegistryLimits.cameraTriedAgainAfter) }
        let longest = max(rule.every, RegistryLimits.cameraWaitMax)
        var wait = rule.every
        for _ in 2..<max(3, min(failures + 1, 32)) where wait < longest { wait = wait * 2 }
        return min(wait, longest)
    }

    /// When the next is due of those who are not being tried; nil: nobody is.
    package var dueAt: Instant? {
        order.compactMap { id in turns[id].flatMap { $0.isRunning ? nil : $0.dueAt } }.min()
    }
}
