import Domain

extension ProfileReader {
    /// Nil: the regulation names nobody, and the rule is ours.
    mutating func review(in top: Section, roles: [Role]) -> ReviewRule? {
        guard top.entry("review") != nil,
            let row = section("review", in: top, keys: ["by", "second", "clause"])
        else { return nil }
        let by = roleList("by", in: row, roles)
        let second = roleList("second", in: row, roles)
        guard let clause = clause(in: row) else { return nil }
        let bodies = kinds(of: by, roles, key: "by", in: row)
        let seconds = kinds(of: second, roles, key: "second", in: row)
        if bodies.isEmpty || seconds.isEmpty { return nil }
        return ReviewRule(bodies: bodies, secondBodies: seconds, clause: clause)
    }

    private mutating func kinds(
        of ids: [RoleID], _ roles: [Role], key: String, in row: Section
    ) -> [NodeKind] {
        ids.flatMap { id -> [NodeKind] in
            switch roles.first(where: { $0.id == id })?.holder {
            case .body(let kinds), .post(_, let kinds): return kinds
            case .person, .under, nil:
                complain(
                    "`\(id)` is no body and no post at one; a review needs a role with `body:` or "
                        + "`at:`.", line: row.entry(key)?.line ?? row.line, path: row.place(key))
                return []
            }
        }
    }
}
