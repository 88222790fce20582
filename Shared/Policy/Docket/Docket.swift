package import Domain

/// What is owed in one case, as the rules of its profile make it 案卷.
///
/// Pure: facts and the passing of time go in, steps come out. Everything that happens by a time
/// happens in the order of those times, however late this is asked: one long `wake` equals many
/// short ones, and a fact finds done what fell due before it.
package struct Docket: Equatable, Codable, Sendable {
    package let kind: CaseKind
    /// Whose rules it follows: those of its enterprise's placement, or as the profile chose.
    package let placements: [Placement]
    /// nil: the case has no level, or none yet.
    package private(set) var level: WarningLevel?
    /// When it was entered; nil: never, or before times were kept.
    private(set) var levelSince: Instant?
    /// True if the level was entered from above.
    private var isComeDown = false
    /// What has not ended, in the order in which it started.
    package internal(set) var runs: [ObligationRun] = []
    /// What has happened, each once; declarations each time.
    var facts: [Happening] = []
    private(set) var startedCount = 0
    /// How far what a higher level superseded had come.
    private var suspended: [Suspended] = []

    private struct Suspended: Equatable, Codable, Sendable {
        var rule: RuleID
        var owner: RoleID?
        var elapsed: Interval
        /// When it began first; nil in stores of before that was kept.
        var since: Instant?
    }

    package init(kind: CaseKind, placements: [Placement]) {
        (self.kind, self.placements) = (kind, placements)
    }

    /// When time makes something of it next; nil: nothing waits.
    package var nextDue: Instant? { runs.compactMap(\.wakesAt).min() }

    package func run(_ number: Int) -> ObligationRun? { runs.first { $0.number == number } }

    // MARK: What happens

    /// Takes in what happened at `instant`.
    ///
    /// News of a level `advance` all else to that time first, since by them it is known up to then.
    /// What people do says nothing of the rest: it finds only what it concerns up to date. What
    /// starts by it starts at `earliest` at the earliest: news may be older than what they end.
    package mutating func take(
        _ fact: Fact, at instant: Instant, earliest: Instant = .distantPast,
        advancing isAdvancing: Bool, by profile: PolicyProfile, _ streaks: inout Streaks
    ) -> [ObligationStep] {
        var work = Work(profile: profile, streaks: streaks, end: instant, isEndIncluded: false)
        if isAdvancing { advance(&work) }
        work.earliest = earliest
        apply(fact, at: instant, &work)
        streaks = work.streaks
        return work.steps
    }

    /// Does what has fallen due up to `instant`; of repeats that are late by `horizon` the last one
    /// says the others.
    package mutating func wake(
        at instant: Instant, horizon: Instant? = nil, by profile: PolicyProfile,
        _ streaks: inout Streaks
    ) -> [ObligationStep] {
        var work = Work(profile: profile, streaks: streaks, end: instant, isEndIncluded: true)
        work.horizon = max(instant, horizon ?? instant)
        advance(&work)
        streaks = work.streaks
        return work.steps
    }

    /// The owner has done what obligation `number` demands; nil if it is not owed, or no longer, or
    /// not in that `round`.
    package mutating func fulfil(
        _ number: Int, round: Int? = nil, at instant: Instant, by profile: PolicyProfile,
        _ streaks: inout Streaks
    ) -> [ObligationStep]? {
        var work = Work(profile: profile, streaks: streaks, end: instant, isEndIncluded: false)
        var after = self
        after.catchUp(number, &work)
        // At the very instant at which it opens again, it is owed.
        if let run = after.run(number), run.state == .pending, run.opensAt == instant,
            let rule = work.rule(run.rule)
        {
            after.open(run, rule, at: instant, &work)
        }
        guard let run = after.run(number), run.state != .pending, let rule = work.rule(run.rule),
            run.round == round ?? run.round
        else { return nil }
        self = after
        finish(run, rule, by: nil, at: instant, &work)
        streaks = work.streaks
        return work.steps
    }

    /// What must be done before the case can be closed.
    package func demanded(by profile: PolicyProfile) -> [ObligationRun] {
        runs.filter { run in
            profile.obligation(run.rule)?.isDemanded ?? false
        }
    }

    // MARK: In the course of one event

    /// What one event brings about.
    struct Work {
        let profile: PolicyProfile
        var streaks: Streaks
        /// What falls due by then is done; at the very end only if it is included.
        let end: Instant
        let isEndIncluded: Bool
        /// What is known to be late: repeats up to then are said together.
        var horizon: Instant
        /// Nothing starts before this.
        var earliest = Instant.distantPast
        var steps: [ObligationStep] = []

        init(profile: PolicyProfile, streaks: Streaks, end: Instant, isEndIncluded: Bool) {
            (self.profile, self.streaks) = (profile, streaks)
            (self.end, self.isEndIncluded, self.horizon) = (end, isEndIncluded, end)
        }

        func rule(_ id: RuleID) -> ObligationRule? { profile.obligation(id) }

        /// True if the time of `run` has come.
        func isDue(_ run: ObligationRun) -> Bool {
            guard let wakesAt = run.wakesAt else { return false }
            if wakesAt < end { return true }
            // A level that falls exactly at the due time falls in time, unless the law says 前.
            return wakesAt == end && (isEndIncluded || run.isDueBefore)
        }
    }

    /// Does what has fallen due, each at its own time.
    private mutating func advance(_ work: inout Work) {
        while let run = runs.filter(work.isDue).min(by: { $0.order < $1.order }) {
            pass(run, &work)
        }
    }

    /// Does what has fallen due of one obligation.
    private mutating func catchUp(_ number: Int, _ work: inout Work) {
        while let run = run(number), work.isDue(run) { pass(run, &work) }
    }

    /// Its time to open has come, or its time is over.
    private mutating func pass(_ run: ObligationRun, _ work: inout Work) {
        guard let rule = work.rule(run.rule), let at = run.wakesAt else { return remove(run) }
        switch run.state {
        case .pending: open(run, rule, at: at, &work)
        case .open: miss(run, rule, at: at, &work)
        case .missed: break
        }
    }

    /// A fact ends what it ends, and starts what it starts; `about` is the obligation, as it was,
    /// that was done or missed by it.
    mutating func apply(
        _ fact: Fact, at instant: Instant, about done: ObligationRun? = nil, _ work: inout Work
    ) {
        note(fact, at: instant, &work)
        for number in runs.map(\.number) {
            // What ends one may have ended another.
            guard let before = run(number), let rule = work.rule(before.rule),
                rule.isEnded(by: fact, owner: before.owner)
            else { continue }
            catchUp(number, &work)
            guard let run = run(number) else { continue }
            end(run, rule, by: fact, at: instant, &work)
        }
        let occasion = occasion(of: fact, about: done, work)
        let startsAt = max(instant, work.earliest)
        for rule in work.profile.obligations
        where isStarted(rule, by: fact, since: occasion, at: startsAt, work) {
            for owner in rule.owners.isEmpty ? [nil] : rule.owners.map(Optional.some) {
                start(rule, owner: owner, by: fact, at: startsAt, &work)
            }
        }
    }

    private mutating func note(_ fact: Fact, at instant: Instant, _ work: inout Work) {
        if case .entered(let entered) = fact {
            // What a level ended is open again when it is back.
            facts.removeAll { other in
                switch other.fact {
                case .lowered(let lowered): lowered <= entered
                case .cleared: true
                case .opened, .entered, .noticed, .issued, .done, .missed, .confirmed, .declared,
                    .closed:
                    false
                }
            }
            let isRise = level.map { entered > $0 } ?? false
            isComeDown = level.map { entered < $0 } ?? false
            (level, levelSince) = (entered, instant)
            if isRise, work.profile.choices.rise.value == .supersede {
                supersede(below: entered, at: instant, &work)
            }
        }
        remember(fact, at: instant)
    }

    private mutating func supersede(
        below level: WarningLevel, at instant: Instant, _ work: inout Work
    ) {
        for run in runs where run.state != .missed {
            guard let bound = run.level, bound < level, let rule = work.rule(run.rule),
                rule.isOfLevel
            else { continue }
            runs.removeAll { $0.number == run.number }
            suspended.removeAll { $0.rule == run.rule && $0.owner == run.owner }
            suspended.append(
                Suspended(
                    rule: run.rule, owner: run.owner, elapsed: instant - run.startedAt,
                    since: run.since ?? run.startedAt))
            let at = max(instant, run.beganAt ?? instant)
            work.steps.append(ObligationStep(run: run, change: .superseded, at: at))
        }
    }

    private func isStarted(
        _ rule: ObligationRule, by fact: Fact, since occasion: Instant?, at instant: Instant,
        _ work: Work
    ) -> Bool {
        guard rule.placements.contains(where: placements.contains), !isOver(rule) else {
            return false
        }
        let isTriggered = rule.starts.contains { trigger in
            guard trigger.fact == fact else { return false }
            guard case .missed(let missed) = fact, trigger.times > 1 else { return true }
            return work.streaks.count(missed) % trigger.times == 0
        }
        guard isTriggered else { return false }
        return rule.given.allSatisfy { holds($0, since: occasion, by: instant) }
            && !rule.unless.contains { holds($0, since: occasion, by: instant) }
    }

    private mutating func start(
        _ rule: ObligationRule, owner: RoleID?, by fact: Fact, at instant: Instant,
        _ work: inout Work
    ) {
        let isResumed = isComeDown && work.profile.choices.fall.value == .resume
        if let old = runs.first(where: { $0.rule == rule.id && $0.owner == owner }) {
            // What runs goes on, and repeats by itself. What was missed stays so for good, and is
            // owed anew; but where times go on over a fall, it is still the same.
            guard old.state == .missed, !(isResumed && rule.isOfLevel) else { return }
            remove(old)
            let at = max(instant, old.beganAt ?? instant)
            work.steps.append(ObligationStep(run: old, change: .ended(by: fact), at: at))
        }
        startedCount += 1
        var startedAt = instant
        var since: Instant?
        if isResumed,
            let index = suspended.firstIndex(where: { $0.rule == rule.id && $0.owner == owner })
        {
            let before = suspended.remove(at: index)
            (startedAt, since) = (instant - before.elapsed, before.since)
        }
        var run = ObligationRun(
            number: startedCount, rule: rule.id, owner: owner, level: level,
            startedAt: startedAt, state: .pending, opensAt: startedAt, dueAt: nil,
            isDueBefore: false, round: 1, mergedFrom: nil, since: since)
        if let opens = rule.opens {
            let span = work.span(opens, after: startedAt)
            (run.opensAt, run.isDueBefore) = (max(instant, span.dueAt), span.isDueBefore)
        }
        runs.append(run)
        if run.opensAt <= instant { open(run, rule, at: instant, &work) }
        for later in declarations(after: instant) {
            end(run.number, rule, by: later.fact, at: later.at, &work)
        }
    }

    /// What was declared after it began ends it as if it had begun in time.
    private mutating func end(
        _ number: Int, _ rule: ObligationRule, by fact: Fact, at instant: Instant,
        _ work: inout Work
    ) {
        guard let before = run(number), rule.isEnded(by: fact, owner: before.owner) else { return }
        while let run = run(number), let at = run.wakesAt,
            at < instant || (at == instant && run.isDueBefore)
        {
            pass(run, &work)
        }
        if let run = run(number) { end(run, rule, by: fact, at: instant, &work) }
    }

    /// Puts `run` in the place of the one of its number.
    mutating func put(_ run: ObligationRun) {
        guard let index = runs.firstIndex(where: { $0.number == run.number }) else { return }
        runs[index] = run
    }

    mutating func remove(_ run: ObligationRun) {
        runs.removeAll { $0.number == run.number }
    }
}

extension Docket.Work {
    func span(_ deadline: Deadline, after start: Instant) -> Deadline.Span {
        deadline.span(after: start, zone: profile.zone, calendar: profile.calendar)
    }
}

extension ObligationRun {
    /// What comes first of what is due: the earlier time, and of one time what must be before it.
    fileprivate var order: (Instant, Int, Int) {
        (wakesAt ?? .distantFuture, isDueBefore ? 0 : 1, number)
    }
}

extension PolicyProfile {
    package func obligation(_ id: RuleID) -> ObligationRule? {
        obligations.first { $0.id == id }
    }
}
