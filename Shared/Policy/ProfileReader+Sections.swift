import Domain

/// The short sections of a profile.
extension ProfileReader {
    /// Documents that a profile brings beside the known regulations; clauses may cite them.
    mutating func sources(in top: Section) -> [ClauseIndex.Document] {
        guard top.entry("sources") != nil else { return [] }
        var sources: [ClauseIndex.Document] = []
        let example = "`- { code: LOCAL-2024, title: …, articles: [§1, §2] }`"
        for (node, path) in list("sources", in: top, example: example) {
            let keys = ["code", "title", "articles"]
            guard let row = section(node, path: path, keys: keys) else { continue }
            let code = text("code", in: row, example: "a short code such as `LOCAL-2024`")
            let title = text("title", in: row, example: "the title of the document")
            let articles = list("articles", in: row, example: "`[§1, §2]`")
                .compactMap { text($0.node, path: $0.path, example: "`§1`") }
            guard let code, let title else { continue }
            if code.contains(" ") || code.contains(";") {
                complain(
                    "`\(code)` has a blank or a semicolon in it; clauses could not cite it.",
                    line: row.line, path: row.place("code"))
            }
            if index.documents.contains(where: { $0.code == code }) {
                complain(
                    "the code `\(code)` is taken already; choose another one.", line: row.line,
                    path: row.place("code"))
                continue
            }
            sources.append(.init(code: code, title: title, articles: articles))
            index.documents.append(.init(code: code, title: title, articles: articles))
        }
        return sources
    }

    mutating func blue(in top: Section) -> PolicyProfile.BlueRule? {
        guard let row = section("blue", in: top, keys: ["meaning", "clause"]) else { return nil }
        let meaning = word("meaning", in: row, as: PolicyProfile.BlueRule.Meaning.self)
        guard let clause = clause(in: row), let meaning else { return nil }
        return .init(meaning: meaning, clause: clause)
    }

    mutating func declarations(in top: Section, roles: [Role]) -> [DeclarationRule] {
        guard top.entry("declarations") != nil else { return [] }
        var rules: [DeclarationRule] = []
        let example = "`- { id: explanation, title: 情况说明, by: [enterprise], clause: 000 §15 }`"
        for (node, path) in list("declarations", in: top, example: example) {
            let keys = ["id", "title", "by", "cases", "proof", "clause"]
            guard let row = section(node, path: path, keys: keys) else { continue }
            let id = text("id", in: row, example: "a short name such as `explanation`")
            let title = text("title", in: row, example: "what is declared, such as `情况说明和备案`")
            let by = roleList("by", in: row, roles)
            let kinds =
                row.entry("cases") == nil
                ? CaseKind.allCases
                : list("cases", in: row, example: "`[warning, emergency]`")
                    .compactMap { word($0.node, path: $0.path, as: CaseKind.self) }
            let proof = proof(in: row)
            if let id, rules.contains(where: { $0.id.text == id }) {
                complain(
                    "there is a declaration `\(id)` already; give each its own id.",
                    line: row.line, path: row.place("id"))
            }
            guard let clause = clause(in: row), let id, let title, !by.isEmpty else { continue }
            rules.append(
                DeclarationRule(
                    id: DeclarationID(id), title: title, by: by, kinds: kinds, proof: proof,
                    clause: clause))
        }
        return rules
    }

    /// Who pursues cases, for each level that somebody is told of.
    mutating func tracking(
        in top: Section, roles: [Role], recipients: [RecipientRule]
    ) -> [PolicyProfile.TrackingRule] {
        let levels = WarningLevel.allCases.map(\.rawValue)
        guard let section = section("tracking", in: top, keys: levels) else { return [] }
        return WarningLevel.allCases.flatMap { level -> [PolicyProfile.TrackingRule] in
            let isTold = recipients.contains { $0.level == level && !$0.roles.isEmpty }
            if section.entry(level.rawValue) == nil, !isTold { return [] }
            let example = "`{ everywhere: county, clause: … }`: the role that pursues the case"
            let keys = ["everywhere", "clause"] + Placement.allCases.map(\.rawValue)
            guard required(level.rawValue, in: section, example: example) != nil,
                let row = self.section(level.rawValue, in: section, keys: keys)
            else { return [] }
            return tracking(of: level, in: row, roles)
        }
    }

    private mutating func tracking(
        of level: WarningLevel, in row: Section, _ roles: [Role]
    ) -> [PolicyProfile.TrackingRule] {
        let clause = clause(in: row)
        return Placement.allCases.compactMap { placement in
            let key = row.entry(placement.rawValue) == nil ? "everywhere" : placement.rawValue
            guard row.entry(key) != nil else {
                complain(
                    "nobody pursues `\(level)` for enterprises `\(placement)`; write "
                        + "`everywhere:` or `\(placement):` with a role.", line: row.line,
                    path: row.path)
                return nil
            }
            guard let id = text(key, in: row, example: "the id of a role"),
                let entry = row.entry(key)
            else { return nil }
            guard let role = roles.first(where: { $0.id.text == id }) else {
                complain(
                    "no role `\(id)` is defined; write one of \(listed(roles.map(\.id.text))), or "
                        + "define it under `roles`.", line: entry.line, path: row.place(key))
                return nil
            }
            checkHolder(of: role, at: [placement], line: entry.line, path: row.place(key))
            return clause.map {
                .init(level: level, placement: placement, role: role.id, clause: $0)
            }
        }
    }

    mutating func budget(in top: Section) -> BudgetRule? {
        guard top.entry("budget") != nil,
            let row = section("budget", in: top, keys: ["perNumber", "within", "clause"])
        else { return nil }
        let perNumber = number("perNumber", in: row, range: 1...100_000)
        let within = interval("within", in: row)
        guard let clause = clause(in: row), let perNumber, let within else { return nil }
        return BudgetRule(perNumber: Int(perNumber), within: within, clause: clause)
    }

    mutating func plannedWork(in top: Section) -> PlannedWorkRule? {
        guard top.entry("plannedWork") != nil,
            let row = section("plannedWork", in: top, keys: ["ahead", "late", "clause"])
        else { return nil }
        let days = deadline("ahead", in: row)
        let late = word("late", in: row, as: PlannedWorkRule.Late.self)
        guard required("ahead", in: row, example: "`2 working days`") != nil else { return nil }
        guard case .workingDays(let count)? = days else {
            if days != nil {
                complain(
                    "work is announced so many working days ahead; write `2 working days`.",
                    line: row.entry("ahead")?.line ?? row.line, path: row.place("ahead"))
            }
            return nil
        }
        guard let clause = clause(in: row), let late else { return nil }
        return PlannedWorkRule(workingDays: count, late: late, clause: clause)
    }
}
