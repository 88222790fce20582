import Domain
import Policy

/// Fills in the texts of a profile for one case.
struct NoticeText {
    let profile: PolicyProfile
    let one: Case
    let registry: RegistryCopy

    /// Who fills a role, by name.
    func holderName(_ role: RoleID) -> String {
        registry.holderName(of: role, in: one, by: profile)
    }

    /// A warning began, rose or fell; with what `roles` owe from now on.
    func warning(previous: WarningLevel?, clause: Clause, for roles: [RoleID]) -> String {
        let isLowered = previous.map { level in one.level.map { level > $0 } ?? false } ?? false
        return profile.templates[isLowered ? .lowered : .warning].filled { name in
            switch name {
            case .previous: previous.map { profile.levelName($0).colour } ?? ""
            case .duty: owed(by: roles) + circulars
            case .clause: clause.text
            case _: common(name)
            }
        }
    }

    func closed(previous: WarningLevel, at closedAt: Instant, clause: Clause) -> String {
        // Of a point that was removed nobody knows that its alarm is over, so nobody is told so.
        let isKnown = one.isByRemoval != true
        return profile.templates[isKnown ? .closed : .lowered].filled { name in
            switch name {
            case .previous: profile.levelName(previous).colour
            // All who are told of the end are told too what is owed then.
            case .duty: sentences(runs(since: .cleared))
            case .clause: clause.text
            case _: common(name)
            }
        }
    }

    /// Something that is owed from now on.
    func task(_ rule: ObligationRule, _ run: ObligationRun) -> String {
        profile.templates[.task].filled { name in
            switch name {
            case .title: rule.title
            case .addressee: run.owner.map(holderName) ?? ""
            case .due: run.dueAt.map(profile.zone.text) ?? "立即"
            case .clause: rule.clause.text
            case _: common(name)
            }
        }
    }

    /// Something that the system tells.
    func event(_ rule: ObligationRule) -> String {
        profile.templates[.event].filled { name in
            switch name {
            case .title: rule.title
            case .addressee: rule.tells.map(holderName).joined(separator: "、")
            case .clause: rule.clause.text
            case _: common(name)
            }
        }
    }

    /// A document, as its template and its rule have it.
    func document(
        _ document: DocumentRule, _ rule: ObligationRule, _ round: DocumentRound
    ) -> String {
        let kind: NoticeTemplate.Kind =
            switch document.kind {
            case .circular: .circular
            case .summons: .summons
            case .enforcement: .enforcement
            case .supervision: .supervision
            }
        return profile.templates[kind].filled { name in
            switch name {
            case .title: rule.title
            case .number: "\(round.number)"
            case .addressee: document.to.map(holderName).joined(separator: "、")
            case .issuer: round.issuer
            case .serial: round.serial
            case .due: next(rule, round).map(profile.zone.text) ?? ""
            case .late: late(rule, round)
            case .clause: rule.clause.text
            case _: common(name)
            }
        }
    }

    /// When the next one is due if nothing changes.
    private func next(_ rule: ObligationRule, _ round: DocumentRound) -> Instant? {
        guard case .every(let every) = rule.repeats else { return nil }
        return opening(of: rule, round: round.number, since: round.since) + every
    }

    /// When a round of a document opens that began at `since`.
    private func opening(of rule: ObligationRule, round: Int, since: Instant) -> Instant {
        var first = since
        if let opens = rule.opens {
            first = opens.span(after: since, zone: profile.zone, calendar: profile.calendar).dueAt
        }
        guard case .every(let every) = rule.repeats else { return first }
        return first + every * Int64(round - 1)
    }

    /// That earlier ones are said by this one; nothing if there are none.
    private func late(_ rule: ObligationRule, _ round: DocumentRound) -> String {
        guard case .from(let first) = round.merge else { return "" }
        return profile.templates[.late].filled { name in
            switch name {
            case .numbers: "\(first)—\(round.number)"
            case .due:
                profile.zone.text(opening(of: rule, round: first, since: round.since))
            case _: common(name)
            }
        }
    }

    private func common(_ name: NoticeTemplate.Name) -> String {
        switch name {
        case .enterprise: one.enterpriseName
        case .source: one.sourceName
        case .colour: one.level.map { profile.levelName($0).colour } ?? ""
        case .risk: one.level.map { profile.levelName($0).risk } ?? ""
        case .time, .since: profile.zone.text(one.levelAt)
        case .cause: one.cause
        case .matter: matter
        case _: ""
        }
    }

