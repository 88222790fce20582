import Domain

/// What rules name must exist, and be able to happen.
extension ProfileReader {
    mutating func checkNamed(
        obligations: [ObligationRule], declarations: [DeclarationRule], roles: [Role],
        in top: Section
    ) {
        for (fact, line, path) in named {
            switch fact {
            case .issued(let id), .done(let id), .missed(let id):
                check(fact, of: id, obligations, in: top, line: line, path: path)
            case .declared(let id):
                if !declarations.contains(where: { $0.id == id }) {
                    complain(
                        "nobody can declare `\(id)`: it is not under `declarations`. There "
                            + "\(sentence(declarations.map(\.id.text))); correct the name, or "
                            + "add a row there.", line: line, path: path)
                }
            case .confirmed(let role?):
                if !roles.contains(where: { $0.id == role }) {
                    complain(
                        "no role `\(role)` is defined; write one of "
                            + "\(listed(roles.map(\.id.text))).", line: line, path: path)
                }
            case .opened, .entered, .noticed, .lowered, .cleared, .confirmed, .closed: break
            }
        }
    }

    private mutating func check(
        _ fact: Fact, of id: RuleID, _ obligations: [ObligationRule], in top: Section,
        line: SourceLine, path: String
    ) {
        guard let rule = obligations.first(where: { $0.id == id }) else {
            if isWritten(id, in: top) { return }
            complain(
                "there is no obligation `\(id)`; write one of "
                    + "\(listed(names(like: id, obligations))), or add it under `obligations`.",
                line: line, path: path)
            return
        }
        switch (fact, rule.form) {
        case (.missed, _) where rule.due == nil && !isDueWritten(id, in: top):
            complain(
                "`\(id)` has no `due`, so it is never missed; give it one, or start from "
                    + "`done \(id)`.", line: line, path: path)
        case (.issued, .task):
            complain(
                "`\(id)` is a task, and only documents and notices are issued; write "
                    + "`done \(id)`.", line: line, path: path)
        case (.done, .document) where rule.owners.isEmpty && rule.repeats != nil:
            complain(
                "`\(id)` repeats by itself and is never done; write `issued \(id)`.",
                line: line, path: path)
        case _: break
        }
    }

    /// True if a row has this id, though another mistake in it kept it from being read.
    /// The rules whose names begin with the same word; all, where none does.
    private func names(like id: RuleID, _ obligations: [ObligationRule]) -> [String] {
        let names = obligations.map(\.id.text)
        let first = id.text.split(separator: "-").first
        let near = names.filter { $0.split(separator: "-").first == first }
        return near.isEmpty ? names : near
    }

    private func isWritten(_ id: RuleID, in top: Section) -> Bool {
        row(id, in: top) != nil
    }

    private func isDueWritten(_ id: RuleID, in top: Section) -> Bool {
        row(id, in: top)?.value("due") != nil
    }

    private func row(_ id: RuleID, in top: Section) -> ProfileNode? {
        guard case .list(let rows) = top.entry("obligations")?.value.content else { return nil }
        return rows.first { $0.value("id")?.text == id.text }
    }

    private func sentence(_ ids: [String]) -> String {
        ids.isEmpty ? "stands nothing" : "stand \(listed(ids))"
    }
}

/// Values that a regulation does not give and that nobody may guess: `unset`.
extension ProfileReader {
    /// Complains of each value that is `unset` in `node`; answers their places.
    mutating func unset(
        _ node: ProfileNode, key: String, path: String, clause: String, profile: String
    ) -> [String] {
        switch node.content {
        case .scalar(let text):
            guard trimmed(text) == "unset" else { return [] }
            let isInherited = !node.line.file.isEmpty
            let how =
                isInherited
                ? "State `\(key)` for this row in this file"
                : "Write a profile with `inherits: \(profile)` that states `\(key)` for this row"
            complain(
                "the regulation gives no `\(key)` here (\(clause)), and nobody may guess one. "
                    + how + ", with the `clause` of whoever decided it; a local decision is named "
                    + "under `sources`. docs/examples/licheng-supplied.yaml shows how.",
                line: node.line, path: path)
            return [path]
        case .list(let rows):
            return rows.enumerated().flatMap { number, row in
                unset(
                    row, key: key, path: "\(path)[\(number + 1)]", clause: clause,
                    profile: profile)
            }
        case .map(let entries):
            let clause = node.value("clause")?.text ?? clause
            return entries.flatMap { entry in
                unset(
                    entry.value, key: entry.key,
                    path: path.isEmpty ? entry.key : "\(path).\(entry.key)", clause: clause,
                    profile: profile)
            }
        }
    }
}
