import Domain

extension PolicyProfile {
    /// The profile that a file states; refused as a whole with every mistake that is in it.
    package init(
        from file: ProfileNode, index: ClauseIndex = .known
    ) throws(ProfileMistakes) {
        var reader = ProfileReader(index: index)
        let profile = reader.profile(file)
        guard let profile, reader.mistakes.isEmpty else {
            throw ProfileMistakes(reader.mistakes)
        }
        self = profile
    }
}

extension ProfileReader {
    mutating func profile(_ file: ProfileNode) -> PolicyProfile? {
        let keys = [
            "id", "version", "title", "zone", "levels", "placements", "roles", "recipients",
            "circulars", "feedback", "aftermath", "levelModel", "channels", "retry", "templates",
        ]
        guard let top = section(file, path: "", keys: keys) else { return nil }
        let id = text("id", in: top, example: "a short name such as `mem-2021`")
        let version = version(in: top)
        let title = text("title", in: top, example: "the title of the regulation")
        let zone = zone(in: top)
        let levels = levels(in: top)
        let placements = placements(in: top)
        let roles = roles(in: top)
        let model = levelModel(in: top)
        let recipients = recipients(in: top, roles: roles)
        let circulars = circulars(in: top, roles: roles, recipients: recipients)
        let feedback = feedback(in: top)
        let aftermath = aftermath(in: top)
        let channels = channels(in: top)
        let retry = retry(in: top)
        let templates = templates(in: top)
        // Nil only beside a mistake; what can be read is read first, so that all are named at once.
        guard let id, let version, let title, let zone, let model, let feedback, let aftermath,
            let channels, let retry, let templates
        else { return nil }
        return PolicyProfile(
            id: ProfileID(id), version: version, title: title, zone: zone.zone,
            zoneClause: zone.clause, levels: levels, placements: placements, roles: roles,
            recipients: recipients, circulars: circulars, feedback: feedback, levelModel: model,
            personChannels: channels.person, bodyChannels: channels.body,
            aftermathClause: aftermath, retry: retry, templates: templates)
    }

    private mutating func version(in top: Section) -> String? {
        let example = "the day of the rules such as `2021-06-25`"
        guard let text = text("version", in: top, example: example),
            let entry = top.entry("version")
        else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let isDay =
            parts.map(\.count) == [4, 2, 2]
            && parts.allSatisfy { $0.allSatisfy { ("0"..."9").contains($0) } }
        if isDay { return text }
        complain("`\(text)` is no day; write \(example).", line: entry.value.line, path: "version")
        return nil
    }

    private mutating func zone(in top: Section) -> (zone: Zone, clause: Clause)? {
        guard let section = section("zone", in: top, keys: ["offset", "clause"]) else {
            return nil
        }
        let clause = clause(in: section)
        let example = "`+08:00`, a sign, hours and minutes"
        guard let text = text("offset", in: section, example: example),
            let entry = section.entry("offset")
        else { return nil }
        guard let minutes = offsetMinutes(text) else {
            complain(
                "`\(text)` is no offset from UTC; write \(example).", line: entry.value.line,
                path: section.place("offset"))
            return nil
        }
        return clause.map { (Zone(offsetMinutes: minutes), $0) }
    }

    private func offsetMinutes(_ text: String) -> Int32? {
        let digits = text.dropFirst().split(separator: ":")
        guard text.count == 6, digits.map(\.count) == [2, 2],
            let hours = Int32(digits[0]), let minutes = Int32(digits[1]),
            (0...14).contains(hours), (0...59).contains(minutes)
        else { return nil }
        if text.hasPrefix("+") { return hours * 60 + minutes }
        if text.hasPrefix("-") { return -(hours * 60 + minutes) }
        return nil
    }

    private mutating func levels(in top: Section) -> [LevelName] {
        let example = "`- { level: red, colour: 红, risk: 重大, clause: 002-WD §2 }`"
        let rows = list("levels", in: top, example: example)
        let names = rows.compactMap { (node, path) -> LevelName? in
            guard
                let row = section(
                    node, path: path, keys: ["level", "colour", "risk", "clause"])
            else { return nil }
            let level = word("level", in: row, as: WarningLevel.self)
            let colour = text("colour", in: row, example: "`红`")
            let risk = text("risk", in: row, example: "`重大`")
            guard let clause = clause(in: row), let level, let colour, let risk else {
                return nil
            }
            return LevelName(level: level, colour: colour, risk: risk, clause: clause)
        }
        for level in WarningLevel.allCases {
            let count = names.count { $0.level == level }
            if count != 1, names.count == rows.count, !rows.isEmpty {
                complain(
                    "the level `\(level)` is named \(count) times; name each of the four once.",
                    line: top.entry("levels")?.line ?? top.line, path: "levels")
            }
        }
        return names
    }

    private mutating func placements(in top: Section) -> [PlacementName] {
        let example = "`- { placement: inPark, name: 园区内, clause: 002-WD §4 }`"
        let rows = list("placements", in: top, example: example)
        let names = rows.compactMap { (node, path) -> PlacementName? in
            guard let row = section(node, path: path, keys: ["placement", "name", "clause"])
            else { return nil }
            let placement = word("placement", in: row, as: Placement.self)
            let name = text("name", in: row, example: "`园区内`")
            guard let clause = clause(in: row), let placement, let name else { return nil }
            return PlacementName(placement: placement, name: name, clause: clause)
        }
        for placement in Placement.allCases {
            let count = names.count { $0.placement == placement }
            if count != 1, names.count == rows.count, !rows.isEmpty {
                complain(
                    "the placement `\(placement)` is named \(count) times; name each once.",
                    line: top.entry("placements")?.line ?? top.line, path: "placements")
            }
        }
        return names
    }

    private mutating func roles(in top: Section) -> [Role] {
        let example = "`- { id: city, name: 市应急管理部门, body: [city], clause: 002-WD §4 }`"
        var roles: [Role] = []
        for (node, path) in list("roles", in: top, example: example) {
            guard
                let row = section(
                    node, path: path, keys: ["id", "name", "person", "body", "clause"])
            else { continue }
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
        switch (row.entry("person"), row.entry("body")) {
        case (.some, nil):
            return word("person", in: row, as: Tier.self).map { .person($0) }
        case (nil, .some):
            let kinds = list("body", in: row, example: "`[park, county]`")
            let read = kinds.compactMap { word($0.node, path: $0.path, as: NodeKind.self) }
            return read.isEmpty || read.count < kinds.count ? nil : .body(read)
        case (nil, nil), (.some, .some):
            complain(
                "it must be clear who fills the role: write either `person:` with a tier "
                    + "(\(listed(Tier.allCases.map(\.rawValue)))) or `body:` with a list of "
                    + "kinds of node such as `[park, county]`.",
                line: row.line, path: row.path)
            return nil
        }
    }
}
