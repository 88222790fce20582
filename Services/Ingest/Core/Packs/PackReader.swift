package import Policy

/// Why a pack cannot be used: every mistake in it.
package struct PackMistakes: Error, Sendable, Equatable, CustomStringConvertible {
    package var mistakes: [Mistake]

    package var description: String {
        mistakes.map { "\($0.file), line \($0.line): \($0.text)" }.joined(separator: "\n")
    }
}

extension Pack {
    /// The pack that a file states; refused as a whole with every mistake in it.
    package init(from tree: ProfileNode, file: String) throws(PackMistakes) {
        var reader = PackReader(file: file)
        let pack = reader.pack(tree)
        guard let pack, reader.mistakes.isEmpty else {
            throw PackMistakes(mistakes: reader.mistakes.sorted { $0.line < $1.line })
        }
        self = pack
    }
}

/// Reads a pack out of its tree and collects everything that is wrong with it.
struct PackReader {
    let file: String
    private(set) var mistakes: [Mistake] = []
    private(set) var lists: [Pack.WordList] = []

    init(file: String) { self.file = file }

    mutating func complain(_ node: ProfileNode, _ text: String) {
        mistakes.append(Mistake(file: file, line: node.line.number, text: text + "."))
    }

    /// Says which keys of a group nobody knows, or that it is no group.
    mutating func check(_ node: ProfileNode, keys: [String]) -> Bool {
        guard case .map(let entries) = node.content else {
            complain(node, "here must stand a group of the keys \(list(keys))")
            return false
        }
        for entry in entries where !keys.contains(entry.key) {
            complain(entry.value, "there is no key \(entry.key) here; write \(list(keys))")
        }
        return true
    }

    mutating func rows(_ key: String, in node: ProfileNode) -> [ProfileNode] {
        guard let value = node.value(key) else { return [] }
        guard case .list(let rows) = value.content else {
            complain(value, "\(key) must be a list")
            return []
        }
        return rows
    }

    mutating func words(_ key: String, in node: ProfileNode) -> [String] {
        rows(key, in: node).compactMap { row in
            if let text = row.text, !text.isEmpty { return text }
            complain(row, "a word of \(key) must be a plain text")
            return nil
        }
    }

    mutating func required(_ key: String, in node: ProfileNode) -> String? {
        if let text = node.value(key)?.text, !text.isEmpty { return text }
        complain(node, "\(key) is missing; write it")
        return nil
    }

    func optional(_ key: String, in node: ProfileNode) -> String { node.value(key)?.text ?? "" }

    mutating func truth(_ key: String, in node: ProfileNode) -> Bool {
        guard let value = node.value(key) else { return false }
        if value.text == "true" || value.text == "false" { return value.text == "true" }
        complain(value, "\(key) must be true or false")
        return false
    }

    mutating func number(_ key: String, in node: ProfileNode) -> Double? {
        guard let value = node.value(key) else { return nil }
        if let number = value.text.flatMap(Double.init), number.isFinite { return number }
        complain(value, "\(key) must be a number")
        return nil
    }

    mutating func word<Word: RawRepresentable<String> & CaseIterable>(
        _ key: String, in node: ProfileNode, as type: Word.Type
    ) -> Word? {
        guard let text = required(key, in: node) else { return nil }
        if let word = Word(rawValue: text) { return word }
        let choice = list(Word.allCases.map(\.rawValue))
        complain(node.value(key) ?? node, "there is no \(key) \"\(text)\"; write \(choice)")
        return nil
    }

    mutating func day(_ key: String, in node: ProfileNode) -> CalendarDay? {
        guard let text = required(key, in: node) else { return nil }
        if let day = CalendarDay(text) { return day }
        complain(node.value(key) ?? node, "\(key) \"\(text)\" is no day such as 2021-06-25")
        return nil
    }

    // MARK: The parts of a pack

    mutating func pack(_ tree: ProfileNode) -> Pack? {
        let keys = [
            "id", "version", "title", "standards", "indicators", "lists", "kinds", "expected",
            "scope", "cleaning", "vagueNames",
        ]
        guard check(tree, keys: keys) else { return nil }
        let id = required("id", in: tree)
        let version = day("version", in: tree)
        let title = required("title", in: tree)
        let standards = words("standards", in: tree)
        if standards.isEmpty { complain(tree, "standards is missing; name what the pack follows") }
        lists = rows("lists", in: tree).compactMap { wordList($0) }
        let indicators = rows("indicators", in: tree).compactMap { indicator($0) }
        let kinds = rows("kinds", in: tree).compactMap { kind($0) }
        let expected = rows("expected", in: tree).compactMap { self.expected($0) }
        let scope = rows("scope", in: tree).compactMap { self.scope($0) }
        let cleaning = rows("cleaning", in: tree).compactMap { self.cleaning($0, of: kinds) }
        let vague = words("vagueNames", in: tree)
        guard let id, let version, let title else { return nil }
        var pack = Pack(id: id, version: version, title: title, standards: standards)
        (pack.indicators, pack.kinds, pack.lists) = (indicators, kinds, lists)
        (pack.expected, pack.scope, pack.vagueNames) = (expected, scope, vague)
        pack.cleaning = cleaning
        checkTwins(in: pack, tree)
        return pack
    }

    private mutating func checkTwins(in pack: Pack, _ tree: ProfileNode) {
        let names =
            pack.indicators.map { "indicator \($0.id)" } + pack.lists.map { "list \($0.id)" }
            + pack.kinds.map { "kind \($0.of.rawValue) \($0.kind)" }
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            complain(tree, "\(name) is declared twice; keep one")
        }
    }

    private mutating func wordList(_ node: ProfileNode) -> Pack.WordList? {
        guard check(node, keys: ["id", "title", "words"]), let id = required("id", in: node),
            let title = required("title", in: node)
        else { return nil }
        guard let words = node.value("words"), case .map(let entries) = words.content,
            !entries.isEmpty
        else {
            complain(node, "words must be a group of words with their titles")
            return nil
        }
        return Pack.WordList(
            id: id, title: title,
            words: entries.map { Pack.Word(id: $0.key, title: $0.value.text ?? $0.key) })
    }

    private mutating func indicator(_ node: ProfileNode) -> IndicatorForm? {
        let keys = [
            "id", "title", "codes", "units", "gas", "discrete", "requires", "bounds", "clause",
        ]
        guard check(node, keys: keys), let id = required("id", in: node),
            let title = required("title", in: node)
        else { return nil }
        var form = IndicatorForm(id: id, title: title)
        form.codes = words("codes", in: node)
        form.units = words("units", in: node)
        form.isGas = truth("gas", in: node)
        form.isDiscrete = truth("discrete", in: node)
        form.requires = words("requires", in: node)
        form.clause = optional("clause", in: node)
        form.bounds = rows("bounds", in: node).compactMap { row in
            let keys = ["unit", "highMax", "highHighMax", "lowMin", "clause"]
            guard check(row, keys: keys), let unit = required("unit", in: row),
                let clause = required("clause", in: row)
            else { return nil }
            return IndicatorForm.Bound(
                unit: unit, highMax: number("highMax", in: row),
                highHighMax: number("highHighMax", in: row), lowMin: number("lowMin", in: row),
                clause: clause)
        }
        return form
    }
}
