import Domain
import Policy

/// What becomes of the steps of a docket: records, documents and notices.
extension NotificationMachine {
    /// Tells what has happened, and keeps the case.
    mutating func finish(_ moved: inout Move) -> [NotificationEffect] {
        let effects = settle(&moved)
        store(moved.streaks, of: Self.streakNode(of: moved.one))
        // A talk that the law wants held afterwards keeps a closed case in hand until it was.
        let isDone = moved.one.closedAt != nil && moved.one.docket.runs.isEmpty
        if isDone { drop(moved.one) } else { store(moved.one) }
        let isShown = effects.contains { effect in
            if case .publishCase(let shown, _) = effect { return shown == moved.one }
            return false
        }
        return isShown || effects.isEmpty ? effects : effects + [.showCase(moved.one)]
    }

    /// Tells what has happened so far.
    mutating func settle(_ moved: inout Move) -> [NotificationEffect] {
        let steps = moved.steps
        moved.steps = []
        return steps.flatMap { tell($0, of: &moved) }
    }

    private mutating func tell(
        _ step: ObligationStep, of moved: inout Move
    ) -> [NotificationEffect] {
        guard let rule = moved.profile.obligation(step.run.rule) else { return [] }
        var effects: [NotificationEffect] = []
        if let record = record(of: step, rule, moved) {
            effects.append(.publishObligation(record))
        }
        switch (step.change, rule.form) {
        case (.opened, .document(let document)):
            effects += draft(document, rule, step, of: &moved)
            effects += ask(rule, step, of: &moved)
        case (.opened, _): effects += ask(rule, step, of: &moved)
        case (.issued(let merge), .document(let document)):
            // The system's own, whoever has just done something else.
            let (who, proof) = (moved.who, moved.proof)
            (moved.who, moved.proof) = (nil, [])
            effects += issue(document, rule, step, merge, of: &moved)
            (moved.who, moved.proof) = (who, proof)
        case (.issued(let merge), _): effects += announce(rule, step, merge, of: &moved)
        case (.met(nil), .document(let document)), (.late(nil), .document(let document)):
            effects += issue(document, rule, step, .none, of: &moved)
        case (.met, _), (.late, _), (.missed, _), (.excused, _), (.superseded, _),
            (.withdrawn, _), (.ended, _):
            break
        }
        return effects
    }

    private func record(
        of step: ObligationStep, _ rule: ObligationRule, _ moved: Move
    ) -> ObligationRecord? {
        var by = ""
        let state: ObligationRecord.State
        switch step.change {
        case .opened: state = .open
        case .issued: (state, by) = (.met, "system")
        case .met(let fact): (state, by) = (.met, fact?.words ?? moved.who?.subject ?? "")
        case .late(let fact): (state, by) = (.late, fact?.words ?? moved.who?.subject ?? "")
        case .missed: state = .missed
        case .excused(let fact): (state, by) = (.excused, fact.words)
        case .superseded: state = .superseded
        case .ended(let fact): (state, by) = (.ended, fact.words)
        // It was never owed.
        case .withdrawn: return nil
        }
        let one = moved.one
        // What waits to open again was done before, and nothing is owed.
        if step.run.state == .pending, state == .superseded || state == .excused { return nil }
        return ObligationRecord(
            caseID: one.id, number: step.run.number, round: step.run.round, rule: rule.id,
            title: rule.title, owner: step.run.owner,
            ownerName: step.run.owner.map { holderName(of: $0, in: one) } ?? "",
            node: ownerNode(of: step.run, in: one), level: step.run.level,
            openedAt: step.run.opensAt, dueAt: step.run.dueAt,
            isDueBefore: step.run.isDueBefore, state: state, stateAt: step.at, by: by,
            proof: by == moved.who?.subject ? moved.proof : [], clause: rule.clause,
            isDemanded: rule.isDemanded, isDrill: one.isDrill)
    }

    /// Where the duty belongs: the owner's body, or the enterprise whose persons owe it.
    func ownerNode(of run: ObligationRun, in one: Case) -> NodeID {
        guard let owner = run.owner else { return one.node }
        return registry.node(of: owner, in: one, by: rules(of: one))
    }

    /// Asks the owner for what is owed from now on. What begins with a level stands in its notice.
    private mutating func ask(
        _ rule: ObligationRule, _ step: ObligationStep, of moved: inout Move
    ) -> [NotificationEffect] {
        if moved.toldRuns.contains(step.run.number), step.run.opensAt == step.run.startedAt {
            return []
        }
        // A look that is owed each hour is on the board; a message each hour would bury the rest.
        if case .windows = rule.due, step.run.round > 1 { return [] }
        let words = words(for: moved.one)
        let text = words.task(rule, step.run)
        let roles = [step.run.owner].compactMap(\.self) + rule.tells
        let addresses = roles.flatMap { role in
            self.addresses(role, in: moved.one, clause: rule.clause) { _ in text }
        }.filter { address in
            // Whom nobody fills has failed in sight with the notice of the level.
            if case .nobody = address.holder { return !rule.isOfLevel }
            return true
        }
        let message = Message(
            reason: .obligation, dueAt: step.at, obligation: step.run.number)
        return issue(message, to: addresses, of: &moved)
    }

