package import Domain

/// One value of a profile in words, with its place and its clause: what two profiles are compared
/// by.
package struct Statement: Equatable, Sendable {
    /// Such as `obligations.red-circular.every`.
    package var path: String
    package var text: String
    package var clause: Clause

    package init(_ path: String, _ text: String, _ clause: Clause) {
        (self.path, self.text, self.clause) = (path, text, clause)
    }
}

/// What one profile says and another says otherwise, or not at all.
package struct Difference: Equatable, Sendable {
    package var path: String
    /// nil: only the second profile says it.
    package var first: Statement?
    /// nil: only the first profile says it.
    package var second: Statement?

    /// The rule that it is of, such as `obligations.red-circular`.
    fileprivate var group: String {
        guard path.hasPrefix("obligations.") else { return path }
        return path.split(separator: ".").prefix(2).joined(separator: ".")
    }
}

extension PolicyProfile {
    /// All that the profile says, in the order of its file.
    package var statements: [Statement] {
        let head = [
            // What names a profile rests on no clause.
            Statement("version", version, Clause("")), Statement("title", title, Clause("")),
            Statement("zone", zone.name, zoneClause),
            Statement("blue", blue.meaning.rawValue, blue.clause),
        ]
        return head
            + levels.map { Statement("levels.\($0.level)", "\($0.colour)、\($0.risk)", $0.clause) }
            + placements.map { Statement("placements.\($0.placement)", $0.name, $0.clause) }
            + roles.map { Statement("roles.\($0.id)", $0.words, $0.clause) }
            + recipients.map {
                Statement(
                    "recipients.\($0.level).\($0.placement)",
                    $0.roles.isEmpty ? "silent" : words($0.roles), $0.clause)
            }
            + choices.entries.map { Statement("choices.\($0.name)", $0.value, $0.clause) }
            + tracking.map {
                Statement("tracking.\($0.level).\($0.placement)", words([$0.role]), $0.clause)
            }
            + declarations.map {
                Statement("declarations.\($0.id)", "\($0.title) by \(words($0.by))", $0.clause)
            }
            + obligations.flatMap(statements) + technical + days
            + sources.map {
                let articles = $0.articles.joined(separator: ", ")
                return Statement("sources.\($0.code)", "\($0.title) \(articles)", Clause(""))
            }
    }

    /// The years of the calendar, with each of their days.
    private var days: [Statement] {
        calendar.years.keys.sorted().compactMap { number in
            guard let year = calendar.years[number] else { return nil }
            let (free, worked) = (year.holidays.map(day), year.workedWeekends.map(day))
            return Statement(
                "calendar.\(number)",
                "holidays \(free.joined(separator: " ")), worked weekends "
                    + (worked.isEmpty ? "none" : worked.joined(separator: " ")),
                year.clause)
        }
    }

    /// `05-01` for 501.
    private func day(_ number: Int) -> String {
        [number / 100, number % 100].map { ($0 < 10 ? "0" : "") + "\($0)" }
            .joined(separator: "-")
    }

    /// What is different in `other`, in the order of this profile; what only `other` says is last.
    package func differences(from other: PolicyProfile) -> [Difference] {
        let (mine, theirs) = (statements, other.statements)
        let all = mine.compactMap { statement -> Difference? in
            let twin = theirs.first { $0.path == statement.path }
            return twin == statement
                ? nil : Difference(path: statement.path, first: statement, second: twin)
        }
        // A rule has one clause for all that it says: what reads the same says it once, and not at
        // all where something else of the rule differs.
        let changed = all.enumerated().filter { index, one in
            guard let first = one.first, first.text == one.second?.text else { return true }
            let isSaid = all.enumerated().contains { place, other in
                other.group == one.group
                    && (place < index || other.first?.text != other.second?.text)
            }
            return !isSaid
        }.map(\.element)
        let added = theirs.filter { statement in !mine.contains { $0.path == statement.path } }
        return changed + added.map { Difference(path: $0.path, first: nil, second: $0) }
    }

    private func statements(of rule: ObligationRule) -> [Statement] {
        var parts: [(String, String)] = [
            ("title", rule.title), ("form", words(of: rule.form)), ("owners", words(rule.owners)),
            ("from", rule.starts.map(\.words).joined(separator: ", ")),
            ("given", words(rule.given)), ("unless", words(rule.unless)),
            ("opens", rule.opens?.words ?? ""), ("due", rule.due?.words ?? ""),
            ("every", rule.repeats?.words ?? ""), ("metBy", words(rule.metBy)),
            ("until", words(rule.until)),
            ("proof", rule.proof.map(\.title).joined(separator: "、")),
            ("tells", words(rule.tells)), ("copies", words(rule.copies)),
        ]
        if rule.placements != Placement.allCases {
            parts.append(("placements", rule.placements.map(\.rawValue).joined(separator: ", ")))
        }
        if rule.isDemanded { parts.append(("demanded", "true")) }
        return parts.filter { !$0.1.isEmpty }.map { key, text in
            Statement("obligations.\(rule.id).\(key)", text, rule.clause)
        }
    }

