import Contracts
import Domain
import Policy

/// What is owed in one case, told again in the plainest way from the rules and from what is on
/// record as having happened; it knows no docket, and each record must be one that it expects.
struct DutyModel {
    struct Run {
        enum State { case waiting, open, missed }

        var rule: ObligationRule
        var owner: String
        var number: Int
        var round = 1
        var state: State
        var level: WarningLevel?
        var opensAt: Int64
        var dueAt: Int64?

        /// When it came to its state: news that were late may be older, and nothing ends before.
        func notBefore(_ at: Int64) -> Int64 {
            switch state {
            case .waiting: at
            case .open: max(at, opensAt)
            case .missed: max(at, dueAt ?? opensAt)
            }
        }
    }

    /// One record that must come, and has not yet.
    struct Mark: Hashable, CustomStringConvertible {
        var rule: String
        var owner: String
        var round: Int
        var state: NotificationV1.ObligationState
        var at: Int64

        var description: String {
            "\(rule) \(owner) round \(round) state \(state.rawValue) at \(at)"
        }
    }

    let id: String
    let profile: PolicyProfile
    let placement: Placement
    private(set) var level: WarningLevel?
    private(set) var expected: [Mark] = []
    private(set) var runs: [Run] = []
    private var facts: Set<String> = []
    /// What was declared, each time, and when.
    private var declared: [(fact: Fact, at: Int64)] = []
    /// When the level was entered last.
    private var levelSince: Int64?
    private var startedCount = 0

    init(_ id: String, _ profile: PolicyProfile, _ placement: Placement) {
        (self.id, self.profile, self.placement) = (id, profile, placement)
    }

    // MARK: What happens

    /// How often in a row each rule was missed in the enterprise.
    typealias Streaks = [String: Int]

    mutating func open(_ change: Records.Change, decidedAt: Int64, _ streaks: inout Streaks) {
        apply(.opened(.warning), at: min(change.changedAt, decidedAt), &streaks)
        enter(change, decidedAt: decidedAt, &streaks)
    }

    mutating func move(_ change: Records.Change, decidedAt: Int64, _ streaks: inout Streaks) {
        let (before, knownAt) = (level ?? .blue, min(change.knownAt, decidedAt))
        for passed in WarningLevel.allCases.reversed()
        where passed <= before && passed > change.level {
            apply(.lowered(passed), at: knownAt, notBefore: decidedAt, &streaks)
        }
        enter(change, decidedAt: decidedAt, &streaks)
    }

    private mutating func enter(
        _ change: Records.Change, decidedAt: Int64, _ streaks: inout Streaks
    ) {
        apply(.entered(change.level), at: min(change.changedAt, decidedAt), &streaks)
        apply(.noticed(change.level), at: decidedAt, &streaks)
    }

    /// A fact ends what it ends, and starts what it starts; `about` is what was done or missed.
    mutating func apply(
        _ fact: Fact, at now: Int64, notBefore earliest: Int64 = .min, about: Run? = nil,
        _ streaks: inout Streaks
    ) {
        if case .entered(let entered) = fact { enter(entered, at: now) }
        if case .declared = fact { declared.append((fact, now)) } else { facts.insert(fact.words) }
        for number in runs.map(\.number) {
            guard let before = run(number), ends(before, by: fact) else { continue }
            catchUp(before.number, to: now, &streaks)
            guard let run = run(number) else { continue }
            end(run, by: fact, at: now, &streaks)
        }
        let (since, at) = (occasion(of: fact, about), max(now, earliest))
        for rule in profile.obligations where starts(rule, by: fact, since, at, streaks) {
            for owner in rule.owners.isEmpty ? [""] : rule.owners.map(\.text) {
                start(rule, owner, at: at, &streaks)
            }
        }
    }

    private mutating func end(_ run: Run, by fact: Fact, at now: Int64, _ streaks: inout Streaks) {
        let isMet = run.rule.metBy.contains(fact)
        let at = run.notBefore(now)
        switch (run.state, isMet) {
        // What waits to come again was done before.
        case (.waiting, _): break
        case (.open, true): expect(run, .met, at)
        case (.open, false): expect(run, .excused, at)
        case (.missed, true): expect(run, .late, at)
        case (.missed, false): expect(run, .ended, at)
        }
        if run.state != .missed { streaks[run.rule.id.text] = nil }
        runs.removeAll { $0.number == run.number }
        if run.state != .waiting, isMet { done(run, at: at, &streaks) }
    }

