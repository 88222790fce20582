package import Domain

/// Whose turn it is to be tried, so that no camera waits for another that is broken.
///
/// *What it owns*: when each camera is tried next, and who is being tried.
/// *How it moves*: those that are due go first come, first served, a bounded number at once; one
/// that failed waits longer each time, and goes last if it failed before that too.
/// *The odd case*: a camera that was never seen may hang as one that is broken does. So places are
/// kept back: for those that were seen, for new ones, and for those of other owners.
package struct CameraRounds: Sendable {
    /// How often cameras are tried, and how many at once.
    package struct Rule: Sendable, Equatable {
        package var every: Interval
        package var atOnceMax: Int

        package init(every: Interval, atOnceMax: Int) {
            (self.every, self.atOnceMax) = (every, atOnceMax)
        }

        /// The places that cameras may take which were never seen, or failed last time.
        var unprovenMax: Int { max(1, atOnceMax / 2) }

        /// Of these, those that failed last time.
        var brokenMax: Int { max(1, atOnceMax / 4) }

        /// The places of one owner: an enterprise whose line is cut leaves the others theirs.
        var ownedMax: Int { max(1, atOnceMax / 2) }

        /// Of these, those that were never seen or failed.
        var ownedUnprovenMax: Int { max(1, atOnceMax / 4) }
    }

    /// A camera that can be tried.
    package struct Entry: Sendable, Equatable {
        package var camera: CameraID
        package var address: CameraAddress
        /// The enterprise or body that it belongs to.
        package var owner: NodeID

        package init(_ camera: CameraID, _ address: CameraAddress, of owner: NodeID) {
            (self.camera, self.address, self.owner) = (camera, address, owner)
        }
    }

    /// What is known of a camera at its address.
    private enum Trust: Equatable {
        case unseen
        case seen
        /// It failed so many times, one after the other.
        case broken(Int)

        init(_ standing: CameraStanding?) {
            guard let standing else {
                self = .unseen
                return
            }
            switch standing.state {
            case .untried: self = standing.fault == nil ? .unseen : .broken(1)
            case .online: self = standing.fault == nil ? .seen : .broken(1)
            case .offline: self = .broken(2)
            }
        }

        var failures: Int {
            switch self {
            case .unseen, .seen: 0
            case .broken(let failures): failures
            }
        }
    }

    private struct Turn {
        var entry: Entry
        var dueAt: Instant
        var trust: Trust
        /// What its place counts as while it is being tried; nil: it is not.
        var place: Place?
        /// Its address changed while it was tried: what comes back says nothing.
        var isStale = false
        /// It went while it was tried.
        var isGone = false
    }

    /// A place that is taken.
    private struct Place: Equatable {
        var owner: NodeID
        var isUnproven, isBroken: Bool

        init(_ entry: Entry, _ trust: Trust) {
            (owner, isUnproven, isBroken) = (entry.owner, trust != .seen, trust.failures > 0)
        }
    }

    /// How many places are taken.
    private struct Taken {
        var all = 0
        var unproven = 0
        var broken = 0
        var owned: [NodeID: Int] = [:]
        var ownedUnproven: [NodeID: Int] = [:]

        func hasRoom(for place: Place, by rule: Rule) -> Bool {
            if (owned[place.owner] ?? 0) >= rule.ownedMax { return false }
            if !place.isUnproven { return true }
            if unproven >= rule.unprovenMax { return false }
            if place.isBroken, broken >= rule.brokenMax { return false }
            return (ownedUnproven[place.owner] ?? 0) < rule.ownedUnprovenMax
        }

        /// Takes the place (`by` 1) or gives it back (-1).
        mutating func count(_ place: Place, by step: Int) {
            all += step
            Self.count(place.owner, by: step, in: &owned)
            if place.isUnproven {
                unproven += step
                Self.count(place.owner, by: step, in: &ownedUnproven)
            }
            if place.isBroken { broken += step }
        }

        private static func count(_ owner: NodeID, by step: Int, in counts: inout [NodeID: Int]) {
            let count = (counts[owner] ?? 0) + step
            counts[owner] = count == 0 ? nil : count
        }
    }

    /// What becomes of a try that came back.
    package enum Verdict: Sendable, Equatable {
        /// It is said on.
        case tell
        /// The camera went, or has another address by now.
        case drop
    }

    private let rule: Rule
    private var turns: [CameraID: Turn] = [:]
    private var order: [CameraID] = []
    private var taken = Taken()

    package init(_ rule: Rule) { self.rule = rule }

    /// Takes over which cameras there are; new ones, and those with a new address, are due at once.
    /// What a new one is worth is what its standing from before says.
    package mutating func update(
        _ entries: [Entry], standings: CameraBook = CameraBook(), at now: Instant
    ) {
        var listed: Set<CameraID> = []
        for entry in entries { listed.insert(entry.camera) }
        for id in order where !listed.contains(id) {
            if turns[id]?.place != nil {
                turns[id]?.isGone = true
            } else {
                turns[id] = nil
            }
        }
        for entry in entries {
            let id = entry.camera
            guard let turn = turns[id] else {
                turns[id] = Turn(entry: entry, dueAt: now, trust: Trust(standings[id]))
                continue
            }
            turns[id]?.isGone = false
            turns[id]?.entry = entry
            if turn.entry.address == entry.address { continue }
            turns[id]?.dueAt = now
            turns[id]?.trust = .unseen
            turns[id]?.isStale = turn.place != nil
        }
        order = turns.keys.sorted()
    }

    /// Who is to be tried now; each counts as being tried from here on.
    package mutating func next(at now: Instant) -> [(CameraID, CameraAddress)] {
        if taken.all >= rule.atOnceMax { return [] }
        let due = order.compactMap { id in
            turns[id].flatMap { turn in
                turn.place == nil && turn.dueAt <= now
                    ? (turn.trust.failures > 1 ? 1 : 0, turn.dueAt, id) : nil
            }
        }.sorted { $0 < $1 }
        var chosen: [(CameraID, CameraAddress)] = []
        for (_, _, id) in due where taken.all < rule.atOnceMax {
            guard let turn = turns[id] else { continue }
            let place = Place(turn.entry, turn.trust)
            guard taken.hasRoom(for: place, by: rule) else { continue }
            taken.count(place, by: 1)
            turns[id]?.place = place
            chosen.append((id, turn.entry.address))
        }
        return chosen
    }

    /// A try came back; every one that `next` gave must, or its place is lost. Nil: it was ended
    /// before it said anything of the camera.
    package mutating func finished(
        _ id: CameraID, isOnline: Bool?, at now: Instant
    ) -> Verdict {
        guard let turn = turns[id], let place = turn.place else { return .drop }
        taken.count(place, by: -1)
        turns[id]?.place = nil
        if turn.isGone {
            turns[id] = nil
            order.removeAll { $0 == id }
            return .drop
        }
        if turn.isStale {
            turns[id]?.isStale = false
            turns[id]?.dueAt = now
            return .drop
        }
        guard let isOnline else {
            turns[id]?.dueAt = now + rule.every
            return .drop
        }
        note(id, isOnline: isOnline, at: now)
        return .tell
    }

    /// What a caller saw of a camera counts as a try of ours; that one is still broken is no news.
    package mutating func heard(_ id: CameraID, isOnline: Bool, at now: Instant) {
        guard let turn = turns[id], turn.place == nil else { return }
        if isOnline || turn.trust.failures == 0 { note(id, isOnline: isOnline, at: now) }
    }

    private mutating func note(_ id: CameraID, isOnline: Bool, at now: Instant) {
        guard let turn = turns[id] else { return }
        let failures = isOnline ? 0 : turn.trust.failures + 1
        let dueAt = now + wait(after: failures)
        turns[id]?.trust = isOnline ? .seen : .broken(failures)
        turns[id]?.dueAt = dueAt
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
        order.compactMap { id in turns[id].flatMap { $0.place != nil ? nil : $0.dueAt } }.min()
    }
}
