import Domain

/// The words in which rules name what happens and when.
extension ProfileReader {
    private static let factExample =
        "`noticed red`; the words are opened KIND, entered LEVEL, noticed LEVEL, lowered LEVEL, "
        + "cleared, issued RULE, done RULE, missed RULE, declared DECLARATION, confirmed ROLE, "
        + "closed"

    /// The facts under `key`: one, or a list; none if the key is absent.
    mutating func facts(_ key: String, in section: Section) -> [Fact] {
        triggers(key, in: section, mayCount: false).map(\.fact)
    }

    mutating func triggers(
        _ key: String, in section: Section, mayCount: Bool = true
    ) -> [Trigger] {
        guard let entry = section.entry(key) else { return [] }
        let path = section.place(key)
        guard case .list(let nodes) = entry.value.content else {
            return trigger(entry.value, path: path, mayCount: mayCount).map { [$0] } ?? []
        }
        if nodes.isEmpty {
            complain(
                "the list is empty; write \(Self.factExample), or take the key away.",
                line: entry.line, path: path)
        }
        return nodes.enumerated().compactMap { number, node in
            trigger(node, path: "\(path)[\(number + 1)]", mayCount: mayCount)
        }
    }

    private mutating func trigger(
        _ node: ProfileNode, path: String, mayCount: Bool
    ) -> Trigger? {
        guard let text = text(node, path: path, example: Self.factExample) else { return nil }
        var words = text.split(separator: " ").map(String.init)
        var times = 1
        if words.count == 4, words[3] == "times", words[0] == "missed", mayCount {
            guard let count = Int(words[2]), (2...100).contains(count) else {
                complain(
                    "`\(words[2])` is no number of times; write one from 2 to 100, such as "
                        + "`missed \(words[1]) 2 times`.", line: node.line, path: path)
                return nil
            }
            times = count
            words.removeLast(2)
        }
        guard let fact = fact(words, node, path: path) else { return nil }
        named.append((fact, node.line, path))
        return Trigger(fact, times: times)
    }

    private mutating func fact(_ words: [String], _ node: ProfileNode, path: String) -> Fact? {
        let rest = words.count == 2 ? words[1] : nil
        switch (words.first ?? "", rest) {
        case ("cleared", nil) where words.count == 1: return .cleared
        case ("closed", nil) where words.count == 1: return .closed
        case ("confirmed", nil) where words.count == 1: return .confirmed(nil)
        case ("confirmed", let role?): return .confirmed(RoleID(role))
        case ("issued", let id?): return .issued(RuleID(id))
        case ("done", let id?): return .done(RuleID(id))
        case ("missed", let id?): return .missed(RuleID(id))
        case ("declared", let id?): return .declared(DeclarationID(id))
        case ("opened", let kind?):
            return one(kind, node, path: path, as: CaseKind.self).map { .opened($0) }
        case ("entered", let level?):
            return one(level, node, path: path, as: WarningLevel.self).map { .entered($0) }
        case ("noticed", let level?):
            return one(level, node, path: path, as: WarningLevel.self).map { .noticed($0) }
        case ("lowered", let level?):
            return one(level, node, path: path, as: WarningLevel.self).map { .lowered($0) }
        case _:
            complain(
                "`\(node.text ?? "")` is nothing that can happen in a case; write one such as "
                    + "\(Self.factExample).", line: node.line, path: path)
            return nil
        }
    }

    private mutating func one<Word: RawRepresentable & CaseIterable>(
        _ text: String, _ node: ProfileNode, path: String, as type: Word.Type
    ) -> Word? where Word.RawValue == String {
        if let word = Word(rawValue: text) { return word }
        complain(
            "`\(text)` is not one of \(listed(Word.allCases.map(\.rawValue))).",
            line: node.line, path: path)
        return nil
    }

    // MARK: Times

    private static let deadlineExample =
        "`24 h`, `10:00`, `2 working days` or `windows 07:00-23:00 each 1 h`"

    /// A time under `key`; nil also if the key is absent.
    mutating func deadline(_ key: String, in section: Section) -> Deadline? {
        guard let entry = section.entry(key),
            let text = text(key, in: section, example: Self.deadlineExample)
        else { return nil }
        if let deadline = deadline(text) { return deadline }
        complain(
            "`\(text)` is no time that something can open or fall due; write "
                + "\(Self.deadlineExample).", line: entry.value.line, path: section.place(key))
        return nil
    }

    private func deadline(_ text: String) -> Deadline? {
        if let interval = Interval(words: text) { return .after(interval) }
        let words = text.split(separator: " ").map(String.init)
        switch words.count {
        case 1, 2:
            guard let minutes = minutesOfDay(words[0]) else { return nil }
            guard words.count == 2 else {
                return .timeOfDay(minutes: minutes, boundary: boundary)
            }
            return Deadline.Boundary(rawValue: words[1])
                .map { .timeOfDay(minutes: minutes, boundary: $0) }
        case 3:
            guard words[1] == "working", words[2] == "days", let count = Int(words[0]),
                (1...1_000).contains(count)
            else { return nil }
            return .workingDays(count)
        case 5: return windows(words)
        case _: return nil
        }
    }

    /// `windows 07:00-23:00 each 1 h`.
    private func windows(_ words: [String]) -> Deadline? {
        let ends = words[1].split(separator: "-").map(String.init)
        guard words[0] == "windows", words[2] == "each", ends.count == 2,
            let from = minutesOfDay(ends[0]), let to = minutesOfDay(ends[1]),
            let length = Interval(words: "\(words[3]) \(words[4])")
        else { return nil }
        let each = Int(length.milliseconds / 60_000)
        guard each > 0, length.milliseconds % 60_000 == 0, from < to, (to - from) % each == 0,
            !looksAreInstants || from >= each
        else { return nil }
        // A look at 07:00 ends the hour before it.
        return .windows(from: looksAreInstants ? from - each : from, to: to, each: each)
    }

    private func minutesOfDay(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [2, 2], let hours = Int(parts[0]), let rest = Int(parts[1]),
            (0...23).contains(hours) && (0...59).contains(rest) || (hours, rest) == (24, 0)
        else { return nil }
        return hours * 60 + rest
    }

    /// `30 min`, or `next`; nil also if the key is absent.
    mutating func repeats(in section: Section, rounds: [Deadline?]) -> Repeat? {
        guard let entry = section.entry("every"),
            let text = text("every", in: section, example: "`30 min` or `next`")
        else { return nil }
        if let interval = Interval(words: text) { return .every(interval) }
        guard text == "next" else {
            complain(
                "`\(text)` is no way to repeat; write `30 min` for a length of time, or `next` "
                    + "for tomorrow's time of day and the next window.",
                line: entry.value.line, path: section.place("every"))
            return nil
        }
        let comesAgain = rounds.contains { deadline in
            switch deadline {
            case .timeOfDay, .windows: true
            case .after, .workingDays, nil: false
            }
        }
        if !comesAgain {
            complain(
                "`next` repeats a time of day or a window, and neither `opens` nor `due` is one; "
                    + "write a length of time such as `every: 1 h`.",
                line: entry.value.line, path: section.place("every"))
        }
        return .next
    }
}