    /// 红色预警, or what else it is about.
    private var matter: String {
        switch one.kind {
        case .warning: (one.level.map { profile.levelName($0).colour } ?? "") + "色预警"
        case .emergency: "紧急状况"
        case .offline: "离线"
        case .finding: "问题"
        case .plannedWork: "计划性工作"
        }
    }

    /// Which circulars follow if the level does not fall.
    private var circulars: String {
        one.docket.runs.compactMap { run -> String? in
            guard run.owner == nil, run.state == .pending,
                let rule = profile.obligation(run.rule),
                case .document(let document) = rule.form, document.kind == .circular
            else { return nil }
            return profile.templates[.duty].filled { name in
                switch name {
                case .due: profile.zone.text(run.opensAt)
                case .addressee: document.to.map(holderName).joined(separator: "、")
                case .every: every(rule)
                case .clause: rule.clause.text
                case _: common(name)
                }
            }
        }.joined()
    }

    private func every(_ rule: ObligationRule) -> String {
        guard case .every(let every) = rule.repeats else { return "" }
        return every.words
    }

    /// What one reader owes in all their roles, as it stands in the notice of the level.
    private func owed(by roles: [RoleID]) -> String {
        sentences(one.docket.runs.filter { run in roles.contains { isOwed(run, by: $0) } })
    }

    /// What is to be done at once, and then what by a time; one sentence says all that one party
    /// owes by one time, and nothing stands twice.
    private func sentences(_ runs: [ObligationRun]) -> String {
        var all: [Owed] = []
        for run in runs.filter({ $0.dueAt == nil }) + runs.filter({ $0.dueAt != nil }) {
            guard let rule = profile.obligation(run.rule) else { continue }
            let addressee = run.owner.map(holderName) ?? ""
            let known = all.firstIndex { $0.addressee == addressee && $0.dueAt == run.dueAt }
            let index = known ?? all.endIndex
            if known == nil { all.append(Owed(addressee: addressee, dueAt: run.dueAt)) }
            all[index].add(rule)
        }
        return all.map(sentence).joined()
    }

    /// True if it is met by taking note of a notice.
    func isConfirming(_ run: ObligationRun) -> Bool {
        profile.obligation(run.rule)?.metBy.contains(.confirmed(nil)) ?? false
    }

    /// What a role owes, and a person with it: what is owed by the body where they hold their post.
    func runs(owedBy role: RoleID) -> [ObligationRun] {
        one.docket.runs.filter { isOwed($0, by: role) }
    }

    private func isOwed(_ run: ObligationRun, by role: RoleID) -> Bool {
        guard run.state == .open, let owner = run.owner else { return false }
        if owner == role { return true }
        return isBody(owner) && !isBody(role)
            && registry.node(of: owner, in: one, by: profile)
                == registry.node(of: role, in: one, by: profile)
    }

    private func isBody(_ role: RoleID) -> Bool {
        switch profile.role(role)?.holder {
        case .body, .under: true
        case .person, .post, nil: false
        }
    }

    /// What is owed since `fact`.
    func runs(since fact: Fact) -> [ObligationRun] {
        one.docket.runs.filter { run in
            guard let rule = profile.obligation(run.rule) else { return false }
            return run.state == .open && rule.starts.contains { $0.fact == fact }
        }
    }

    private func sentence(_ owed: Owed) -> String {
        profile.templates[owed.dueAt == nil ? .owedAtOnce : .owed].filled { name in
            switch name {
            case .title: owed.titles.joined(separator: "；")
            case .addressee: owed.addressee
            case .due: owed.dueAt.map(profile.zone.text) ?? ""
            case .clause: owed.clauses.joined(separator: "; ")
            case _: common(name)
            }
        }
    }
}

/// What one party owes by one time, or at once.
private struct Owed {
    var addressee: String
    var dueAt: Instant?
    var titles: [String] = []
    var clauses: [String] = []

    mutating func add(_ rule: ObligationRule) {
        if !titles.contains(rule.title) { titles.append(rule.title) }
        for part in rule.clause.text.split(separator: ";") {
            let clause = part.drop { $0 == " " }
            if !clauses.contains(String(clause)) { clauses.append(String(clause)) }
        }
    }
}
