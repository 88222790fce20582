package import Domain
package import Policy

/// Keeps the daily commitments: sent, corrected, missed, dealt with (CON-12 to CON-19).
///
/// *What it owns*: of each enterprise its last commitment, the days that it missed, and who may
/// sign for its principal; each is one part.
/// *How it moves*: by what enterprises send, and by the time of the day at which all are due.
/// *The odd case*: a service that did not run at that time decides it afterwards, as of then.
package struct CommitmentBook: Sendable, Equatable {
    package private(set) var commitments: [EnterpriseID: Commitment] = [:]
    package private(set) var missed: [CommitmentKey: MissedCommitment] = [:]
    package private(set) var delegations: [DelegationID: Delegation] = [:]
    /// The last day of which it is decided who missed it; nil: the book has not begun.
    package private(set) var decided: CalendarDay?

    package let form: CommitmentForm
    /// Nil: the regulation asks for none, so that none is late or missed.
    package let rule: CommitmentRule?
    package let zone: Zone

    /// When the next day is decided.
    package private(set) var nextDue: Instant?
    private var changed: [String: CommitmentPart?] = [:]

    package init(form: CommitmentForm, rule: CommitmentRule?, zone: Zone) {
        (self.form, self.rule, self.zone) = (form, rule, zone)
    }

    /// What was handed to the store does not count.
    package static func == (left: Self, right: Self) -> Bool {
        left.commitments == right.commitments && left.missed == right.missed
            && left.delegations == right.delegations && left.decided == right.decided
            && left.form == right.form && left.rule == right.rule && left.zone == right.zone
    }

    /// The day that it is.
    package func today(at now: Instant) -> CalendarDay? { CalendarDay(of: now, in: zone) }

    /// When the commitment of a day is due; nil: it is not.
    package func dueAt(_ day: CalendarDay) -> Instant? {
        rule.map { day.instant(minutes: $0.dueMinutes, in: zone) }
    }

    /// The first instant at which the commitment of a day is late.
    func lateFrom(_ day: CalendarDay) -> Instant? {
        guard let rule, let due = dueAt(day) else { return nil }
        return rule.lateFrom(due)
    }

    /// The missed days of one enterprise, the earliest first.
    package func missedDays(of enterprise: EnterpriseID) -> [MissedCommitment] {
        missed.keys.filter { $0.enterprise == enterprise }.sorted().compactMap { missed[$0] }
    }

    /// The authorities of one enterprise, by id.
    package func delegations(of enterprise: EnterpriseID) -> [Delegation] {
        delegations.keys.sorted().compactMap { delegations[$0] }
            .filter { $0.enterprise == enterprise }
    }

    // MARK: Store

    mutating func restore(_ part: CommitmentPart) {
        switch part {
        case .commitment(let value): commitments[value.enterprise] = value
        case .missed(let value): missed[value.key] = value
        case .delegation(let value): delegations[value.id] = value
        case .decided(let day): setDecided(day)
        }
    }

    /// What changed since the last call, by key.
    mutating func takeChanged() -> [(key: String, part: CommitmentPart?)] {
        defer { changed = [:] }
        return changed.keys.sorted().map { ($0, changed[$0] ?? nil) }
    }

    mutating func note(_ commitment: Commitment) -> [CommitmentEffect] {
        if commitments[commitment.enterprise] == commitment { return [] }
        commitments[commitment.enterprise] = commitment
        changed[commitment.partKey] = .commitment(commitment)
        return [.filed(commitment)]
    }

    mutating func note(_ delegation: Delegation) -> [CommitmentEffect] {
        if delegations[delegation.id] == delegation { return [] }
        delegations[delegation.id] = delegation
        changed[delegation.partKey] = .delegation(delegation)
        return [.delegated(delegation)]
    }

    mutating func note(handled day: MissedCommitment) -> [CommitmentEffect] {
        if missed[day.key] == day { return [] }
        put(day)
        return [.handled(day)]
    }

    private mutating func put(_ day: MissedCommitment) {
        missed[day.key] = day
        changed[day.partKey] = .missed(day)
    }

    private mutating func setDecided(_ day: CalendarDay) {
        decided = day
        nextDue = day.adding(days: 1).flatMap { lateFrom($0) }
    }

    // MARK: Time

    /// Begins with the day that it is, or with the next if its time has passed: nobody could have
    /// committed himself before.
    mutating func beginIfNew(at now: Instant) {
        guard rule != nil, decided == nil, let today = today(at: now),
            let lateFrom = lateFrom(today), let yesterday = today.adding(days: -1)
        else { return }
        decide(now < lateFrom ? yesterday : today)
    }

    /// Decides every day whose time has come, in order.
    mutating func wake(
        at now: Instant, registry: Registry, links: LinkPlaces = LinkPlaces()
    ) -> [CommitmentEffect] {
        var effects: [CommitmentEffect] = []
        skipForgotten(at: now)
        while let due = nextDue, due <= now, let day = decided?.adding(days: 1) {
            effects += decide(day, at: now, registry: registry, links: links)
        }
        return effects
    }

    private mutating func decide(
        _ day: CalendarDay, at now: Instant, registry: Registry, links: LinkPlaces
    ) -> [CommitmentEffect] {
        var effects: [CommitmentEffect] = []
        if let rule, let dueAt = dueAt(day) {
            // Whoever sent it by now sent it in time: what is due is done before what comes in.
            // Who stands behind a link is judged there.
            for enterprise in registry.enterprises.values
            where commitments[enterprise.id]?.day != day && links.link(of: enterprise.node) == nil {
                let miss = MissedCommitment(
                    enterprise: enterprise.id, day: day, dueAt: dueAt, decidedAt: now,
                    clause: rule.clause.text)
                put(miss)
                effects.append(.missed(miss))
            }
        }
        decide(day)
        forget(before: day)
        return effects
    }

    private mutating func decide(_ day: CalendarDay) {
        setDecided(day)
        changed["commitments/decided"] = .decided(day)
    }

    /// Days that nobody could deal with any more are not decided: the service has stood still, or
    /// its rule was taken away for so long.
    private mutating func skipForgotten(at now: Instant) {
        guard let decided, let today = today(at: now),
            let earliest = today.adding(days: -CommitmentLimits.missedDaysMax),
            decided.text < earliest.text
        else { return }
        decide(earliest)
    }

    private mutating func forget(before day: CalendarDay) {
        guard let earliest = day.adding(days: -CommitmentLimits.missedDaysMax) else { return }
        let old = missed.keys.sorted().prefix { $0.day.text < earliest.text }
        for key in old {
            if let one = missed.removeValue(forKey: key) { changed[one.partKey] = .some(nil) }
        }
    }

    // MARK: Events

    mutating func handle(
        _ event: CommitmentEvent, at now: Instant, registry: Registry
    ) throws(CommitmentRefusal) -> [CommitmentEffect] {
        switch event {
        case .filed(let draft, let by):
            return note(try filed(draft, by: by, registry: registry, at: now))
        case .delegated(let draft, let by):
            return note(try delegated(draft, by: by, registry: registry, at: now))
        case .delegationEnded(let id, let by):
            return note(try ended(id, by: by, registry: registry, at: now))
        case .handled(let draft, let by, let node):
            return note(
                handled: try handled(draft, by: by, at: node, registry: registry, now: now))
        }
    }
}
