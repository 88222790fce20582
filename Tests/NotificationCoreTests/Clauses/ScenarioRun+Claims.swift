import Domain
import NotificationCore
import Policy

/// What is not as a scenario claims it to be.
extension ScenarioRun {
    /// Nil if the claim holds.
    mutating func complaint(about claim: Scenario.Claim) throws -> String? {
        switch claim {
        case .stands, .isNotOwed, .wasNeverOwed, .isDue, .hasNoTime:
            return try obligation(claim)
        case .wentTo(let rule, let roles): return try went(rule, to: roles)
        case .issued(let document): return try issued(document)
        case .drafted(let kind, let rule, let roles): return try drafted(kind, rule, to: roles)
        case .told(let roles, let channel): return told(roles, by: channel)
        case .reminded(let roles):
            return differ(
                sent { $0.reason == .event && !$0.document.isEmpty }, roles, "are reminded")
        case .isCase(let state): return stands(state)
        case .isPursued(let role):
            guard let one = caseID.flatMap(machine.openCase) else { return "there is no open case" }
            let all = machine.trackers(of: one)
            guard all == [role] else { return "it is pursued by \(words(all))" }
            self.claim(pursuer: role, at: one.highest ?? .blue)
            return nil
        case .nothing: return nil
        }
    }

    // MARK: Obligations

    private mutating func obligation(_ claim: Scenario.Claim) throws -> String? {
        switch claim {
        case .stands(let subject, let state):
            let all = try newest(subject)
            guard !all.isEmpty else { return "\(subject.rule) was never owed" }
            let other = all.first { $0.state != state }
            return other.map { "\(subject.rule) of \($0.owner?.text ?? "system") is \($0.state)" }
        case .isNotOwed(let subject):
            let other = try newest(subject).first { [.open, .missed].contains($0.state) }
            return other.map { "\(subject.rule) is \($0.state)" }
        case .wasNeverOwed(let rule):
            let all = try newest(.init(rule: rule, owner: nil, round: nil))
            return all.first.map { "\(rule) is \($0.state)" }
        case .isDue(let subject, let at):
            let all = try newest(subject)
            let other = all.first { $0.state != .open || $0.dueAt != at }
            if all.isEmpty { return "\(subject.rule) was never owed" }
            return other.map { "\(subject.rule) is \($0.state), due at \(text($0.dueAt))" }
        case .hasNoTime(let subject):
            let all = try newest(subject)
            if all.isEmpty { return "\(subject.rule) was never owed" }
            let other = all.first { $0.state != .open || $0.dueAt != nil }
            return other.map { "\(subject.rule) is \($0.state), due at \(text($0.dueAt))" }
        case .wentTo, .issued, .drafted, .told, .reminded, .isCase, .isPursued, .nothing:
            return nil
        }
    }

    /// The last that was made known of it, one for each owner, or of the named owner and round.
    private mutating func newest(_ subject: Scenario.Subject) throws -> [ObligationRecord] {
        let rule = try known(subject.rule)
        if let owner = subject.owner, !rule.owners.contains(owner) {
            throw mistake("\(rule.id) is owed by \(words(rule.owners)), and not by \(owner)")
        }
        claim(rule.id)
        var all: [ObligationRecord] = []
        for record in records where record.caseID == caseID && record.rule == rule.id {
            if let owner = subject.owner, record.owner != owner { continue }
            if let round = subject.round, record.round != round { continue }
            all.removeAll { $0.owner == record.owner }
            all.append(record)
        }
        return all
    }

    private func known(_ id: RuleID) throws -> ObligationRule {
        guard let rule = profile.obligation(id) else {
            throw mistake("the profile knows no obligation \(id)")
        }
        return rule
    }

    // MARK: Notices and documents

    private mutating func went(_ id: RuleID, to roles: [RoleID]) throws -> String? {
        let rule = try known(id)
        guard rule.form == .notice else { throw mistake("\(id) is no notice") }
        claim(id)
        let numbers = records.filter {
            $0.caseID == caseID && $0.rule == id && $0.state == .met && $0.stateAt == now
        }.map(\.number)
        guard !numbers.isEmpty else { return "\(id) does not go out at this time" }
        return differ(
            sent { $0.reason == .event && numbers.contains($0.obligation) }, roles, "are told")
    }

