import Domain
import Policy

/// What levels do with cases.
extension NotificationMachine {
    /// Moves the case of a source to the level that it has now.
    mutating func levelChanged(_ told: LevelNews, at now: Instant) -> [NotificationEffect] {
        // Risk's clock may be ahead of ours. What we hear of has happened: nothing falls due by it
        // that is not due by our own clock.
        var news = told
        news.changedAt = min(told.changedAt, now)
        news.knownAt = min(told.knownAt, now)
        let running = news.drill == nil ? caseOfSource[news.source] : drillOfSource[news.source]
        guard let id = running, let one = cases[id] else {
            return isWarning(news) ? open(news, at: now) : []
        }
        var moved = move(one, at: now)
        // What fell due before the change was missed, even if nobody was there to say so. It counts
        // from when the platform had the reading: had risk been there, it would have changed then.
        let previous = one.level ?? profile.restingLevel
        guard previous != news.level else {
            moved.pass(to: news.knownAt)
            return moved.steps.isEmpty ? [] : finish(&moved)
        }
        moved.pass(to: news.knownAt)
        moved.earliest = one.levelAt
        var effects = settle(&moved)
        if one.profile != profile.name, moved.profile.choices.running.value == .follow {
            moved.profile = profile
            moved.one.profile = profile.name
        }
        for level in WarningLevel.allCases.reversed() where level <= previous && level > news.level
        {
            moved.take(.lowered(level), at: news.knownAt)
        }
        describe(&moved.one, by: news)
        let isOver =
            news.level == profile.restingLevel && moved.profile.blue.meaning == .baseState
        effects +=
            isOver
            ? clear(&moved, previous: previous, at: news.knownAt)
            : enter(&moved, previous: previous, knownAt: news.knownAt)
        return effects + finish(&moved)
    }

    /// True if the level opens a case. Where blue is a warning itself (000 §14), so does a blue
    /// that an alarm gives; one without an alarm is rest everywhere (decision 0025).
    private func isWarning(_ news: LevelNews) -> Bool {
        if news.level != profile.restingLevel { return true }
        guard profile.blue.meaning == .warning else { return false }
        return news.drill != nil || news.causes.contains { $0.state != .normal }
    }

    private mutating func open(_ news: LevelNews, at now: Instant) -> [NotificationEffect] {
        var one = Case(
            id: news.caseID, kind: .warning, isDrill: news.drill != nil,
            node: NodeID(news.enterprise.text), source: news.source,
            enterprise: news.enterprise, sourceName: "", enterpriseName: "", level: news.level,
            highest: news.level, openedAt: news.changedAt, levelAt: news.changedAt,
            clearedAt: nil, closedAt: nil, cause: "", openedBy: "", profile: profile.name,
            docket: Docket(
                kind: .warning,
                placements: registry.placements(of: news.enterprise, by: profile)),
            told: [], noticeCount: 0,
            circularCount: 0, documentCount: 0)
        describe(&one, by: news)
        var moved = move(one, at: now)
        moved.take(.opened(.warning), at: news.changedAt)
        let effects = enter(&moved, previous: nil, knownAt: news.knownAt)
        return effects + finish(&moved)
    }

    /// A level begins: its recipients are told, and its times start.
    private mutating func enter(
        _ moved: inout Move, previous: WarningLevel?, knownAt: Instant
    ) -> [NotificationEffect] {
        guard let level = moved.one.level else { return [] }
        moved.take(.entered(level), at: moved.one.levelAt)
        // The notices count as their receipt at the moment at which the platform issues them.
        moved.take(.noticed(level), at: moved.decidedAt)
        let news = NotificationEffect.publishCase(
            moved.one, previous == nil ? .opened : .levelChanged)
        return [news] + tellRecipients(of: &moved, previous: previous) + settle(&moved)
    }

