import Domain

/// Reads values out of a profile's tree and collects everything that is wrong, instead of
/// stopping at the first mistake.
struct ProfileReader {
    var mistakes: [Mistake] = []
    var index: ClauseIndex
    /// Which reading of a time of day the profile has chosen.
    var boundary: Deadline.Boundary = .before
    /// True: a look each hour is owed at the full hours, not within the hours.
    var looksAreInstants = false
    /// The facts that rules name, checked once all rules are known.
    var named: [(fact: Fact, line: SourceLine, path: String)] = []

    init(index: ClauseIndex) {
        self.index = index
    }

    /// A group of keys with its place in the file.
    struct Section {
        var entries: [ProfileNode.Entry]
        var line: SourceLine
        var path: String

        func entry(_ key: String) -> ProfileNode.Entry? {
            entries.first { $0.key == key }
        }

        func place(_ key: String) -> String {
            path.isEmpty ? key : "\(path).\(key)"
        }
    }

    mutating func complain(_ text: String, line: SourceLine, path: String) {
        mistakes.append(Mistake(at: line, path: path, text: text))
    }

    /// The keys of `node`; a key that is unknown or written twice is a mistake.
    mutating func section(_ node: ProfileNode, path: String, keys: [String]) -> Section? {
        guard case .map(let entries) = node.content else {
            complain(
                "here stands \(node.kind), where a group of keys is needed: "
                    + "\(listed(keys)).", line: node.line, path: path)
            return nil
        }
        let section = Section(entries: entries, line: node.line, path: path)
        var seen: [String] = []
        for entry in entries {
            if seen.contains(entry.key) {
                complain(
                    "`\(entry.key)` is written twice; keep one of them.",
                    line: entry.line, path: section.place(entry.key))
            } else if !keys.contains(entry.key) {
                complain(
                    "there is no key `\(entry.key)` here; write one of \(listed(keys)).",
                    line: entry.line, path: section.place(entry.key))
            }
            seen.append(entry.key)
        }
        return section
    }

    /// The group of keys under `key`.
    mutating func section(_ key: String, in parent: Section, keys: [String]) -> Section? {
        guard let entry = required(key, in: parent, example: "a group of \(listed(keys))")
        else { return nil }
        return section(entry.value, path: parent.place(key), keys: keys)
    }

    /// The entry under `key`; its absence is a mistake, and `example` says what to write.
    mutating func required(
        _ key: String, in section: Section, example: String
    ) -> ProfileNode.Entry? {
        if let entry = section.entry(key) { return entry }
        complain(
            "`\(key)` is missing; write \(example).", line: section.line,
            path: section.place(key))
        return nil
    }

    /// The values under `key` with their places; an empty list is a mistake.
    mutating func list(
        _ key: String, in section: Section, example: String
    ) -> [(node: ProfileNode, path: String)] {
        guard let entry = required(key, in: section, example: example) else { return [] }
        let path = section.place(key)
        guard case .list(let nodes) = entry.value.content, !nodes.isEmpty else {
            complain("here must be a list, such as \(example).", line: entry.line, path: path)
            return []
        }
        return nodes.enumerated().map { ($0.element, "\(path)[\($0.offset + 1)]") }
    }

    /// The text under `key`.
    mutating func text(_ key: String, in section: Section, example: String) -> String? {
        guard let entry = required(key, in: section, example: example) else { return nil }
        return text(entry.value, path: section.place(key), example: example)
    }

    mutating func text(_ node: ProfileNode, path: String, example: String) -> String? {
        if case .scalar(let text) = node.content, !trimmed(text).isEmpty { return trimmed(text) }
        complain(
            "here stands \(node.kind), where a text is needed; write \(example).",
            line: node.line, path: path)
        return nil
    }

