import Domain
package import Policy

/// What people do in cases: each by who they are, and in the same way however often it is sent.
extension NotificationMachine {
    mutating func open(
        _ request: OpenCase, by who: Actor, at now: Instant
    ) throws(NotificationRefusal) -> [NotificationEffect] {
        if let known = cases[request.id] {
            // Sent again: it is open already.
            guard known.kind == request.kind, known.node == request.node,
                known.openedBy == who.subject, known.isDrill == request.isDrill,
                known.source == request.source, Case.hasSaid(request.cause, known.cause)
            else { throw .caseExists(request.id) }
            return []
        }
        try check(new: request.id)
        var one = try newCase(request, by: who, at: now)
        let isLate = try checkAnnouncement(request, at: now)
        if isLate { one.cause += Case.lateMark }
        var moved = move(one, at: now)
        moved.who = who
        moved.take(.opened(request.kind), at: now)
        let news = NotificationEffect.publishCase(moved.one, .opened)
        return [news] + settle(&moved) + finish(&moved)
    }

    /// Warnings and drills are named after their source, which nobody may do before them.
    private func check(new id: CaseID) throws(NotificationRefusal) {
        let parts = id.text.split(separator: "-", omittingEmptySubsequences: false)
        let isNumbered = parts.last.map { !$0.isEmpty && $0.allSatisfy(\.isNumber) } ?? false
        let isDrill = parts.dropFirst().contains("drill")
        let isOfSource = parts.indices.dropFirst().contains { index in
            registry.sources[HazardSourceID(parts[..<index].joined(separator: "-"))] != nil
        }
        guard isOfSource, isNumbered || isDrill else { return }
        throw .badCase(
            "The id \(id) is one of those that warnings of a source get. Choose another, such as "
                + "one that begins with your own body's name.")
    }

    /// A drill that was played is over, and two at one source would be taken for one.
    func checkDrill(_ news: LevelNews) throws(NotificationRefusal) {
        guard let drill = news.drill else { return }
        if let running = drillOfSource[news.source], running != news.caseID {
            throw .badCase(
                "The drill \(running) runs at this source. End it with level blue before another.")
        }
        if drillOfSource[news.source] == nil, cases[news.caseID] != nil {
            throw .badCase("The drill \(drill) was played there before. Choose another id.")
        }
    }

    private func newCase(
        _ request: OpenCase, by who: Actor, at now: Instant
    ) throws(NotificationRefusal) -> Case {
        guard request.kind != .warning else {
            throw .badCase("A warning is opened by the level of a hazard source, and by nobody.")
        }
        guard !request.cause.isEmpty else {
            throw .badCase("Say what it is about: cause.")
        }
        guard let node = tree[request.node] else { throw .unknownNode(request.node) }
        guard tree.stands(request.node, under: who.node) || who.node.text.isEmpty else {
            throw .notYours(what: "\(request.node)", whose: [node.name])
        }
        let enterprise = registry.enterprises[EnterpriseID(request.node.text)]
        let source = request.source.flatMap { registry.sources[$0] }
        if let asked = request.source {
            guard let source, NodeID(source.enterprise.text) == request.node else {
                throw .unknownSource(asked)
            }
        }
        return Case(
            id: request.id, kind: request.kind, isDrill: request.isDrill, node: request.node,
            source: request.source, enterprise: enterprise?.id, sourceName: source?.name ?? "",
            enterpriseName: enterprise?.name ?? node.name, level: nil, highest: nil, openedAt: now,
            levelAt: now, clearedAt: nil, closedAt: nil, cause: request.cause,
            openedBy: who.subject, profile: profile.name,
            docket: Docket(
                kind: request.kind,
                placements: registry.placements(of: enterprise?.id, by: profile)),
            told: [], noticeCount: 0, circularCount: 0, documentCount: 0)
    }