    /// What the profile has told, and no more.
    private mutating func announce(
        _ rule: ObligationRule, _ step: ObligationStep, _ merge: ObligationStep.Merge,
        of moved: inout Move
    ) -> [NotificationEffect] {
        let text = words(for: moved.one).event(rule)
        let addresses = rule.tells.flatMap { role in
            self.addresses(role, in: moved.one, clause: rule.clause) { _ in text }
        }
        var message = Message(reason: .event, dueAt: step.at, obligation: step.run.number)
        if case .into(let round) = merge { message.mergedInto = round }
        return issue(message, to: addresses, of: &moved)
    }

    // MARK: Documents

    private mutating func draft(
        _ document: DocumentRule, _ rule: ObligationRule, _ step: ObligationStep,
        of moved: inout Move
    ) -> [NotificationEffect] {
        let record = self.document(document, rule, step, of: moved, serial: "", at: nil)
        return [.publishDocument(record)]
    }

    private mutating func issue(
        _ document: DocumentRule, _ rule: ObligationRule, _ step: ObligationStep,
        _ merge: ObligationStep.Merge, of moved: inout Move
    ) -> [NotificationEffect] {
        if document.kind == .circular { moved.one.circularCount += 1 }
        moved.one.documentCount += 1
        let serial = serial(of: document, step, moved)
        var record = self.document(
            document, rule, step, of: moved, serial: serial, at: moved.decidedAt)
        let words = words(for: moved.one)
        let round = DocumentRound(
            number: step.run.round, since: step.run.startedAt, merge: merge,
            serial: serial, issuer: record.issuer)
        let text = words.document(document, rule, round)
        // The issuer's own words take the place of the draft's.
        record.text = moved.proof.first { $0.part == "text" }?.text ?? text
        var message = Message(
            reason: document.kind == .circular ? .circular : .document, dueAt: step.at,
            obligation: step.run.number, document: record.id)
        if document.kind == .circular { message.circularNumber = step.run.round }
        if case .into(let later) = merge { message.mergedInto = later }
        let shown = record.text
        var addresses = document.to.flatMap { role in
            self.addresses(role, in: moved.one, clause: rule.clause) { _ in shown }
        }
        for role in rule.copies {
            addresses += self.addresses(
                role, in: moved.one, clause: rule.copiesClause ?? rule.clause
            ) { _ in shown }
        }
        let circular = issue(message, to: addresses, of: &moved)
        let reminded =
            step.run.round > 1 ? reminded(beside: addresses, shown, of: moved) : []
        (message.reason, message.circularNumber) = (.event, 0)
        return [.publishDocument(record)] + circular + issue(message, to: reminded, of: &moved)
    }

    /// Who hears of the repeats of a circular beside its addressee, as the profile chose.
    private func reminded(
        beside addresses: [Address], _ text: String, of moved: Move
    ) -> [Address] {
        let choice = moved.profile.choices.circularRepeats
        guard choice.value != .addressee else { return [] }
        let all = addingThoseTold(of: moved.one, to: addresses, clause: choice.clause) { _ in text }
        return all.dropFirst(addresses.count).filter { one in
            switch (choice.value, one.holder) {
            case (.everyone, _), (.addresseeAndDesks, .body): true
            case (.addresseeAndDesks, _), (.addressee, _): false
            }
        }
    }

    private func document(
        _ document: DocumentRule, _ rule: ObligationRule, _ step: ObligationStep, of moved: Move,
        serial: String, at issuedAt: Instant?
    ) -> DocumentRecord {
        let one = moved.one
        let words = words(for: one)
        let issuer = step.run.owner.map { holderName(of: $0, in: one) } ?? "风险监测预警系统"
        let round = DocumentRound(
            number: step.run.round, since: step.run.startedAt, merge: .none, serial: serial,
            issuer: issuer)
        return DocumentRecord(
            id: "\(one.id)#\(step.run.number).\(step.run.round)", caseID: one.id,
            kind: document.kind, serial: serial, rule: rule.id,
            obligation: step.run.owner == nil ? 0 : step.run.number, issuer: issuer,
            issuerNode: ownerNode(of: step.run, in: one),
            addressees: document.to.map { holderName(of: $0, in: one) },
            text: words.document(document, rule, round), dueAt: step.at, issuedAt: issuedAt,
            issuedBy: moved.who?.subject ?? (issuedAt == nil ? "" : "system"),
            clause: rule.clause, isDrill: one.isDrill)
    }

    /// `警示通报〔2021〕3号`: kinds, issuers and years count apart, and drills on their own.
    private mutating func serial(
        of document: DocumentRule, _ step: ObligationStep, _ moved: Move
    ) -> String {
        let year = profile.zone.local(moved.decidedAt).year
        let issuer = step.run.owner == nil ? "system" : ownerNode(of: step.run, in: moved.one).text
        let drill = moved.one.isDrill ? "drill/" : ""
        let number = nextSerial("\(drill)\(issuer)/\(year)/\(document.kind.rawValue)")
        return "\(moved.one.isDrill ? "演练" : "")\(document.kind.title)〔\(year)〕\(number)号"
    }
}

/// Which issue of a document it is.
struct DocumentRound {
    var number: Int
    var since: Instant
    var merge: ObligationStep.Merge
    var serial: String
    var issuer: String
}

extension DocumentRule.Kind {
    /// 警示通报、约谈通知、执法检查通知、挂牌督办.
    var title: String {
        switch self {
        case .circular: "警示通报"
        case .summons: "约谈通知"
        case .enforcement: "执法检查通知"
        case .supervision: "挂牌督办通知"
        }
    }
}
