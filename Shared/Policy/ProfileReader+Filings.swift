import Domain

/// What enterprises hand in by themselves: commitments and filings.
extension ProfileReader {
    /// Nil: the regulation asks for no commitment, and none is ever late or missed.
    mutating func commitment(in top: Section) -> CommitmentRule? {
        guard top.entry("commitment") != nil,
            let row = section("commitment", in: top, keys: ["by", "clause"]),
            required("by", in: row, example: "a time of the day, such as `10:00`") != nil
        else { return nil }
        let due = deadline("by", in: row)
        let clause = clause(in: row)
        switch due {
        case .timeOfDay(let minutes, let boundary)?:
            // A commitment is for its own day.
            guard minutes > 0, minutes < Self.dayMinutes else {
                complain(
                    "a commitment is due within its day; write a time between 00:01 and 23:59.",
                    line: row.entry("by")?.line ?? row.line, path: row.place("by"))
                return nil
            }
            return clause.map {
                CommitmentRule(dueMinutes: minutes, boundary: boundary, clause: $0)
            }
        case .after?, .workingDays?, .windows?:
            complain(
                "a commitment is due at a time of the day; write `10:00`.",
                line: row.entry("by")?.line ?? row.line, path: row.place("by"))
            return nil
        case nil: return nil
        }
    }

    private static var dayMinutes: Int { 24 * 60 }

    /// Nil: the regulation names nobody, and the rule is ours.
    mutating func filing(in top: Section, roles: [Role]) -> FilingRule? {
        let keys = ["everywhere", "nudge", "clause"] + Placement.allCases.map(\.rawValue)
        guard top.entry("filing") != nil, let row = section("filing", in: top, keys: keys)
        else { return nil }
        let addressees = Placement.allCases.compactMap { addressee(at: $0, in: row, roles) }
        let nudge =
            row.entry("nudge") == nil ? FilingRule.nudgeEvery : interval("nudge", in: row)
        guard let clause = clause(in: row), let nudge,
            addressees.count == Placement.allCases.count
        else { return nil }
        return FilingRule(addressees: addressees, clause: clause, nudgeEvery: nudge)
    }

    private mutating func addressee(
        at placement: Placement, in row: Section, _ roles: [Role]
    ) -> FilingRule.Addressee? {
        let key = row.entry(placement.rawValue) == nil ? "everywhere" : placement.rawValue
        guard row.entry(key) != nil else {
            complain(
                "nobody is named to whom enterprises `\(placement)` file; write `everywhere:` or "
                    + "`\(placement):` with a role.", line: row.line, path: row.path)
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
        switch role.holder {
        case .body(let kinds), .post(_, let kinds):
            if !kinds.isEmpty { return FilingRule.Addressee(placement, kinds) }
        case .person, .under: break
        }
        complain(
            "`\(id)` is no body and no post at one; a filing needs a role with `body:` or `at:`.",
            line: entry.line, path: row.place(key))
        return nil
    }
}
