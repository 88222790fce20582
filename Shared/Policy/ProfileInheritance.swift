/// A profile that inherits says only what is different: the rest is its parent's.
///
/// Groups of keys are merged key by key, and lists of rows by their `id`, `level`, `placement`,
/// `code` or `year`. Whatever differs needs a clause of its own, in the group that it stands in.
struct ProfileInheritance {
    let parentName: String
    private(set) var mistakes: [Mistake] = []

    init(parentName: String) {
        self.parentName = parentName
    }

    /// What names a profile: nobody asks for the clause of it.
    private static let names = ["id", "version", "title", "inherits"]
    private static let rowNames = ["id", "level", "placement", "code", "year"]
    /// Sections that say one thing together, and are replaced together.
    private static let wholes = ["recipients.", "tracking."]

    /// The profile of `child`, with what it does not say taken from `parent`.
    mutating func merged(_ child: ProfileNode, over parent: ProfileNode) -> ProfileNode {
        merge(child, over: parent, path: "").node
    }

    /// The merged value, and whether it differs without any group having said by which clause.
    private mutating func merge(
        _ child: ProfileNode, over parent: ProfileNode, path: String
    ) -> (node: ProfileNode, isUncited: Bool) {
        if Self.wholes.contains(where: { path.hasPrefix($0) }) { return (child, false) }
        switch (child.content, parent.content) {
        case (.map(let changes), .map(let entries)):
            return merge(changes, of: child, over: entries, path: path)
        case (.list(let changes), .list(let rows)):
            guard let key = rowName(changes + rows) else { break }
            return merge(changes, of: child, over: rows, by: key, path: path)
        case (.scalar, _), (.list, _), (.map, _): break
        }
        return (child, !child.says(theSameAs: parent))
    }

    private mutating func merge(
        _ changes: [ProfileNode.Entry], of child: ProfileNode, over entries: [ProfileNode.Entry],
        path: String
    ) -> (node: ProfileNode, isUncited: Bool) {
        var merged = entries.filter { !Self.names.contains($0.key) || !path.isEmpty }
        var uncited: [ProfileNode.Entry] = []
        for change in changes {
            let place = path.isEmpty ? change.key : "\(path).\(change.key)"
            let isName = isFree(change.key, path: path)
            guard let index = merged.firstIndex(where: { $0.key == change.key }) else {
                merged.append(change)
                if !isName, !citesItself(change.value) { uncited.append(change) }
                continue
            }
            if change.value.text == "none" {
                merged.remove(at: index)
                uncited.append(change)
                continue
            }
            let (node, isUncited) = merge(change.value, over: merged[index].value, path: place)
            merged[index] = change
            merged[index].value = node
            if isUncited, !isName { uncited.append(change) }
        }
        var node = child
        node.content = .map(merged)
        let hasOwn = changes.contains { $0.key == "clause" }
        let isCited = entries.contains { $0.key == "clause" } || path.isEmpty
        if let first = uncited.first, isCited, !hasOwn {
            complain(
                "`\(first.key)` differs from what \(parentName) says, and nothing says by which "
                    + "right. Add a `clause:` to this group: the article that says so, of one of "
                    + "the known regulations or of a document under `sources`.",
                line: first.line, path: path.isEmpty ? first.key : "\(path).\(first.key)")
        }
        return (node, !uncited.isEmpty && !isCited)
    }

    private mutating func merge(
        _ changes: [ProfileNode], of child: ProfileNode, over rows: [ProfileNode], by key: String,
        path: String
    ) -> (node: ProfileNode, isUncited: Bool) {
        var merged = rows
        var isUncited = false
        for (number, change) in changes.enumerated() {
            let place = "\(path)[\(number + 1)]"
            let name = change.value(key)?.text
            if changes.prefix(number).contains(where: { $0.value(key)?.text == name }) {
                complain(
                    "`\(key): \(name ?? "")` is there twice; keep one, or give this row a name of "
                        + "its own.", line: change.line, path: place)
                continue
            }
            let index = merged.firstIndex { $0.value(key)?.text == name }
            if change.value("drop")?.text == "true" {
                drop(change, name: name ?? "", at: index, from: &merged, path: place)
            } else if let index {
                let (node, differs) = merge(change, over: merged[index], path: place)
                merged[index] = node
                isUncited = isUncited || differs
            } else {
                merged.append(change)
                isUncited = isUncited || !citesItself(change)
            }
        }
        var node = child
        node.content = .list(merged)
        return (node, isUncited)
    }

    private mutating func drop(
        _ row: ProfileNode, name: String, at index: Int?, from rows: inout [ProfileNode],
        path: String
    ) {
        guard let index else {
            complain(
                "\(parentName) has no row `\(name)` here that could be dropped; take this one "
                    + "away, or correct its name.", line: row.line, path: path)
            return
        }
        if !citesItself(row) {
            complain(
                "`\(name)` of \(parentName) is dropped, and nothing says by which right; add a "
                    + "`clause:`.", line: row.line, path: path)
        }
        rows.remove(at: index)
    }

    /// True for what needs no clause of its own: names, documents and clauses themselves.
    private func isFree(_ key: String, path: String) -> Bool {
        key == "clause" || path.isEmpty && (key == "sources" || Self.names.contains(key))
    }

    private func citesItself(_ node: ProfileNode) -> Bool {
        switch node.content {
        case .scalar: false
        case .map(let entries):
            node.value("clause") != nil
                || !entries.isEmpty && entries.allSatisfy { citesItself($0.value) }
        case .list(let rows): !rows.isEmpty && rows.allSatisfy(citesItself)
        }
    }

    /// By which key the rows are told apart; nil if they are no rows.
    private func rowName(_ rows: [ProfileNode]) -> String? {
        Self.rowNames.first { key in rows.allSatisfy { $0.value(key)?.text != nil } }
    }

    private mutating func complain(_ text: String, line: SourceLine, path: String) {
        mistakes.append(Mistake(at: line, path: path, text: text))
    }
}
