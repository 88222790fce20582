package import Policy

extension CommitmentForm {
    /// The form that a file states; refused as a whole with every mistake in it.
    package init(from tree: ProfileNode, file: String) throws(PackMistakes) {
        var reader = PackReader(file: file)
        let form = reader.commitmentForm(tree)
        guard let form, reader.mistakes.isEmpty else {
            throw PackMistakes(mistakes: reader.mistakes.sorted { $0.line < $1.line })
        }
        self = form
    }
}

extension PackReader {
    fileprivate mutating func commitmentForm(_ tree: ProfileNode) -> CommitmentForm? {
        let keys = [
            "id", "version", "title", "works", "lateReasons", "measures", "items", "sums",
            "declares",
        ]
        guard check(tree, keys: keys) else { return nil }
        let id = required("id", in: tree)
        let version = day("version", in: tree)
        let title = required("title", in: tree)
        let works = formWords("works", in: tree)
        let lateReasons = formWords("lateReasons", in: tree)
        let measures = formWords("measures", in: tree)
        let items = rows("items", in: tree).compactMap { item($0, works: works) }
        if items.isEmpty { complain(tree, "items is missing; say what a commitment must say") }
        var seen: Set<String> = []
        for item in items where !seen.insert(item.id).inserted {
            complain(tree, "the item \(item.id) is there twice; keep one")
        }
        let parts = Set(items.map(\.part))
        for part in CommitmentForm.Item.Part.allCases where !parts.contains(part) {
            complain(tree, "no item is of the part \(part.rawValue); a commitment has all four")
        }
        let sums = rows("sums", in: tree).compactMap { sum($0, items: items) }
        var declares: CommitmentForm.Declares?
        if let node = tree.value("declares") { declares = self.declares(node, items, works) }
        guard let id, let version, let title else { return nil }
        return CommitmentForm(
            id: id, version: version, title: title, items: items, works: works,
            lateReasons: lateReasons, measures: measures, sums: sums, declares: declares)
    }

    private mutating func item(
        _ node: ProfileNode, works: [CommitmentForm.Word]
    ) -> CommitmentForm.Item? {
        let keys = [
            "id", "title", "part", "kind", "optional", "max", "words", "work", "private", "clause",
        ]
        guard check(node, keys: keys), let id = required("id", in: node),
            let title = required("title", in: node),
            let part = word("part", in: node, as: CommitmentForm.Item.Part.self),
            let kind = word("kind", in: node, as: CommitmentForm.Item.Kind.self),
            let clause = required("clause", in: node)
        else { return nil }
        var item = CommitmentForm.Item(
            id: id, title: title, part: part, kind: kind, max: most(of: kind, in: node),
            clause: clause)
        item.isRequired = !truth("optional", in: node)
        item.isPublished = !truth("private", in: node)
        if kind == .choice { item.words = formWords("words", in: node) }
        if let work = node.value("work")?.text {
            if kind != .number { complain(node, "only a number counts works; take work away") }
            if !works.contains(where: { $0.id == work }) {
                complain(node, "there is no kind of work \"\(work)\"; add it to works")
            }
            item.work = work
        }
        return item
    }

    /// The most of a number or of a text, within reason.
    private mutating func most(of kind: CommitmentForm.Item.Kind, in node: ProfileNode) -> Int64 {
        let most = kind == .text ? Int64(2_000) : CommitmentForm.numberMax
        guard let max = number("max", in: node) else { return most }
        if max >= 1, max <= Double(most), max == max.rounded() { return Int64(max) }
        complain(node, "max is a whole number from 1 to \(most)")
        return most
    }

    private mutating func sum(
        _ node: ProfileNode, items: [CommitmentForm.Item]
    ) -> CommitmentForm.Sum? {
        guard check(node, keys: ["total", "parts"]), let total = required("total", in: node)
        else { return nil }
        let parts = words("parts", in: node)
        for id in [total] + parts where items.first(where: { $0.id == id })?.kind != .number {
            complain(node, "there is no number \(id) among the items")
        }
        return CommitmentForm.Sum(total: total, parts: parts)
    }

    private mutating func declares(
        _ node: ProfileNode, _ items: [CommitmentForm.Item], _ works: [CommitmentForm.Word]
    ) -> CommitmentForm.Declares? {
        guard check(node, keys: ["units", "running", "stopped", "changing", "work"]),
            let units = required("units", in: node), let running = required("running", in: node),
            let stopped = required("stopped", in: node), let work = required("work", in: node)
        else { return nil }
        let changing = words("changing", in: node)
        func kind(_ id: String) -> CommitmentForm.Item.Kind? {
            items.first { $0.id == id }?.kind
        }
        for id in [units, running, stopped] where kind(id) != .number {
            complain(node, "there is no number \(id) among the items")
        }
        for id in changing where kind(id) != .number && kind(id) != .flag {
            complain(node, "there is no number or flag \(id) among the items")
        }
        if !works.contains(where: { $0.id == work }) {
            complain(node, "there is no kind of work \"\(work)\"; add it to works")
        }
        return .init(
            units: units, running: running, stopped: stopped, changing: changing, work: work)
    }

    /// Words with their titles, in the order of the file.
    private mutating func formWords(
        _ key: String, in node: ProfileNode
    ) -> [CommitmentForm.Word] {
        guard case .map(let entries)? = node.value(key)?.content, !entries.isEmpty else {
            complain(node, "\(key) must be a group of words with their titles")
            return []
        }
        return entries.map { .init(id: $0.key, title: $0.value.text ?? $0.key) }
    }
}
