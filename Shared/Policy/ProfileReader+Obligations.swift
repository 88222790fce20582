import Domain

/// The obligations: who owes what, from which fact, by when, under which clause.
extension ProfileReader {
    private static let keys = [
        "id", "title", "document", "notice", "owners", "placements", "from", "given", "unless",
        "opens", "due", "every", "metBy", "until", "proof", "tells", "copies", "demanded",
        "clause",
    ]

    mutating func obligations(in top: Section, roles: [Role]) -> [ObligationRule] {
        var rules: [ObligationRule] = []
        let example = "`- { id: confirm, title: 确认, owners: [county], from: noticed red, … }`"
        for (node, path) in list("obligations", in: top, example: example) {
            guard let row = section(node, path: path, keys: Self.keys) else { continue }
            guard let rule = obligation(row, roles) else { continue }
            if rules.contains(where: { $0.id == rule.id }) {
                complain(
                    "there is an obligation `\(rule.id)` already; give each its own id.",
                    line: row.line, path: row.place("id"))
            }
            checkSense(of: rule, in: row)
            checkHolders(of: rule, in: row, roles)
            rules.append(rule)
        }
        return rules
    }

    private mutating func obligation(_ row: Section, _ roles: [Role]) -> ObligationRule? {
        let id = text("id", in: row, example: "a short name such as `red-circular`")
        let title = text("title", in: row, example: "what is owed, such as `现场核查督办`")
        let form = form(in: row, roles)
        let owners = optionalRoles("owners", in: row, roles)
        let placements = placementList(in: row)
        if row.entry("from") == nil {
            complain(
                "nothing says what starts it; write `from:` with a fact, such as "
                    + "`from: noticed red`.", line: row.line, path: row.place("from"))
        }
        let starts = triggers("from", in: row)
        let (given, unless) = (facts("given", in: row), facts("unless", in: row))
        let (metBy, until) = (facts("metBy", in: row), facts("until", in: row))
        let (opens, due) = (deadline("opens", in: row), deadline("due", in: row))
        let repeats = repeats(in: row, rounds: [opens, due])
        let proof = proof(in: row)
        let tells = optionalRoles("tells", in: row, roles)
        let copies = copies(in: row, roles)
        let isDemanded = row.entry("demanded") == nil ? false : truth("demanded", in: row)
        guard let clause = clause(in: row), let id, let title, let form, let isDemanded else {
            return nil
        }
        return ObligationRule(
            id: RuleID(id), title: title, form: form, owners: owners, placements: placements,
            starts: starts, given: given, unless: unless, opens: opens, due: due,
            repeats: repeats, metBy: metBy, until: until, proof: proof, tells: tells,
            copies: copies.to, copiesClause: copies.clause, isDemanded: isDemanded,
            clause: clause)
    }

    private mutating func form(in row: Section, _ roles: [Role]) -> ObligationRule.Form? {
        let isNotice = row.entry("notice") == nil ? false : truth("notice", in: row) ?? false
        guard let entry = row.entry("document") else { return isNotice ? .notice : .task }
        if isNotice {
            complain(
                "it cannot be a document and a notice; keep one of the two.", line: entry.line,
                path: row.place("notice"))
        }
        guard let section = section("document", in: row, keys: ["kind", "to"]) else { return nil }
        let kind = word("kind", in: section, as: DocumentRule.Kind.self)
        let to = roleList("to", in: section, roles)
        guard let kind, !to.isEmpty else { return nil }
        return .document(DocumentRule(kind: kind, to: to))
    }

    mutating func optionalRoles(
        _ key: String, in row: Section, _ roles: [Role]
    ) -> [RoleID] {
        guard let entry = row.entry(key), entry.value.content != .list([]) else { return [] }
        return roleList(key, in: row, roles)
    }

    private mutating func placementList(in row: Section) -> [Placement] {
        guard row.entry("placements") != nil else { return Placement.allCases }
        var placements: [Placement] = []
        for (node, path) in list("placements", in: row, example: "`[inPark]`") {
            guard let placement = word(node, path: path, as: Placement.self) else { continue }
            if placements.contains(placement) {
                complain(
                    "`\(placement)` is named twice; keep one.", line: node.line, path: path)
            }
            placements.append(placement)
        }
        return placements
    }

    mutating func proof(in row: Section) -> [ProofPart] {
        guard row.entry("proof") != nil else { return [] }
        var parts: [ProofPart] = []
        let example = "`- { id: result, title: 处置结果 }`"
        for (node, path) in list("proof", in: row, example: example) {
            guard let part = section(node, path: path, keys: ["id", "title", "form"]) else {
                continue
            }
            let id = text("id", in: part, example: "a short name such as `result`")
            let title = text("title", in: part, example: "what is written down, such as `处置结果`")
            let form =
                part.entry("form") == nil
                ? .text : word("form", in: part, as: ProofPart.Form.self)
            guard let id, let title, let form else { continue }
            if parts.contains(where: { $0.id == id }) {
                complain(
                    "there is a part `\(id)` already; give each its own id.", line: part.line,
                    path: part.place("id"))
            }
            parts.append(ProofPart(id: id, title: title, form: form))
        }
        return parts
    }

