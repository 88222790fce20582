import Domain

extension ProfileReader {
    mutating func channels(in top: Section) -> (person: ChannelRule, body: ChannelRule)? {
        guard let section = section("channels", in: top, keys: ["person", "body"]) else {
            return nil
        }
        let person = channel("person", in: section)
        let body = channel("body", in: section)
        guard let person, let body else { return nil }
        return (person, body)
    }

    private mutating func channel(_ key: String, in section: Section) -> ChannelRule? {
        let keys = ["by", "also", "clause"]
        guard let row = self.section(key, in: section, keys: keys) else { return nil }
        var steps: [ChannelRule.Step] = []
        let rows = list("by", in: row, example: "`[{ channel: sms, wait: 10 min }, voice]`")
        for (node, path) in rows {
            guard let step = step(node, path: path, of: key) else { continue }
            if steps.contains(where: { $0.channel == step.channel }) {
                complain(
                    "`\(step.channel)` is named twice; keep one.", line: node.line, path: path)
            }
            if path.hasSuffix("[\(rows.count)]"), step.wait != nil {
                complain(
                    "nothing comes after it that it could wait for; take `wait` away.",
                    line: node.line, path: path)
            }
            steps.append(step)
        }
        var also: [Channel] = []
        if let entry = row.entry("also"), entry.value.content != .list([]) {
            for (node, path) in list("also", in: row, example: "`[robot, email]`") {
                guard let channel = word(node, path: path, as: Channel.self) else { continue }
                if steps.contains(where: { $0.channel == channel }) || also.contains(channel) {
                    complain(
                        "`\(channel)` is named twice; keep one.", line: node.line, path: path)
                }
                checkChannel(channel, of: key, line: node.line, path: path)
                also.append(channel)
            }
        }
        guard let clause = clause(in: row), !steps.isEmpty else { return nil }
        return ChannelRule(steps: steps, also: also, clause: clause)
    }

    /// A channel alone, or with the time in which it must deliver.
    private mutating func step(
        _ node: ProfileNode, path: String, of key: String
    ) -> ChannelRule.Step? {
        var step: ChannelRule.Step?
        if case .map = node.content {
            guard let row = section(node, path: path, keys: ["channel", "wait"]) else {
                return nil
            }
            let wait = row.entry("wait") == nil ? nil : interval("wait", in: row)
            step = word("channel", in: row, as: Channel.self).map { .init($0, wait: wait) }
        } else {
            step = word(node, path: path, as: Channel.self).map { .init($0) }
        }
        if let step { checkChannel(step.channel, of: key, line: node.line, path: path) }
        return step
    }

    private mutating func checkChannel(
        _ channel: Channel, of key: String, line: SourceLine, path: String
    ) {
        switch channel {
        case .desk where key == "person":
            complain("a person has no desk; write `sms`.", line: line, path: path)
        case .sms where key == "body", .smsBackup where key == "body", .voice where key == "body":
            complain(
                "a body has no telephone in the registry; write `desk`.", line: line, path: path)
        case .sms, .smsBackup, .voice, .robot, .email, .desk: break
        }
    }

    mutating func retry(in top: Section) -> RetryRule? {
        let keys = ["first", "factor", "longest", "attempts", "giveUpAfter", "clause"]
        guard let section = section("retry", in: top, keys: keys) else { return nil }
        let first = interval("first", in: section)
        let factor = number("factor", in: section, range: 1...10)
        let longest = interval("longest", in: section)
        let attempts = number("attempts", in: section, range: 1...10_000)
        let giveUpAfter = interval("giveUpAfter", in: section)
        let clause = clause(in: section)
        if let first, let longest, longest < first {
            complain(
                "the longest wait is shorter than the first; write at least as much.",
                line: section.entry("longest")?.line ?? section.line,
                path: section.place("longest"))
        }
        guard let first, let factor, let longest, let attempts, let giveUpAfter, let clause
        else { return nil }
        return RetryRule(
            first: first, factor: factor, longest: longest, attempts: Int(attempts),
            giveUpAfter: giveUpAfter, clause: clause)
    }

    mutating func templates(in top: Section) -> PolicyProfile.Templates? {
        let kinds = NoticeTemplate.Kind.allCases
        guard let section = section("templates", in: top, keys: kinds.map(\.rawValue)) else {
            return nil
        }
        var byKind: [NoticeTemplate.Kind: NoticeTemplate] = [:]
        for kind in kinds {
            let isNeeded = ![.summons, .enforcement, .supervision].contains(kind)
            if isNeeded || section.entry(kind.rawValue) != nil {
                byKind[kind] = template(kind, in: section)
            }
        }
        return .init(byKind)
    }

    /// What is issued must have its text.
    mutating func checkTemplates(of obligations: [ObligationRule], in top: Section) {
        let written = top.entry("templates")?.value
        for rule in obligations {
            guard case .document(let document) = rule.form,
                written?.value(document.kind.rawValue) == nil
            else { continue }
            complain(
                "`\(rule.id)` issues a `\(document.kind.rawValue)`, and there is no text for it; "
                    + "add `\(document.kind.rawValue):` with `text` and `clause`.",
                line: written?.line ?? top.line, path: "templates.\(document.kind.rawValue)")
        }
    }

    private mutating func template(
        _ kind: NoticeTemplate.Kind, in section: Section
    ) -> NoticeTemplate? {
        guard let row = self.section(kind.rawValue, in: section, keys: ["text", "clause"]) else {
            return nil
        }
        let clause = clause(in: row)
        let example = "the text of the notice with names such as `{enterprise}`"
        guard let text = text("text", in: row, example: example), let entry = row.entry("text")
        else { return nil }
        let place = row.place("text")
        guard let pieces = pieces(of: text, line: entry.value.line, path: place) else {
            return nil
        }
        guard let clause else { return nil }
        let template = NoticeTemplate(pieces: pieces, clause: clause)
        let allowed = kind.required + kind.optional
        for name in template.names where !allowed.contains(name) {
            complain(
                "`{\(name)}` has no value here; use "
                    + "\(listed(allowed.map { "{\($0)}" })).",
                line: entry.value.line, path: place)
        }
        if let length = template.firstPartLength(of: kind), length > NoticeTemplate.firstPartMax {
            complain(
                "level, enterprise and source end only at about character \(length). A long "
                    + "message is cut after \(NoticeTemplate.firstPartMax), and its first part "
                    + "must say what happened where: put them in front.",
                line: entry.value.line, path: place)
        }
        for name in kind.required where !template.names.contains(name) {
            complain(
                "the text does not state `{\(name)}`. A notice says who, where, which level, "
                    + "when, why, what is due by when, and under which clause: add it.",
                line: entry.value.line, path: place)
        }
        return template
    }

    /// The text cut at its `{names}`.
    private mutating func pieces(
        of text: String, line: SourceLine, path: String
    ) -> [NoticeTemplate.Piece]? {
        var pieces: [NoticeTemplate.Piece] = []
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "{") {
            if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
            guard let close = rest[open...].firstIndex(of: "}") else {
                complain(
                    "a `{` is never closed; write `}` behind the name.", line: line, path: path)
                return nil
            }
            let word = String(rest[rest.index(after: open)..<close])
            guard let name = NoticeTemplate.Name(rawValue: word) else {
                complain(
                    "`{\(word)}` is no name that can be filled in; use one of "
                        + "\(listed(NoticeTemplate.Name.allCases.map { "{\($0)}" })).",
                    line: line, path: path)
                return nil
            }
            pieces.append(.name(name))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        return pieces
    }
}
