import Domain

/// The roles, and how whoever fills one is found.
extension ProfileReader {
    mutating func roles(in top: Section) -> [Role] {
        let example = "`- { id: city, name: 市应急管理部门, body: [city], clause: 002-WD §4 }`"
        var roles: [Role] = []
        for (node, path) in list("roles", in: top, example: example) {
            let keys = ["id", "name", "person", "body", "post", "at", "under", "clause"]
            guard let row = section(node, path: path, keys: keys) else { continue }
            let id = text("id", in: row, example: "a short name such as `county`")
            let name = text("name", in: row, example: "the name of the role, such as `县应急管理部门`")
            let holder = holder(in: row)
            if let id, roles.contains(where: { $0.id.text == id }) {
                complain(
                    "there is a role `\(id)` already; give each its own id.", line: row.line,
                    path: row.place("id"))
            }
            guard let clause = clause(in: row), let id, let name, let holder else { continue }
            roles.append(Role(id: RoleID(id), name: name, holder: holder, clause: clause))
        }
        return roles
    }

    private mutating func holder(in row: Section) -> Role.Holder? {
        let ways = ["person", "body", "post", "under"].filter { row.entry($0) != nil }
        if let entry = row.entry("at"), ways != ["post"] {
            complain(
                "`at` says where a post is held; write it with `post:` only.", line: entry.line,
                path: row.place("at"))
        }
        guard ways.count == 1 else {
            complain(
                "it must be clear who fills the role: write either `person:` with a tier "
                    + "(\(listed(Tier.allCases.map(\.rawValue)))), or `body:` with a list of "
                    + "kinds of node such as `[park, county]`, or `post:` with the name of a post "
                    + "and `at:` with kinds of node, or `under:` for all bodies of a kind.",
                line: row.line, path: row.path)
            return nil
        }
        switch ways[0] {
        case "person": return word("person", in: row, as: Tier.self).map { .person($0) }
        case "post":
            let post = text("post", in: row, example: "the name of a post such as `safetyHead`")
            let kinds = kinds("at", in: row)
            guard let post, let kinds else { return nil }
            return .post(PostID(post), at: kinds)
        case "under": return kinds("under", in: row).map { .under($0) }
        case _: return kinds("body", in: row).map { .body($0) }
        }
    }

    /// Kinds of node; nil beside a mistake.
    private mutating func kinds(_ key: String, in row: Section) -> [NodeKind]? {
        // Said elsewhere; the role exists all the same.
        if row.entry(key)?.value.text == "unset" { return [] }
        let kinds = list(key, in: row, example: "`[park, county]`")
        let read = kinds.compactMap { word($0.node, path: $0.path, as: NodeKind.self) }
        return read.isEmpty || read.count < kinds.count ? nil : read
    }
}