    /// Since when what was declared speaks of what `fact` starts: since the round that was missed
    /// or done began, or since the level was entered.
    private func occasion(of fact: Fact, _ about: Run?) -> Int64? {
        switch fact {
        // What came as a later round opened spoke of the one before.
        case .issued, .done, .missed: about.map { $0.round == 1 ? $0.opensAt : $0.opensAt + 1 }
        case .entered, .noticed, .lowered, .confirmed, .declared: levelSince
        case .opened, .cleared, .closed: nil
        }
    }

    private func holds(_ fact: Fact, _ since: Int64?, by now: Int64) -> Bool {
        guard case .declared = fact else { return facts.contains(fact.words) }
        return declared.contains { $0.fact == fact && $0.at <= now && $0.at >= since ?? .min }
    }

    private mutating func enter(_ entered: WarningLevel, at now: Int64) {
        for lower in WarningLevel.allCases where lower <= entered {
            facts.remove(Fact.lowered(lower).words)
        }
        facts.remove(Fact.cleared.words)
        let isRise = level.map { entered > $0 } ?? false
        (level, levelSince) = (entered, now)
        guard isRise else { return }
        for run in runs where run.state != .missed {
            guard let bound = run.level, bound < entered, run.rule.isOfLevel else { continue }
            if run.state == .open { expect(run, .superseded, run.notBefore(now)) }
            runs.removeAll { $0.number == run.number }
        }
    }

    private func ends(_ run: Run, by fact: Fact) -> Bool {
        run.rule.metBy.contains(fact) || run.rule.until.contains(fact) || fact == .closed
    }

    private func starts(
        _ rule: ObligationRule, by fact: Fact, _ since: Int64?, _ now: Int64, _ streaks: Streaks
    ) -> Bool {
        guard rule.placements.contains(placement), !isOver(rule) else { return false }
        let isTriggered = rule.starts.contains { trigger in
            guard trigger.fact == fact else { return false }
            guard case .missed(let missed) = fact else { return true }
            return (streaks[missed.text] ?? 0) % trigger.times == 0
        }
        return isTriggered && rule.given.allSatisfy { holds($0, since, by: now) }
            && !rule.unless.contains { holds($0, since, by: now) }
    }

    /// What a clearing or a lower level ends is not owed after it.
    private func isOver(_ rule: ObligationRule) -> Bool {
        (rule.metBy + rule.until).contains { fact in
            switch fact {
            case .lowered, .cleared: facts.contains(fact.words)
            case _: false
            }
        }
    }

    private mutating func start(
        _ rule: ObligationRule, _ owner: String, at now: Int64, _ streaks: inout Streaks
    ) {
        if let old = runs.first(where: { $0.rule.id == rule.id && $0.owner == owner }) {
            // What was missed stays so for good, and is owed anew.
            guard old.state == .missed else { return }
            expect(old, .ended, old.notBefore(now))
            runs.removeAll { $0.number == old.number }
        }
        startedCount += 1
        let run = Run(
            rule: rule, owner: owner, number: startedCount, state: .open, level: level,
            opensAt: now, dueAt: length(rule.due).map { now + $0 })
        switch rule.form {
        case .notice:
            expect(run, .met, now)
            done(run, at: now, &streaks)
        case .task, .document:
            runs.append(run)
            expect(run, .open, now)
        }
        // What was declared meanwhile ends it as if it had begun in time.
        for later in declared where later.at > now {
            guard let before = self.run(run.number), ends(before, by: later.fact) else { continue }
            catchUp(run.number, to: later.at, &streaks)
            guard let run = self.run(run.number) else { continue }
            end(run, by: later.fact, at: later.at, &streaks)
        }
    }

    private mutating func done(_ run: Run, at now: Int64, _ streaks: inout Streaks) {
        switch run.rule.form {
        case .notice, .document: apply(.issued(run.rule.id), at: now, about: run, &streaks)
        case .task: break
        }
        apply(.done(run.rule.id), at: now, about: run, &streaks)
    }

    private mutating func miss(_ number: Int, at due: Int64, _ streaks: inout Streaks) {
        guard let index = runs.firstIndex(where: { $0.number == number }) else { return }
        let run = runs[index]
        streaks[run.rule.id.text, default: 0] += 1
        if run.rule.repeats == nil { runs[index].state = .missed } else { goOn(index) }
        apply(.missed(run.rule.id), at: due, about: run, &streaks)
    }

