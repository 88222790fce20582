import Domain

extension ProfileReader {
    /// Who is told, for all levels and placements: twelve rules, none left open.
    mutating func recipients(
        in top: Section, roles: [Role], choices: Choices?
    ) -> [RecipientRule] {
        var rules = stated(in: top, roles: roles)
        guard let choice = choices?.cityManagedRed, choice.value == .includesOrange,
            let orange = rules.first(where: { $0.isCityManaged(at: .orange) }),
            let red = rules.firstIndex(where: { $0.isCityManaged(at: .red) })
        else { return rules }
        let added = orange.roles.filter { !rules[red].roles.contains($0) }
        if !added.isEmpty {
            rules[red].roles += added
            rules[red].clause = Clause("\(rules[red].clause); \(choice.clause)")
        }
        return rules
    }

    private mutating func stated(in top: Section, roles: [Role]) -> [RecipientRule] {
        let levels = WarningLevel.allCases.map(\.rawValue)
        guard let section = section("recipients", in: top, keys: levels) else { return [] }
        return WarningLevel.allCases.flatMap { level -> [RecipientRule] in
            let example =
                "`everywhere:` with a list of roles, or `silent: true` if the law names nobody"
            guard required(level.rawValue, in: section, example: example) != nil else {
                return []
            }
            let keys = ["silent", "everywhere", "clause"] + Placement.allCases.map(\.rawValue)
            guard let row = self.section(level.rawValue, in: section, keys: keys) else {
                return []
            }
            return recipients(of: level, in: row, roles: roles)
        }
    }

    private mutating func recipients(
        of level: WarningLevel, in row: Section, roles: [Role]
    ) -> [RecipientRule] {
        let clause = clause(in: row)
        let isSilent = row.entry("silent") == nil ? false : truth("silent", in: row) ?? false
        var rules: [RecipientRule] = []
        for placement in Placement.allCases {
            let key = row.entry(placement.rawValue) == nil ? "everywhere" : placement.rawValue
            if isSilent {
                if let entry = row.entry(key) {
                    complain(
                        "the level is declared silent and has recipients; keep one of the two.",
                        line: entry.line, path: row.place(key))
                }
            } else if row.entry(key) == nil {
                complain(
                    "nobody is told of `\(level)` for enterprises `\(placement)`; write "
                        + "`everywhere:` or `\(placement):` with a list of roles, or "
                        + "`silent: true` if the law names nobody.",
                    line: row.line, path: row.path)
            }
            let named = isSilent || row.entry(key) == nil ? [] : roleList(key, in: row, roles)
            for role in roles where named.contains(role.id) {
                checkHolder(
                    of: role, at: [placement], line: row.entry(key)?.line ?? row.line,
                    path: row.place(key))
            }
            guard let clause else { continue }
            rules.append(
                RecipientRule(level: level, placement: placement, roles: named, clause: clause))
        }
        return rules
    }

    /// Roles that are defined, each named once.
    mutating func roleList(
        _ key: String, in row: Section, _ roles: [Role]
    ) -> [RoleID] {
        var named: [RoleID] = []
        for (node, path) in list(key, in: row, example: "`[principal, county]`") {
            guard let text = text(node, path: path, example: "the id of a role") else { continue }
            let id = RoleID(text)
            if !roles.contains(where: { $0.id == id }) {
                complain(
                    "no role `\(text)` is defined; write one of "
                        + "\(listed(roles.map(\.id.text))), or define it under `roles`.",
                    line: node.line, path: path)
            } else if named.contains(id) {
                complain("`\(text)` is named twice; keep one.", line: node.line, path: path)
            } else {
                named.append(id)
            }
        }
        return named
    }

    mutating func aftermath(in top: Section) -> Clause? {
        enum Told: String, CaseIterable { case told }
        guard let section = section("aftermath", in: top, keys: ["tell", "clause"]) else {
            return nil
        }
        let told = word("tell", in: section, as: Told.self)
        let clause = clause(in: section)
        return told == nil ? nil : clause
    }

    mutating func levelModel(in top: Section) -> LevelModel? {
        let keys = ["provisional", "rules", "otherwise"]
        guard let section = section("levelModel", in: top, keys: keys) else { return nil }
        let isProvisional = truth("provisional", in: section)
        var rules: [LevelRule] = []
        let rows = list(
            "rules", in: section, example: "`- { id: high, states: [high], level: yellow, … }`")
        for (node, path) in rows {
            guard let rule = levelRule(node, path: path) else { continue }
            if rules.contains(where: { $0.id == rule.id }) {
                complain(
                    "there is a rule `\(rule.id)` already; give each its own id.",
                    line: node.line, path: path)
            }
            rules.append(rule)
        }
        for state in LimitState.allCases where state != .normal && rules.count == rows.count {
            if !rules.contains(where: { $0.lasting == nil && $0.states.contains(state) }) {
                complain(
                    "no rule says which level an alarm at `\(state)` gives at once; add one "
                        + "without `lasting`.",
                    line: section.line, path: section.place("rules"))
            }
        }
        guard let resting = resting(in: section), let isProvisional else { return nil }
        return LevelModel(isProvisional: isProvisional, rules: rules, resting: resting)
    }

    private mutating func levelRule(_ node: ProfileNode, path: String) -> LevelRule? {
        let keys = ["id", "states", "lasting", "level", "clause"]
        guard let row = section(node, path: path, keys: keys) else { return nil }
        let id = text("id", in: row, example: "a short name such as `high-or-low`")
        let level = word("level", in: row, as: WarningLevel.self)
        let lasting = row.entry("lasting") == nil ? nil : interval("lasting", in: row)
        let states = list("states", in: row, example: "`[high, low]`")
            .compactMap { word($0.node, path: $0.path, as: LimitState.self) }
        if states.contains(.normal) {
            complain(
                "`normal` is no alarm; what holds without an alarm stands under `otherwise`.",
                line: row.line, path: row.place("states"))
        }
        guard let clause = clause(in: row), let id, let level, !states.isEmpty else { return nil }
        return LevelRule(
            id: RuleID(id), states: states, lasting: lasting, level: level, clause: clause)
    }

    private mutating func resting(in model: Section) -> LevelRule? {
        guard let row = section("otherwise", in: model, keys: ["id", "level", "clause"]) else {
            return nil
        }
        let id = text("id", in: row, example: "a short name such as `no-alarm`")
        let level = word("level", in: row, as: WarningLevel.self)
        if let level, level != .blue {
            complain(
                "without an alarm a source is at the lowest level; write `blue`.",
                line: row.line, path: row.place("level"))
        }
        guard let clause = clause(in: row), let id, let level else { return nil }
        return LevelRule(id: RuleID(id), states: [.normal], level: level, clause: clause)
    }
}

extension RecipientRule {
    fileprivate func isCityManaged(at level: WarningLevel) -> Bool {
        self.level == level && placement == .cityManaged
    }
}