    private func words(of form: ObligationRule.Form) -> String {
        switch form {
        case .task: "task"
        case .notice: "notice"
        case .document(let document): "\(document.kind.rawValue) to \(words(document.to))"
        }
    }

    private func words(_ ids: [RoleID]) -> String {
        ids.map { role($0)?.name ?? $0.text }.joined(separator: "、")
    }

    private func words(_ facts: [Fact]) -> String {
        facts.map(\.words).joined(separator: ", ")
    }

    private var technical: [Statement] {
        var statements = (levelModel.rules + [levelModel.resting]).map { rule in
            Statement(
                "levelModel.\(rule.id)",
                rule.states.map(\.sign).joined(separator: ", ")
                    + (rule.lasting.map { " lasting \($0.words)" } ?? "") + ": \(rule.level)",
                rule.clause)
        }
        statements.append(Statement("channels.person", personChannels.words, personChannels.clause))
        statements.append(Statement("channels.body", bodyChannels.words, bodyChannels.clause))
        if let budget {
            let text = "\(budget.perNumber) within \(budget.within.words)"
            statements.append(Statement("budget", text, budget.clause))
        }
        if let plannedWork {
            let text = "\(plannedWork.workingDays) working days ahead, else \(plannedWork.late)"
            statements.append(Statement("plannedWork", text, plannedWork.clause))
        }
        if let review {
            let text =
                "by \(review.bodies.map(\.rawValue).joined(separator: " or ")), second "
                + review.secondBodies.map(\.rawValue).joined(separator: " or ")
            statements.append(Statement("review", text, review.clause))
        }
        if let commitment {
            let text = "each day \(commitment.words)"
            statements.append(Statement("commitment", text, commitment.clause))
        }
        if let filing {
            let text = filing.addressees.map { row in
                "\(row.placement.rawValue): \(row.kinds.map(\.rawValue).joined(separator: ", "))"
            }
            let nudge = "; reminded every \(filing.nudgeEvery.words)"
            statements.append(
                Statement("filing", text.joined(separator: "; ") + nudge, filing.clause))
        }
        statements += watchStatements
        let (first, longest) = (retry.first.words, retry.longest.words)
        let tries = "\(retry.attempts) attempts within \(retry.giveUpAfter.words)"
        let text = "first \(first), times \(retry.factor), at most \(longest), \(tries)"
        statements.append(Statement("retry", text, retry.clause))
        let texts = NoticeTemplate.Kind.allCases.filter { !templates[$0].pieces.isEmpty }
        return statements
            + texts.map {
                Statement(
                    "templates.\($0.rawValue)", templates[$0].filled { "{\($0.rawValue)}" },
                    templates[$0].clause)
            }
    }
}

extension Role {
    /// The name, and how whoever fills it is found.
    package var words: String {
        switch holder {
        case .person(let tier): "\(name) (person \(tier.rawValue))"
        case .body(let kinds): "\(name) (body \(kinds.map(\.rawValue).joined(separator: ", ")))"
        case .under(let kinds): "\(name) (under \(kinds.map(\.rawValue).joined(separator: ", ")))"
        case .post(let post, let kinds):
            "\(name) (post \(post) at \(kinds.map(\.rawValue).joined(separator: ", ")))"
        }
    }
}

extension PolicyProfile {
    /// When something is offline, and what detectors wonder at: what the profile states, else ours.
    fileprivate var watchStatements: [Statement] {
        (presence ?? .ours).statements + (detectors ?? .ours).statements
    }
}

extension PresenceRule {
    fileprivate var statements: [Statement] {
        [
            ("pointOffline", "a point is offline after \(pointOffline.words) of silence"),
            ("gatewayOffline", "a gateway is offline after \(gatewayOffline.words) of silence"),
            ("cameraOffline", "a camera is offline after \(cameraOffline.words) without a picture"),
            ("longTermOffline", "offline for \(longTermOffline.words) is long-term"),
            ("immediateWithin", "immediate is what comes within \(immediateWithin.words)"),
        ].map { Statement("presence." + $0, $1, clause) }
    }
}

extension DetectorRule {
    fileprivate var statements: [Statement] {
        let flat =
            "process unit \(flatLine.processUnit.words), tank farm \(flatLine.tankFarm.words), "
            + "warehouse \(flatLine.warehouse.words), elsewhere \(flatLine.elsewhere.words), and "
            + "\(flatLine.readings) readings"
        let skew =
            "off by \(clockSkew.from.words), steady within \(clockSkew.spread.words), over "
            + "\(clockSkew.over.words) and \(clockSkew.readings) batches"
        let words = running.indicators.map(\.text).joined(separator: ", ")
        return [
            ("flatLine", "the same value: " + flat), ("clockSkew", "a clock is " + skew),
            ("range", "\(range.readings) readings in a row outside of the range"),
            (
                "running",
                "a unit runs with one of \(words) above \(running.percent) % of its range over "
                    + running.over.words
            ),
            ("inspectWithin", "a finding of truth is inspected within \(inspectWithin.words)"),
        ].map { Statement("detectors." + $0, $1, clause) }
    }
}