    private mutating func copies(
        in row: Section, _ roles: [Role]
    ) -> (to: [RoleID], clause: Clause?) {
        guard row.entry("copies") != nil,
            let section = section("copies", in: row, keys: ["to", "clause"])
        else { return ([], nil) }
        return (roleList("to", in: section, roles), clause(in: section))
    }

    // MARK: What would make no sense

    private mutating func checkSense(of rule: ObligationRule, in row: Section) {
        switch rule.form {
        case .task: checkTask(rule, in: row)
        case .notice: checkNotice(rule, in: row)
        case .document(let document):
            for role in rule.copies where document.to.contains(role) {
                complain(
                    "`\(role)` is the addressee and gets a copy; keep one of the two.",
                    line: row.entry("copies")?.line ?? row.line, path: row.place("copies.to"))
            }
        }
        if rule.owners.isEmpty, rule.due != nil {
            complain(
                "nobody owes it, so it cannot be late: the system does it as soon as it opens. "
                    + "Write `opens` instead of `due`, or name `owners`.",
                line: row.entry("due")?.line ?? row.line, path: row.place("due"))
        }
        if rule.repeats != nil, rule.until.isEmpty, rule.metBy.isEmpty {
            complain(
                "it repeats and nothing ends it; write `until:` with the facts that do, such as "
                    + "`until: [lowered red]`.",
                line: row.entry("every")?.line ?? row.line, path: row.place("until"))
        }
    }

    private mutating func checkTask(_ rule: ObligationRule, in row: Section) {
        if rule.owners.isEmpty {
            complain(
                "it is a task, and nobody owes it; name `owners`. What the system does by itself "
                    + "is a `document` or has `notice: true`.",
                line: row.line, path: row.place("owners"))
        }
        if !rule.copies.isEmpty {
            complain(
                "only a document has copies; write `tells` for those who are told of a task.",
                line: row.entry("copies")?.line ?? row.line, path: row.place("copies"))
        }
    }

    private mutating func checkNotice(_ rule: ObligationRule, in row: Section) {
        if !rule.owners.isEmpty {
            complain(
                "a notice is told by the system and owed by nobody; take `owners` or `notice` "
                    + "away.", line: row.line, path: row.place("owners"))
        }
        if rule.tells.isEmpty {
            complain(
                "the notice tells nobody; name the roles under `tells`.", line: row.line,
                path: row.place("tells"))
        }
    }

    /// Everybody whom the rule names can be found for the enterprises that it is about.
    private mutating func checkHolders(
        of rule: ObligationRule, in row: Section, _ roles: [Role]
    ) {
        var named = [("owners", rule.owners), ("tells", rule.tells), ("copies", rule.copies)]
        if case .document(let document) = rule.form { named.append(("document", document.to)) }
        for (key, ids) in named {
            for id in ids {
                guard let role = roles.first(where: { $0.id == id }) else { continue }
                checkHolder(
                    of: role, at: rule.placements, line: row.entry(key)?.line ?? row.line,
                    path: row.place(key))
            }
        }
    }

    /// Complains of placements at which the role is certain to be empty.
    mutating func checkHolder(
        of role: Role, at placements: [Placement], line: SourceLine, path: String
    ) {
        let lacking = placements.filter { !role.canBeFilled(at: $0) }
        guard !lacking.isEmpty else { return }
        complain(
            "`\(role.id)` (\(role.name)) cannot be found for enterprises "
                + "\(listed(lacking.map(\.rawValue))): none of "
                + "\(listed(role.kinds.map(\.rawValue))) stands above them. Name another role "
                + "there, or keep the rule to the other placements with `placements:`.", line: line,
            path: path)
    }
}

extension Role {
    /// At which kinds of node its holder is found; empty for persons of a source.
    var kinds: [NodeKind] {
        switch holder {
        case .person: []
        case .body(let kinds), .under(let kinds): kinds
        case .post(_, let kinds): kinds
        }
    }

    /// False if no enterprise at `placement` stands under a node where the holder could be.
    func canBeFilled(at placement: Placement) -> Bool {
        switch holder {
        case .person, .under: return true
        case .body(let kinds), .post(_, let kinds):
            // What every enterprise stands under; a town only if the registry says so.
            let certain: [NodeKind] = [.nation, .province, .city, .county, .enterprise]
            let here = placement == .inPark ? certain + [.park] : certain
            return kinds.isEmpty || kinds.contains(where: here.contains)
        }
    }
}