    /// The clause of a section: what no value may lack.
    mutating func clause(in section: Section) -> Clause? {
        guard section.entry("clause") != nil else {
            complain(
                "no clause says where this rule stands. Every value cites its source: add "
                    + "`clause:` with a regulation and article such as `002-WD §5`, or "
                    + "`ours` and the number of the decision that made it.",
                line: section.line, path: section.place("clause"))
            return nil
        }
        guard let text = text("clause", in: section, example: "`clause: 002-WD §5`"),
            let entry = section.entry("clause")
        else { return nil }
        let clause = Clause(text)
        let complaints = index.complaints(about: clause)
        for complaint in complaints {
            complain(complaint, line: entry.value.line, path: section.place("clause"))
        }
        return complaints.isEmpty ? clause : nil
    }

    /// One of a closed set of words.
    mutating func word<Word: RawRepresentable & CaseIterable>(
        _ node: ProfileNode, path: String, as type: Word.Type
    ) -> Word? where Word.RawValue == String {
        let words = listed(Word.allCases.map(\.rawValue))
        guard let text = text(node, path: path, example: "one of \(words)") else { return nil }
        if let word = Word(rawValue: text) { return word }
        complain("`\(text)` is not one of \(words).", line: node.line, path: path)
        return nil
    }

    mutating func word<Word: RawRepresentable & CaseIterable>(
        _ key: String, in section: Section, as type: Word.Type
    ) -> Word? where Word.RawValue == String {
        let words = listed(Word.allCases.map(\.rawValue))
        guard let entry = required(key, in: section, example: "one of \(words)") else {
            return nil
        }
        return word(entry.value, path: section.place(key), as: type)
    }

    /// `true` or `false`.
    mutating func truth(_ key: String, in section: Section) -> Bool? {
        enum Answer: String, CaseIterable { case `true`, `false` }
        return word(key, in: section, as: Answer.self).map { $0 == .true }
    }

    /// A whole number in `range`.
    mutating func number(
        _ key: String, in section: Section, range: ClosedRange<Int64>
    ) -> Int64? {
        let example = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard let text = text(key, in: section, example: example),
            let entry = section.entry(key)
        else { return nil }
        if let number = Int64(text), range.contains(number) { return number }
        complain(
            "`\(text)` is not \(example).", line: entry.value.line, path: section.place(key))
        return nil
    }

    /// A length of time: a whole number above 0 and `s`, `min`, `h` or `d` (24 hours).
    mutating func interval(_ key: String, in section: Section) -> Interval? {
        let example = "a whole number and s, min, h or d, such as `30 min`"
        guard let text = text(key, in: section, example: example),
            let entry = section.entry(key)
        else { return nil }
        if let interval = Interval(words: text) { return interval }
        complain(
            "`\(text)` is no length of time; write \(example).", line: entry.value.line,
            path: section.place(key))
        return nil
    }
}

/// `a`, `b`, `c`.
func listed(_ words: [String]) -> String {
    words.map { "`\($0)`" }.joined(separator: ", ")
}

extension Interval {
    /// From words such as `30 min`; nil if they are no time above 0 and up to 10,000 days.
    init?(words: String) {
        let parts = words.split(separator: " ")
        guard parts.count == 2, let count = Int64(parts[0]), (1...864_000_000).contains(count)
        else { return nil }
        let unit: Int64
        switch parts[1] {
        case "s": unit = 1_000
        case "min": unit = 60_000
        case "h": unit = 3_600_000
        case "d": unit = 86_400_000
        case _: return nil
        }
        let milliseconds = count * unit
        guard milliseconds <= 864_000_000_000 else { return nil }
        self.init(milliseconds: milliseconds)
    }

    /// In Chinese, in the largest unit that leaves no rest: 30分钟, 1小时; the law counts in hours
    /// up to three days.
    package var words: String {
        let day: Int64 = 86_400_000
        let units: [(Int64, String)] = [
            (milliseconds > 3 * day ? day : .max, "天"), (3_600_000, "小时"), (60_000, "分钟"),
            (1_000, "秒"),
        ]
        let fitting = units.first { milliseconds != 0 && milliseconds % $0.0 == 0 }
        guard let (unit, word) = fitting else { return "\(milliseconds)毫秒" }
        return "\(milliseconds / unit)\(word)"
    }
}