    /// True if planned work is announced too late and the profile has that marked (001 §22).
    private func checkAnnouncement(
        _ request: OpenCase, at now: Instant
    ) throws(NotificationRefusal) -> Bool {
        guard request.kind == .plannedWork else { return false }
        guard let startsAt = request.startsAt, startsAt > now else {
            throw .badCase("Planned work begins later than now: say when, starts_at_unix_ms.")
        }
        guard startsAt < now + NotificationLimits.announcedAheadMax else {
            throw .badCase(
                "Planned work begins within two years: starts_at_unix_ms is in milliseconds since "
                    + "1970-01-01T00:00:00Z.")
        }
        guard let rule = profile.plannedWork else { return false }
        let latest: Instant
        do {
            // The whole of the last working day that is left counts as ahead.
            latest =
                try profile.calendar.start(
                    ofWorkingDay: rule.workingDays, before: startsAt, zone: profile.zone)
                + .day
        } catch {
            throw .missingYear(error.year)
        }
        if now < latest { return false }
        guard rule.late == .mark else { throw .tooLate(latest: latest) }
        return true
    }

    mutating func fulfil(
        _ number: Int, round: Int?, of id: CaseID, _ proof: [ProofValue], by who: Actor,
        at now: Instant
    ) throws(NotificationRefusal) -> [NotificationEffect] {
        guard let one = cases[id] else { throw .unknownCase(id) }
        var moved = move(one, at: now)
        guard let run = one.docket.run(number), let rule = moved.profile.obligation(run.rule),
            let owner = run.owner
        else { throw .notOwed(id, number) }
        try check(who, mayActFor: [owner], in: one, what: rule.title)
        // That a level fell is seen, and not said.
        guard !rule.isMetByFactsOnly else {
            let facts = rule.metBy.map(\.words).joined(separator: ", ")
            throw .badCase(
                "\(rule.title) is fulfilled when it happens (\(facts)), and not by saying so.")
        }
        try check(proof, has: rule.proof)
        (moved.who, moved.proof) = (who, proof)
        guard moved.fulfil(number, round: round) else {
            if let round, moved.fulfil(number, round: nil),
                let owed = moved.steps.last(where: { $0.run.number == number })?.run.round
            {
                throw .otherRound(id, number, asked: round, owed: owed)
            }
            throw .notOwed(id, number)
        }
        return finish(&moved)
    }

    mutating func declare(
        _ id: DeclarationID, in caseID: CaseID, key: String, _ proof: [ProofValue],
        by who: Actor, at now: Instant
    ) throws(NotificationRefusal) -> [NotificationEffect] {
        guard let one = cases[caseID] else { throw .unknownCase(caseID) }
        var moved = move(one, at: now)
        let known = moved.profile.declarations.filter { $0.kinds.contains(one.kind) }
        guard let rule = known.first(where: { $0.id == id }) else {
            throw .unknownDeclaration(id, known: known.map(\.id.text))
        }
        try check(who, mayActFor: rule.by, in: one, what: rule.title)
        try check(proof, has: rule.proof)
        if !key.isEmpty {
            let said = Case.Declared(key: key, by: who, declaration: id, proof)
            if let known = one.declared.first(where: { $0.key == key }) {
                // Sent again: it is declared already.
                guard known == said else { throw .keyInUse(caseID, key) }
                return []
            }
            guard one.declared.count < NotificationLimits.declarationsMax else {
                throw .badCase(
                    "Case \(caseID) has \(one.declared.count) declarations, which is the limit. "
                        + "What was declared stands; `hazwatch case show` lists it.")
            }
            moved.one.declared.append(said)
        }
        (moved.who, moved.proof) = (who, proof)
        moved.take(.declared(id), at: now)
        let record = DeclarationRecord(
            caseID: caseID, declaration: id, title: rule.title, key: key, by: who, at: now,
            proof: proof, clause: rule.clause)
        return [.publishDeclaration(record)] + finish(&moved)
    }

    /// Where blue is a warning, it is over when whoever handles it says so (000 §14).
    mutating func registerClearing(
        _ id: CaseID, by who: Actor, at now: Instant
    ) throws(NotificationRefusal) -> [NotificationEffect] {
        guard let one = cases[id] else { throw .unknownCase(id) }
        var moved = move(one, at: now)
        if one.kind == .warning {
            try check(who, standsFor: one.node, what: "消警登记")
            guard one.clearedAt != nil || one.level == profile.restingLevel else {
                throw .notCleared(id)
            }
        } else {
            try check(who, mayEnd: one)
        }
        guard one.clearedAt == nil else { return [] }
        moved.who = who
        let effects = clear(&moved, previous: one.level ?? .blue, at: now)
        return effects + finish(&moved)
    }

