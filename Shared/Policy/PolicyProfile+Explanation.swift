package import Domain

extension PolicyProfile {
    /// One thing that the profile makes happen, with the clause that says so.
    package struct Explanation: Equatable, Sendable {
        /// The rule that makes it happen; nil: somebody is told of the level.
        package var rule: RuleID?
        package var text: String
        package var clause: Clause

        package init(rule: RuleID? = nil, text: String, clause: Clause) {
            (self.rule, self.text, self.clause) = (rule, text, clause)
        }
    }

    /// Who is told at `level` for an enterprise at `placement`, over which channel, and who owes
    /// what by when. Nothing is sent.
    package func explanation(at level: WarningLevel, _ placement: Placement) -> [Explanation] {
        told(at: level, placement)
            + RuleReach(self, level: level, placement).rules.flatMap(explanation)
            + sayings(in: .warning)
    }

    /// Who owes what in a case of another kind, and what can be declared in it.
    package func explanation(of kind: CaseKind, _ placement: Placement) -> [Explanation] {
        let rules = RuleReach(self, kind: kind, placement).rules
        let clause = Clause("")
        return (rules.isEmpty ? [Explanation(text: "nothing is owed", clause: clause)] : [])
            + rules.flatMap(explanation) + sayings(in: kind)
    }

    /// The rules that can come to apply in a case of this kind, at whatever level and placement.
    package func rules(of kind: CaseKind) -> [ObligationRule] {
        let reaches = Placement.allCases.flatMap { placement in
            kind == .warning
                ? WarningLevel.allCases.map { RuleReach(self, level: $0, placement) }
                : [RuleReach(self, kind: kind, placement)]
        }
        return obligations.filter { rule in reaches.contains { $0.rules.contains(rule) } }
    }

    private func sayings(in kind: CaseKind) -> [Explanation] {
        declarations.filter { $0.kinds.contains(kind) }.map { rule in
            let proof = rule.proof.map(\.title).joined(separator: "、")
            return Explanation(
                text: "\(names(rule.by)) may declare \(rule.id): \(rule.title)"
                    + (proof.isEmpty ? "" : ", saying \(proof)"),
                clause: rule.clause)
        }
    }

    private func told(at level: WarningLevel, _ placement: Placement) -> [Explanation] {
        guard let rule = recipients(at: level, placement), !rule.roles.isEmpty else {
            let clause = recipients(at: level, placement)?.clause ?? zoneClause
            return [Explanation(text: "nobody is told", clause: clause)]
        }
        return rule.roles.compactMap { id in
            guard let role = role(id) else { return nil }
            return Explanation(
                text: "\(role.name) (\(id)) is told by \(channels(of: role).words)",
                clause: rule.clause)
        }
    }

    /// What `rule` makes happen, in a sentence.
    package func explanation(of rule: ObligationRule) -> [Explanation] {
        var parts = ["on \(rule.starts.map(\.words).joined(separator: " or "))"]
        if !rule.given.isEmpty { parts.append("after \(words(rule.given, " and "))") }
        if !rule.unless.isEmpty { parts.append("unless \(words(rule.unless, " or "))") }
        parts.append(deed(rule))
        if let repeats = rule.repeats { parts.append("again \(repeats.words)") }
        if !rule.metBy.isEmpty { parts.append("met by \(words(rule.metBy, " or "))") }
        if !rule.until.isEmpty { parts.append("until \(words(rule.until, " or "))") }
        if rule.isDemanded { parts.append("no case is closed without it") }
        let sentence = Explanation(
            rule: rule.id, text: parts.joined(separator: ", "), clause: rule.clause)
        guard let copiesClause = rule.copiesClause, !rule.copies.isEmpty else { return [sentence] }
        let copy = Explanation(
            rule: rule.id, text: "a copy of \(rule.title) to \(names(rule.copies))",
            clause: copiesClause)
        return [sentence, copy]
    }

    private func deed(_ rule: ObligationRule) -> String {
        let opens = rule.opens.map { "\($0.words) later " } ?? ""
        switch rule.form {
        case .notice:
            return "\(opens)the system tells \(names(rule.tells)): \(rule.title)"
        case .document(let document):
            let by = rule.owners.isEmpty ? "the system" : names(rule.owners)
            return "\(opens)\(by) issues \(rule.title) to \(names(document.to))" + dueWords(rule)
        case .task:
            let tells = rule.tells.isEmpty ? "" : " (\(names(rule.tells)) are told)"
            return "\(opens)\(names(rule.owners)) owes \(rule.title)" + dueWords(rule) + tells
        }
    }

    private func dueWords(_ rule: ObligationRule) -> String {
        if rule.owners.isEmpty { return "" }
        return rule.due.map { " within \($0.words)" } ?? " at once"
    }

    private func words(_ facts: [Fact], _ link: String) -> String {
        facts.map(\.words).joined(separator: link)
    }

    private func names(_ ids: [RoleID]) -> String {
        ids.map { role($0)?.name ?? $0.text }.joined(separator: "、")
    }
}

extension ChannelRule {
    /// `sms, after 10分钟 smsBackup, then voice`.
    package var words: String {
        var words = ""
        var wait: Interval?
        for (number, step) in steps.enumerated() {
            if number > 0 { words += wait.map { ", after \($0.words) " } ?? ", then " }
            words += step.channel.rawValue
            wait = step.wait
        }
        let beside = also.map(\.rawValue).joined(separator: " and ")
        return also.isEmpty ? words : words + " (and \(beside))"
    }
}
