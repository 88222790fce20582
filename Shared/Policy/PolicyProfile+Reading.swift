import Domain

extension PolicyProfile {
    /// The profile that a file states; refused as a whole with every mistake that is in it.
    ///
    /// `ancestors` are the files that it inherits from, the nearest first; `calendar` are the years
    /// that the program knows.
    package init(
        from file: ProfileNode, inheriting ancestors: [ProfileNode] = [],
        calendar: WorkCalendar = WorkCalendar(), index: ClauseIndex = .known
    ) throws(ProfileMistakes) {
        var reader = ProfileReader(index: index)
        let whole = reader.merged(file, over: ancestors[...])
        let profile = reader.profile(whole, calendar: calendar)
        guard let profile, reader.mistakes.isEmpty else {
            throw ProfileMistakes(reader.mistakes)
        }
        self = profile
    }

    /// The id of the profile that `file` inherits from; nil if it stands for itself.
    package static func parent(of file: ProfileNode) -> ProfileID? {
        file.value("inherits")?.text.map { ProfileID($0) }
    }
}

extension ProfileReader {
    private static let keys = [
        "id", "version", "title", "inherits", "sources", "zone", "calendar", "levels",
        "placements", "roles", "recipients", "blue", "choices", "declarations", "tracking",
        "obligations", "aftermath", "plannedWork", "review", "commitment", "filing", "presence",
        "detectors", "levelModel", "channels", "budget", "retry", "templates",
    ]

    /// `file` with what it does not say taken from those that it inherits from.
    mutating func merged(
        _ file: ProfileNode, over ancestors: ArraySlice<ProfileNode>
    ) -> ProfileNode {
        guard let name = file.value("inherits")?.text, let parent = ancestors.first else {
            return file
        }
        let whole = merged(parent.standing(in: name), over: ancestors.dropFirst())
        var inheritance = ProfileInheritance(parentName: name)
        let node = inheritance.merged(file, over: whole)
        mistakes += inheritance.mistakes
        return node
    }

    mutating func profile(_ file: ProfileNode, calendar: WorkCalendar) -> PolicyProfile? {
        guard let top = section(file, path: "", keys: Self.keys) else { return nil }
        let open = unset(
            file, key: "", path: "", clause: "", profile: file.value("id")?.text ?? "")
        let profile = self.profile(in: top, calendar: calendar)
        // What is open is said once, and not again as a value that makes no sense.
        mistakes.removeAll { mistake in
            open.contains { mistake.path == $0 && !mistake.text.hasPrefix("the regulation gives") }
        }
        return profile
    }

    private mutating func profile(in top: Section, calendar: WorkCalendar) -> PolicyProfile? {
        let sources = sources(in: top)
        let id = text("id", in: top, example: "a short name such as `mem-2021`")
        let version = version(in: top)
        let title = text("title", in: top, example: "the title of the regulation")
        let zone = zone(in: top)
        let years = self.calendar(in: top)
        let choices = choices(in: top)
        let levels = levels(in: top)
        let placements = placements(in: top)
        let roles = roles(in: top)
        let model = levelModel(in: top)
        let recipients = recipients(in: top, roles: roles, choices: choices)
        let blue = blue(in: top)
        let aftermath = aftermath(in: top)
        let channels = channels(in: top)
        let retry = retry(in: top)
        let templates = templates(in: top)
        let rules = rules(in: top, roles: roles, recipients: recipients, choices: choices)
        let (budget, plannedWork) = (budget(in: top), plannedWork(in: top))
        let review = review(in: top, roles: roles)
        let (commitment, filing) = (commitment(in: top), filing(in: top, roles: roles))
        let (presence, detectors) = (presence(in: top), detectors(in: top))
        checkTemplates(of: rules.obligations, in: top)
        // Nil only beside a mistake; what can be read is read first, so that all are named at once.
        guard let id, let version, let title, let zone, let model, let aftermath, let blue,
            let channels, let retry, let templates, let choices
        else { return nil }
        var profile = PolicyProfile(
            id: ProfileID(id), version: version, title: title, zone: zone.zone,
            zoneClause: zone.clause, levels: levels, placements: placements, roles: roles,
            recipients: recipients, levelModel: model, personChannels: channels.person,
            bodyChannels: channels.body, aftermathClause: aftermath, retry: retry,
            templates: templates, blue: blue, choices: choices,
            calendar: calendar.adding(years), declarations: rules.declarations,
            obligations: rules.obligations, tracking: rules.tracking, budget: budget,
            plannedWork: plannedWork)
        profile.sources = sources
        profile.review = review
        (profile.commitment, profile.filing) = (commitment, filing)
        (profile.presence, profile.detectors) = (presence, detectors)
        return profile
    }

    private mutating func rules(
        in top: Section, roles: [Role], recipients: [RecipientRule], choices: Choices?
    ) -> (
        declarations: [DeclarationRule], obligations: [ObligationRule],
        tracking: [PolicyProfile.TrackingRule]
    ) {
        let declarations = declarations(in: top, roles: roles)
        let tracking = tracking(in: top, roles: roles, recipients: recipients)
        let obligations = obligations(in: top, roles: roles)
        checkNamed(
            obligations: obligations, declarations: declarations, roles: roles, in: top)
        checkCourses(of: obligations, recipients: recipients, in: top)
        check(choices?.stated ?? [], obligations: obligations, roles: roles, in: top)
        return (declarations, obligations, tracking)
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

}