    mutating func close(
        _ id: CaseID, by who: Actor, at now: Instant
    ) throws(NotificationRefusal) -> [NotificationEffect] {
        guard let one = cases[id] else { throw .unknownCase(id) }
        var moved = move(one, at: now)
        let trackers = trackers(of: one)
        if trackers.isEmpty {
            try check(who, mayEnd: one)
        } else {
            try check(who, mayActFor: trackers, in: one, what: "闭环")
        }
        guard one.closedAt == nil else { return [] }
        guard one.kind != .warning || one.clearedAt != nil else { throw .notCleared(id) }
        // What fell due before is owed first: it may demand something, and closing would end it.
        moved.pass(to: now)
        let rest = moved.one.docket.demanded(by: moved.profile)
        guard rest.isEmpty else {
            throw .stillDemanded(
                id,
                rest.map { run in
                    let title = moved.profile.obligation(run.rule)?.title ?? run.rule.text
                    let owner = run.owner.map { holderName(of: $0, in: one) } ?? "system"
                    return "#\(run.number) \(title) (\(owner))"
                })
        }
        var effects = settle(&moved)
        moved.who = who
        moved.take(.closed, at: now)
        moved.one.closedAt = now
        effects += settle(&moved)
        return effects + [.publishCase(moved.one, .closed)] + finish(&moved)
    }

    /// Who pursues a case, and closes it: by the highest level that it reached.
    package func trackers(of one: Case) -> [RoleID] {
        guard let level = one.highest else { return [] }
        var roles: [RoleID] = []
        for rule in rules(of: one).tracking
        where rule.level == level && one.docket.placements.contains(rule.placement) {
            if !roles.contains(rule.role) { roles.append(rule.role) }
        }
        return roles
    }

    // MARK: Who may

    private func check(
        _ who: Actor, mayActFor roles: [RoleID], in one: Case, what: String
    ) throws(NotificationRefusal) {
        let isOwner = roles.contains { role in
            switch rules(of: one).role(role)?.holder {
            case .person: who.node == one.node
            case .post(_, let kinds): tree.body(of: one.node, kinds: kinds)?.id == who.node
            case .body, .under, nil:
                holders(of: role, in: one).contains { holder in
                    if case .body(let node, _) = holder { return node == who.node }
                    return false
                }
            }
        }
        guard isOwner else {
            throw .notYours(what: what, whose: roles.map { holderName(of: $0, in: one) })
        }
    }

    private func check(
        _ who: Actor, standsFor node: NodeID, what: String
    ) throws(NotificationRefusal) {
        guard who.node == node else {
            throw .notYours(what: what, whose: [tree[node]?.name ?? node.text])
        }
    }

    /// A case that no level tracks is ended by the body that it is about, or one above; that of an
    /// enterprise never by the enterprise, whose duties would end with it.
    private func check(_ who: Actor, mayEnd one: Case) throws(NotificationRefusal) {
        let isEnterprise = tree[one.node]?.kind == .enterprise
        let isOver = who.node.text.isEmpty || tree.stands(one.node, under: who.node)
        guard isOver, !(isEnterprise && who.node == one.node) else {
            let above = isEnterprise ? tree[one.node]?.parent ?? one.node : one.node
            throw .notYours(what: one.enterpriseName, whose: [tree[above]?.name ?? above.text])
        }
    }

    // MARK: What must be said

    private func check(
        _ proof: [ProofValue], has parts: [ProofPart]
    ) throws(NotificationRefusal) {
        let missing = parts.filter { part in
            !proof.contains { $0.part == part.id && !$0.text.allSatisfy(\.isWhitespace) }
        }
        guard missing.isEmpty else { throw .proofLacks(missing) }
        for part in parts {
            guard let text = proof.first(where: { $0.part == part.id })?.text else { continue }
            let isGood: Bool
            switch part.form {
            case .text: isGood = true
            case .name: isGood = text.unicodeScalars.count <= NotificationLimits.nameCharactersMax
            case .instant: isGood = Int64(text).map { $0 > 0 } ?? false
            case .yesOrNo: isGood = ["yes", "no"].contains(text)
            }
            guard isGood else { throw .badProof(part, text) }
        }
    }
}