    private mutating func goOn(_ index: Int) {
        guard case .every(let every) = runs[index].rule.repeats else { return }
        runs[index].opensAt += every.milliseconds
        runs[index].round += 1
        (runs[index].state, runs[index].dueAt) = (.waiting, nil)
    }

    /// The rules of the run know times of one kind only.
    private func length(_ deadline: Deadline?) -> Int64? {
        guard case .after(let interval) = deadline else { return nil }
        return interval.milliseconds
    }

    /// What fell due of one obligation before a fact that ends it.
    private mutating func catchUp(_ number: Int, to now: Int64, _ streaks: inout Streaks) {
        while let index = runs.firstIndex(where: { $0.number == number }) {
            let run = runs[index]
            if run.state == .open, let due = run.dueAt, due < now {
                expect(run, .missed, due)
                miss(number, at: due, &streaks)
            } else if run.state == .waiting, run.opensAt < now {
                openAgain(index)
                expect(runs[index], .open, run.opensAt)
            } else {
                return
            }
        }
    }

    private mutating func openAgain(_ index: Int) {
        let run = runs[index]
        runs[index].state = .open
        runs[index].dueAt = length(run.rule.due).map { run.opensAt + $0 }
    }

    private mutating func expect(
        _ run: Run, _ state: NotificationV1.ObligationState, _ at: Int64
    ) {
        expected.append(
            Mark(
                rule: run.rule.id.text, owner: run.owner, round: run.round, state: state, at: at))
    }

    func run(_ number: Int) -> Run? { runs.first { $0.number == number } }

    // MARK: What is on record

    /// A record of this case; throws if nothing makes it so. Returns when it fell due if time alone
    /// has brought it about.
    mutating func see(
        _ one: NotificationV1.Obligation, at decidedAt: Int64, _ streaks: inout Streaks
    ) throws(KillRun.Failure) -> Int64? {
        let mark = Mark(
            rule: one.rule, owner: one.ownerRole, round: Int(one.round), state: one.state,
            at: one.stateAtUnixMs)
        if let index = expected.firstIndex(of: mark) {
            expected.remove(at: index)
            return nil
        }
        guard let index = runs.firstIndex(where: { $0.number == Int(one.number) }),
            runs[index].rule.id.text == one.rule, runs[index].round == Int(one.round)
        else { throw KillRun.Failure("\(id): \(mark) is on record and nobody owes it") }
        let run = runs[index]
        switch (one.state, run.state) {
        case (.missed, .open):
            guard run.dueAt == mark.at, decidedAt >= mark.at else { break }
            miss(run.number, at: mark.at, &streaks)
            return mark.at
        case (.open, .waiting):
            guard run.opensAt == mark.at, decidedAt >= mark.at else { break }
            openAgain(index)
            return mark.at
        case (.met, .open), (.late, .missed):
            guard mark.at == decidedAt, !one.by.isEmpty, one.by.hasPrefix("officer-") else { break }
            if one.state == .met { streaks[run.rule.id.text] = nil }
            if run.rule.repeats == nil {
                runs.remove(at: index)
            } else {
                goOn(index)
            }
            done(run, at: decidedAt, &streaks)
            return nil
        case (.excused, .open), (.ended, .missed):
            // The case is being closed: its last records stand before the line that says so.
            guard one.by == Fact.closed.words else { break }
            if one.state == .excused { streaks[run.rule.id.text] = nil }
            runs.remove(at: index)
            return nil
        case _: break
        }
        throw KillRun.Failure(
            "\(id): \(mark) is on record at \(decidedAt); it is \(run.state), opened "
                + "\(run.opensAt), due \(run.dueAt.map { "\($0)" } ?? "never")")
    }

    /// Complains of what has not come, before other news of the case.
    func checkNothingIsMissing() throws(KillRun.Failure) {
        guard let first = expected.first else { return }
        throw KillRun.Failure("\(id): \(expected.count) records are missing, first \(first)")
    }

    /// Complains of what fell due and was not recorded, once time has stopped to matter.
    func checkNothingWaits() throws(KillRun.Failure) {
        try checkNothingIsMissing()
        for run in runs where run.state == .waiting || run.state == .open && run.dueAt != nil {
            throw KillRun.Failure(
                "\(id): #\(run.number) \(run.rule.id) round \(run.round) is \(run.state) still")
        }
    }
}
