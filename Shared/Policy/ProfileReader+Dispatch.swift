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
        guard let row = self.section(key, in: section, keys: ["by", "clause"]) else { return nil }
        var channels: [Channel] = []
        for (node, path) in list("by", in: row, example: "`[sms]`") {
            guard let channel = word(node, path: path, as: Channel.self) else { continue }
            if key == "person", channel == .desk {
                complain(
                    "a person has no desk; write `sms`.", line: node.line, path: path)
            }
            if key == "body", channel == .sms {
                complain(
                    "a body has no telephone in the registry; write `desk`.", line: node.line,
                    path: path)
            }
            channels.append(channel)
        }
        guard let clause = clause(in: row), !channels.isEmpty else { return nil }
        return ChannelRule(steps: channels.map { .init($0) }, clause: clause)
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
        of text: String, line: Int, path: String
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
