package import Domain
import Policy

extension NotificationMachine {
    /// Moves the case of a source to the level that it has now.
    mutating func levelChanged(_ news: LevelNews, at now: Instant) -> [NotificationEffect] {
        guard let id = caseOfSource[news.source], var warningCase = cases[id] else {
            return news.level == profile.restingLevel ? [] : open(news, at: now)
        }
        // What fell due before the change was missed, even if nobody was there to say so. It counts
        // from when the platform had the reading: had risk been there, it would have changed then.
        var effects = issueCirculars(of: id, before: news.knownAt, at: now)
        warningCase = cases[id] ?? warningCase
        let previous = warningCase.level
        guard previous != news.level else { return effects }
        stopCirculars(of: &warningCase, at: news.knownAt)
        describe(&warningCase, by: news)
        effects +=
            news.level == profile.restingLevel
            ? close(&warningCase, previous: previous, at: now)
            : move(&warningCase, previous: previous, at: now)
        return effects
    }

    private mutating func open(_ news: LevelNews, at now: Instant) -> [NotificationEffect] {
        var warningCase = WarningCase(
            // Two changes can bear the same time, and never the same number.
            id: CaseID("\(news.source)-\(news.seq)"),
            source: news.source, enterprise: news.enterprise, sourceName: "",
            enterpriseName: "", placement: .outsidePark, level: news.level, highest: news.level,
            openedAt: news.changedAt, levelAt: news.changedAt, closedAt: nil, cause: "",
            profile: profile.name, runs: [], told: [], noticeCount: 0)
        describe(&warningCase, by: news)
        startCirculars(of: &warningCase, at: now)
        let notices = tellRecipients(of: &warningCase, previous: nil, at: now)
        store(warningCase)
        return [.publishCase(warningCase, .opened)] + notices
    }

    private mutating func move(
        _ warningCase: inout WarningCase, previous: WarningLevel, at now: Instant
    ) -> [NotificationEffect] {
        startCirculars(of: &warningCase, at: now)
        let notices = tellRecipients(of: &warningCase, previous: previous, at: now)
        store(warningCase)
        return [.publishCase(warningCase, .levelChanged)] + notices
    }

    private mutating func close(
        _ warningCase: inout WarningCase, previous: WarningLevel, at now: Instant
    ) -> [NotificationEffect] {
        let closedAt = warningCase.levelAt
        warningCase.closedAt = closedAt
        let clause = profile.aftermathClause
        let text = words(for: warningCase).closed(previous: previous, at: closedAt, clause: clause)
        let notices = issue(
            Message(reason: .closed, dueAt: closedAt),
            to: addingThoseTold(of: warningCase, to: [], clause: clause, text: text),
            of: &warningCase, at: now)
        drop(warningCase)
        return [.publishCase(warningCase, .closed)] + notices
    }

    /// Takes over from the news, and from the registry where it knows better.
    private func describe(_ warningCase: inout WarningCase, by news: LevelNews) {
        let enterprise = enterprises[news.enterprise]
        warningCase.enterpriseName = enterprise?.name ?? news.enterpriseName
        warningCase.placement = enterprise?.placement ?? warningCase.placement
        warningCase.sourceName = sources[news.source]?.name ?? news.sourceName
        warningCase.level = news.level
        warningCase.highest = max(warningCase.highest, news.level)
        warningCase.levelAt = news.changedAt
        warningCase.cause = causeText(news.causes, zone: profile.zone)
    }

    /// Tells whom the profile names at the level; where it fell, also all who were told before.
    private mutating func tellRecipients(
        of warningCase: inout WarningCase, previous: WarningLevel?, at now: Instant
    ) -> [NotificationEffect] {
        let rule = profile.recipients(at: warningCase.level, warningCase.placement)
        let isLowered = previous.map { $0 > warningCase.level } ?? false
        let words = words(for: warningCase)
        var addresses: [Address] = []
        if let rule, !rule.roles.isEmpty {
            let text = words.warning(previous: previous, clause: rule.clause)
            addresses = rule.roles.map {
                address($0, in: warningCase, clause: rule.clause, text: text)
            }
        }
        if isLowered {
            let clause = profile.aftermathClause
            let text = words.warning(previous: previous, clause: clause)
            addresses = addingThoseTold(
                of: warningCase, to: addresses, clause: clause, text: text)
        }
        let reason: Notice.Reason = isLowered ? .levelLowered : .levelRaised
        return issue(
            Message(reason: reason, dueAt: warningCase.levelAt), to: addresses, of: &warningCase,
            at: now)
    }

    // MARK: Questions

    /// An open case; nil if there is none of this id.
    package func openCase(_ id: CaseID) -> WarningCase? { cases[id] }

    /// All open cases, the newest first.
    package var openCases: [WarningCase] {
        cases.keys.sorted().compactMap { cases[$0] }
            .sorted { ($1.openedAt, $0.id) < ($0.openedAt, $1.id) }
    }

    /// True if the copy of the registry holds the source, its enterprise and all its persons.
    package func knows(_ source: HazardSourceID) -> Bool {
        guard let enterprise = sources[source]?.enterprise, enterprises[enterprise] != nil else {
            return false
        }
        return profile.roles.allSatisfy { role in
            switch role.holder {
            case .person(let tier): persons[TierPost(source: source, tier: tier)] != nil
            case .body, .post, .under: true
            }
        }
    }
}