    /// The warning is over; what the enterprise owes now begins.
    mutating func clear(
        _ moved: inout Move, previous: WarningLevel, at knownAt: Instant
    ) -> [NotificationEffect] {
        // Both may have been known before either was decided: the end is not before the beginning.
        let clearedAt = max(knownAt, moved.earliest)
        moved.one.clearedAt = clearedAt
        moved.take(.cleared, at: knownAt)
        let clause = moved.profile.aftermathClause
        let words = words(for: moved.one)
        let text = words.closed(previous: previous, at: clearedAt, clause: clause)
        let addresses = addingThoseTold(of: moved.one, to: [], clause: clause) { _ in text }
        let notices = issue(
            Message(reason: .closed, dueAt: clearedAt), to: addresses, of: &moved)
        // Whoever is told of the end is told what is owed then, by whom.
        let places = Self.told(notices).map(\.node)
        for run in words.runs(since: .cleared)
        where places.contains(ownerNode(of: run, in: moved.one)) {
            moved.toldRuns.insert(run.number)
        }
        return [.publishCase(moved.one, .cleared)] + notices + settle(&moved)
    }

    /// Takes over from the news, and from the registry where it knows better.
    private func describe(_ one: inout Case, by news: LevelNews) {
        one.enterpriseName = registry.enterprises[news.enterprise]?.name ?? news.enterpriseName
        one.sourceName = registry.sources[news.source]?.name ?? news.sourceName
        one.level = news.level
        one.highest = max(one.highest ?? news.level, news.level)
        one.levelAt = news.changedAt
        one.cause = causeText(news.causes, zone: profile.zone)
        one.isByRemoval = news.causes.contains { $0.removedAt != nil } ? true : nil
    }

    /// Tells whom the profile names at the level; where it fell, also all who were told before.
    private mutating func tellRecipients(
        of moved: inout Move, previous: WarningLevel?
    ) -> [NotificationEffect] {
        let one = moved.one
        guard let level = one.level else { return [] }
        let isLowered = previous.map { $0 > level } ?? false
        let words = words(for: one)
        var addresses = recipients(of: one, at: level).flatMap { named in
            self.addresses(named.role, in: one, clause: named.clause) { roles in
                words.warning(previous: previous, clause: named.clause, for: roles)
            }
        }
        if isLowered {
            let clause = moved.profile.aftermathClause
            addresses = addingThoseTold(of: one, to: addresses, clause: clause) { roles in
                words.warning(previous: previous, clause: clause, for: roles)
            }
        }
        let reason: Notice.Reason = isLowered ? .levelLowered : .levelRaised
        let effects = issue(Message(reason: reason, dueAt: one.levelAt), to: addresses, of: &moved)
        for notice in Self.told(effects) {
            moved.toldRuns.formUnion(runs(toldBy: notice, words))
        }
        return effects
    }

    /// The obligations of which nobody needs another message, since a notice speaks of them.
    private func runs(toldBy notice: Notice, _ words: NoticeText) -> [Int] {
        notice.roles.flatMap { role in
            words.runs(owedBy: role).filter { run in
                // What a person hears of the duties of a body is no news at its desk, but an
                // enterprise is its persons.
                run.owner == role || ownerNode(of: run, in: words.one) == words.one.node
            }.map(\.number)
        }
    }

    /// The notices among `effects` that somebody gets.
    private static func told(_ effects: [NotificationEffect]) -> [Notice] {
        effects.compactMap { effect in
            guard case .publishNotice(let notice) = effect else { return nil }
            if case .nobody = notice.holder { return nil }
            return notice
        }
    }

    /// Whom the profile names at `level`, each once.
    func recipients(
        of one: Case, at level: WarningLevel
    ) -> [(role: RoleID, clause: Clause)] {
        let profile = rules(of: one)
        var named: [(role: RoleID, clause: Clause)] = []
        for placement in one.docket.placements {
            guard let rule = profile.recipients(at: level, placement) else { continue }
            for role in rule.roles where !named.contains(where: { $0.role == role }) {
                named.append((role, rule.clause))
            }
        }
        return named
    }

    /// Time has made something of a case.
    mutating func wake(
        _ id: CaseID, by end: Instant, at now: Instant
    ) -> [NotificationEffect] {
        guard let one = cases[id] else { return [] }
        var moved = move(one, at: now)
        moved.wake(by: end)
        return finish(&moved)
    }
}
