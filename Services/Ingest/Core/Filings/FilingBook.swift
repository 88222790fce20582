package import Domain
import Kernel
package import Policy

/// Keeps the filings of outages: sent, verified, in force, over (CON-20 to CON-23).
///
/// *What it owns*: every filing about which something is left to be done, and those that were done
/// lately; each is one part.
/// *How it moves*: by what enterprises and bodies say, and by time: from its start to its end,
/// while it waits for whoever verifies, and out of memory at last.
/// *The odd case*: confirmed after its end it is over at once, and its time is excused all the
/// same.
package struct FilingBook: Sendable, Equatable {
    package private(set) var filings: [FilingID: OutageFiling] = [:]
    package let rule: FilingRule

    private var deadlines = Deadlines<FilingID>()
    /// How many filings in force a point is in.
    private var outages: [PointID: Int] = [:]
    private(set) var changed: Set<FilingID> = []

    package init(rule: FilingRule = .ours) { self.rule = rule }

    package static func == (left: Self, right: Self) -> Bool {
        left.filings == right.filings && left.rule == right.rule
    }

    /// By id.
    package var all: [OutageFiling] {
        filings.keys.sorted().compactMap { filings[$0] }
    }

    /// True while a confirmed filing has taken the point out of service.
    package func isOutOfService(_ point: PointID) -> Bool { outages[point] != nil }

    /// The points that are out of service by a filing, by id.
    package var pointsOutOfService: [PointID] { outages.keys.sorted() }

    package var nextDue: Instant? { deadlines.nextDue }

    // MARK: Store

    mutating func restore(_ filing: OutageFiling) { place(filing) }

    /// What changed since the last call, by key; nil: it left.
    mutating func takeChanged() -> [(key: String, part: OutageFiling?)] {
        defer { changed = [] }
        return changed.sorted().map { ("filing/" + $0.text, filings[$0]) }
    }

    /// Puts a filing in its place, with what hangs on where it stands.
    private mutating func place(_ filing: OutageFiling) {
        if let before = filings[filing.id], before.state == .inForce {
            for point in before.points {
                outages[point] = outages[point].flatMap { $0 > 1 ? $0 - 1 : nil }
            }
        }
        filings[filing.id] = filing
        if filing.state == .inForce {
            for point in filing.points { outages[point] = (outages[point] ?? 0) + 1 }
        }
        let dues = [turnsAt(filing), nudgeDue(filing), leavesAt(filing)].compactMap(\.self)
        if let due = dues.min() {
            deadlines.set(filing.id, dueAt: due)
        } else {
            deadlines.remove(filing.id)
        }
    }

    /// When time alone changes where a filing stands; nil: it does not.
    private func turnsAt(_ filing: OutageFiling) -> Instant? {
        switch filing.state {
        case .confirmed: filing.startAt
        case .inForce: filing.endAt
        case .sent, .over, .refused, .withdrawn: nil
        }
    }

    /// When whoever verifies is reminded next; nil: nothing waits.
    private func nudgeDue(_ filing: OutageFiling) -> Instant? {
        filing.waitsSince.map { max($0, filing.nudgedAt ?? $0) + rule.nudgeEvery }
    }

    /// When it becomes history.
    private func leavesAt(_ filing: OutageFiling) -> Instant? {
        filing.closedAt.map { $0 + FilingLimits.keptAfter }
    }

    /// Takes a filing over as it now stands; one that is the same says nothing new.
    mutating func note(_ filing: OutageFiling) -> [FilingEffect] {
        if filings[filing.id] == filing { return [] }
        place(filing)
        changed.insert(filing.id)
        return [.changed(filing)]
    }

    // MARK: Time

    /// Begins, ends and reminds of what is due, and lets go what is history.
    mutating func wake(at now: Instant) -> [FilingEffect] {
        var effects: [FilingEffect] = []
        while let due = deadlines.next, due.dueAt <= now, var filing = filings[due.key] {
            if let leaves = leavesAt(filing), leaves <= now {
                forget(filing.id)
                continue
            }
            if let turns = turnsAt(filing), turns <= now { filing.state = filing.standing(at: now) }
            if let nudge = nudgeDue(filing), nudge <= now {
                filing.nudgeCount += 1
                filing.nudgedAt = now
            }
            let news = note(filing)
            // Its deadline has moved with it; if not, it would come again for ever.
            if news.isEmpty { deadlines.remove(due.key) }
            effects += news
        }
        return effects
    }

    private mutating func forget(_ id: FilingID) {
        filings[id] = nil
        deadlines.remove(id)
        changed.insert(id)
    }

    // MARK: Events

    mutating func handle(
        _ event: FilingEvent, at now: Instant, registry: Registry
    ) throws(FilingRefusal) -> [FilingEffect] {
        switch event {
        case .sent(let draft, let by):
            return note(try filed(draft, by: by, registry: registry, at: now))
        case .verified(let verdict, let by, let node):
            return note(try verified(verdict, by: by, at: node, registry: registry, now: now))
        case .extended(let id, let until, let reason, let by):
            return note(
                try extended(id, until: until, reason, by: by, registry: registry, at: now))
        case .ended(let id, let reason, let by):
            return note(try ended(id, reason, by: by, registry: registry, at: now))
        }
    }
}

extension OutageFiling {
    /// Where a confirmed filing stands by time alone.
    func standing(at now: Instant) -> State {
        if now >= endAt { return .over }
        return now >= startAt ? .inForce : .confirmed
    }
}