    private mutating func issued(_ asked: Scenario.Document) throws -> String? {
        let rule = try known(asked.rule)
        guard case .document(let form) = rule.form, form.kind == asked.kind else {
            throw mistake("\(rule.id) is no \(asked.kind.rawValue)")
        }
        claim(rule.id)
        let all = documents.filter {
            $0.caseID == caseID && $0.rule == rule.id && $0.issuedAt == now
        }
        guard let document = all.last else { return "\(rule.id) is not issued at this time" }
        if rule.owners != [asked.issuer].compactMap(\.self) {
            return "it is issued by \(words(rule.owners))"
        }
        let by = asked.issuer?.text ?? "system"
        guard document.issuedBy == by else { return "it is issued by \(document.issuedBy)" }
        if let serial = asked.serial, document.serial != serial {
            return "its number is \(document.serial)"
        }
        guard document.serial.hasSuffix("号") else { return "it has no number" }
        let sent = notices.filter {
            $0.document == document.id && [.circular, .document].contains($0.reason)
        }
        if let number = asked.number, sent.contains(where: { $0.circularNumber != number }) {
            return "it is number \(sent.first?.circularNumber ?? 0)"
        }
        if let wrong = sent.first(where: { $0.state == .failed || $0.state == .merged }) {
            return "it does not reach \(words(wrong.roles)): \(wrong.channelMessage)"
        }
        return differ(sent, asked.to + asked.copies, "get it")
    }

    private mutating func drafted(
        _ kind: DocumentRule.Kind, _ id: RuleID, to roles: [RoleID]
    ) throws -> String? {
        let rule = try known(id)
        guard case .document(let form) = rule.form, form.kind == kind else {
            throw mistake("\(id) is no \(kind.rawValue)")
        }
        claim(id)
        let draft = documents.last { $0.caseID == caseID && $0.rule == id }
        guard let draft, draft.issuedAt == nil else { return "there is no draft of \(id)" }
        return form.to == roles ? nil : "it is for \(words(form.to))"
    }

    private mutating func told(_ roles: [RoleID], by channel: Channel?) -> String? {
        let reasons: [Notice.Reason] = [.levelRaised, .levelLowered, .closed]
        let all = sent { notice in
            reasons.contains(notice.reason) && (channel == nil || notice.channel == channel)
        }
        // At blue, whoever was told before is told with those whom the profile names.
        if channel == nil, level == .blue || all.allSatisfy({ $0.reason == .levelRaised }) {
            claim(told: roles, at: level)
        }
        return differ(all, roles, "are told")
    }

    /// What was decided at this very time in this case.
    private func sent(_ isMeant: (Notice) -> Bool) -> [Notice] {
        notices.filter { $0.caseID == caseID && $0.decidedAt == now && isMeant($0) }
    }

    private func differ(_ sent: [Notice], _ roles: [RoleID], _ verb: String) -> String? {
        if let nobody = sent.first(where: { if case .nobody = $0.holder { true } else { false } }) {
            return "nobody fills \(words(nobody.roles))"
        }
        let (real, asked) = (Set(sent.flatMap(\.roles)), Set(roles))
        if real == asked { return nil }
        return "\(words(real.sorted())) \(verb), and not \(words(asked.sorted()))"
    }

    // MARK: Cases

    private func stands(_ state: Scenario.CaseState) -> String? {
        guard let one = lastCase else { return "there is no case" }
        let isSo =
            switch state {
            case .open: one.clearedAt == nil && one.closedAt == nil
            case .cleared: one.clearedAt != nil && one.closedAt == nil
            case .closed: one.closedAt != nil
            case .announcedLate: one.cause.contains("晚于规定时限")
            case .level(let level): one.level == level
            }
        if isSo { return nil }
        let level = one.level.map { " at \($0)" } ?? ""
        let end = one.closedAt != nil ? "closed" : one.clearedAt != nil ? "cleared" : "open"
        return "the case is \(end)\(level)"
    }

    // MARK: Words

    private func words(_ roles: [RoleID]) -> String {
        roles.isEmpty ? "nobody" : roles.map(\.text).joined(separator: ", ")
    }

    private func text(_ instant: Instant?) -> String {
        instant.map { Zone.beijing.local($0).text } ?? "no time"
    }
}
