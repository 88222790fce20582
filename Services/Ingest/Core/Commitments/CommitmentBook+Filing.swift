import Domain

// What an enterprise says for its day.

extension CommitmentBook {
    /// The commitment after a draft; the same draft again gives it as it stands.
    func filed(
        _ draft: CommitmentDraft, by subject: String, registry: Registry, at now: Instant
    ) throws(CommitmentRefusal) -> Commitment {
        guard registry.enterprises[draft.enterprise] != nil else {
            throw .unknownEnterprise(draft.enterprise)
        }
        let today = try day(at: now)
        let signature = try signature(
            of: subject, for: draft.enterprise, on: today, registry: registry)
        let known = commitments[draft.enterprise].flatMap { $0.day == draft.day ? $0 : nil }
        if let known, known.versions.contains(where: { $0.content == draft.content }) {
            return known
        }
        guard draft.day == today else { throw .notToday(draft.day, today: today) }
        let mistakes = complaints(
            about: draft.content, of: draft.enterprise, on: today, registry: registry)
        if !mistakes.isEmpty { throw .unusable(mistakes) }
        let version = Commitment.Version(
            content: draft.content, signature: signature, sentAt: now,
            form: form.id + "@" + form.version.text)
        if var known {
            try checkCorrection(draft.content, of: known)
            known.versions.append(version)
            return known
        }
        if !draft.content.correctionReason.isEmpty {
            throw .unusable([
                "There is no commitment of \(draft.enterprise) for \(today) to be corrected; "
                    + "leave the reason of the correction out."
            ])
        }
        let lateFrom = lateFrom(today)
        let isLate = lateFrom.map { now >= $0 } ?? false
        if isLate, let dueAt = dueAt(today), let rule,
            draft.content.lateReason.isEmpty || draft.content.lateText.isEmpty
        {
            throw .lateWithoutReason(
                dueAt: dueAt, codes: form.lateReasons.map(\.id), clause: rule.clause.text)
        }
        return Commitment(
            enterprise: draft.enterprise, day: today, dueAt: dueAt(today), isLate: isLate,
            clause: rule?.clause.text ?? "", versions: [version])
    }

    private func checkCorrection(
        _ content: CommitmentContent, of known: Commitment
    ) throws(CommitmentRefusal) {
        if content.correctionReason.isEmpty {
            throw .correctionWithoutReason(known.enterprise, known.day, sentAt: known.sentAt)
        }
        if known.versions.count >= CommitmentLimits.versionsMax {
            throw .unusable([
                "The commitment of \(known.enterprise) for \(known.day) was sent "
                    + "\(known.versions.count) times; no more corrections are taken."
            ])
        }
        // Whether it was in time was decided by the first; so a late one keeps its reason.
        if known.isLate, content.lateReason.isEmpty || content.lateText.isEmpty {
            throw .lateWithoutReason(
                dueAt: known.dueAt ?? known.sentAt, codes: form.lateReasons.map(\.id),
                clause: known.clause)
        }
    }

    func day(at now: Instant) throws(CommitmentRefusal) -> CalendarDay {
        guard let today = today(at: now) else {
            throw .unusable([
                "The clock of the platform shows no day between 2000 and 2099; have it set."
            ])
        }
        return today
    }

    // MARK: Who signs

    /// The signature of the principal, or of somebody whom the principal lets sign (CON-13).
    private func signature(
        of subject: String, for enterprise: EnterpriseID, on day: CalendarDay,
        registry: Registry
    ) throws(CommitmentRefusal) -> Commitment.Signature {
        let person = PersonID(subject)
        let name = registry.officers[person]?.name ?? registry.persons[person]?.name ?? ""
        if registry.isPrincipal(subject, of: enterprise, on: day) {
            return Commitment.Signature(by: person, name: name, delegation: nil)
        }
        // Who is no principal any more lets nobody sign either.
        let running = delegations(of: enterprise).filter { one in
            one.holds(on: day)
                && registry.isPrincipal(one.by.text, of: enterprise, on: day)
        }
        if let own = running.first(where: { $0.delegate == person }),
            registry.isStaff(subject, of: enterprise, on: day)
        {
            return Commitment.Signature(by: person, name: name, delegation: own.id)
        }
        let signers = registry.principals(of: enterprise, on: day) + running.map(\.delegate)
        throw .notSigner(subject: subject, enterprise, signers: signers)
    }

    // MARK: Delegations

    func delegated(
        _ draft: DelegationDraft, by subject: String, registry: Registry, at now: Instant
    ) throws(CommitmentRefusal) -> Delegation {
        let today = try day(at: now)
        try checkPrincipal(subject, of: draft.enterprise, on: today, registry: registry)
        if let known = delegations[draft.id] {
            guard known.says(draft, by: subject) else { throw .nameTaken(draft.id.text) }
            return known
        }
        let mistakes = complaints(about: draft, on: today, registry: registry)
        if !mistakes.isEmpty { throw .unusable(mistakes) }
        return Delegation(
            id: draft.id, enterprise: draft.enterprise, delegate: draft.delegate,
            from: draft.from, to: draft.to, reason: draft.reason, by: PersonID(subject),
            filedAt: now)
    }

    func ended(
        _ id: DelegationID, by subject: String, registry: Registry, at now: Instant
    ) throws(CommitmentRefusal) -> Delegation {
        guard var delegation = delegations[id] else { throw .unknownDelegation(id) }
        let today = try day(at: now)
        try checkPrincipal(subject, of: delegation.enterprise, on: today, registry: registry)
        if delegation.endedAt == nil { delegation.endedAt = now }
        return delegation
    }

    private func checkPrincipal(
        _ subject: String, of enterprise: EnterpriseID, on day: CalendarDay, registry: Registry
    ) throws(CommitmentRefusal) {
        guard registry.enterprises[enterprise] != nil else { throw .unknownEnterprise(enterprise) }
        guard registry.isPrincipal(subject, of: enterprise, on: day) else {
            throw .notPrincipal(
                subject: subject, enterprise,
                principals: registry.principals(of: enterprise, on: day))
        }
    }

    private func complaints(
        about draft: DelegationDraft, on today: CalendarDay, registry: Registry
    ) -> [String] {
        var mistakes = complaints(aboutID: draft.id.text, of: "delegation")
        if draft.reason.isEmpty || draft.reason.count > CommitmentLimits.textMax {
            mistakes.append(
                "Write a reason of at most \(CommitmentLimits.textMax) characters.")
        }
        if !registry.isStaff(draft.delegate.text, of: draft.enterprise, on: today) {
            mistakes.append(
                "The registry has no person \"\(draft.delegate)\" in post at "
                    + "\(draft.enterprise); whoever signs is registered there.")
        }
        if draft.to.text < draft.from.text {
            mistakes.append("The last day is before the first.")
        } else if draft.to.text < today.text {
            mistakes.append("The last day has passed; nobody would be let sign.")
        } else if let days = draft.from.days(to: draft.to),
            days >= CommitmentLimits.delegationDaysMax
        {
            mistakes.append(
                "An authority is for at most \(CommitmentLimits.delegationDaysMax) days; file "
                    + "it anew then.")
        }
        let running = delegations(of: draft.enterprise)
            .count { $0.endedAt == nil && $0.to.text >= today.text }
        if running >= CommitmentLimits.delegationsMax {
            mistakes.append("\(running) authorities of \(draft.enterprise) run; end some first.")
        }
        return mistakes
    }

    // MARK: Missed days

    /// What a body above did about a missed day (CON-19).
    func handled(
        _ draft: HandlingDraft, by subject: String, at node: NodeID?, registry: Registry,
        now: Instant
    ) throws(CommitmentRefusal) -> MissedCommitment {
        let enterprise = NodeID(draft.enterprise.text)
        if let node, registry.nodes[node] == nil || !registry.stands(enterprise, under: node) {
            throw .notAbove(subject: subject, node: node, draft.enterprise)
        }
        guard var day = missed[CommitmentKey(draft.enterprise, draft.day)] else {
            throw .notMissed(draft.enterprise, draft.day)
        }
        if let known = day.handlings.first(where: { $0.id == draft.id }) {
            guard known.measure == draft.measure, known.text == draft.text, known.by == subject
            else { throw .nameTaken(draft.id.text) }
            return day
        }
        var mistakes = complaints(aboutID: draft.id.text, of: "record")
        if !form.measures.contains(where: { $0.id == draft.measure }) {
            let words = form.measures.map(\.id).joined(separator: ", ")
            mistakes.append("There is no measure \"\(draft.measure)\"; write one of \(words).")
        }
        if draft.text.isEmpty || draft.text.count > CommitmentLimits.textMax {
            mistakes.append(
                "Write what was done in at most \(CommitmentLimits.textMax) characters.")
        }
        if day.handlings.count >= CommitmentLimits.handlingsMax {
            mistakes.append("That day has \(day.handlings.count) records; no more are taken.")
        }
        if !mistakes.isEmpty { throw .unusable(mistakes) }
        day.handlings.append(
            MissedCommitment.Handling(
                id: draft.id, measure: draft.measure, text: draft.text, by: subject,
                node: node ?? NodeID(""), at: now))
        return day
    }

    private func complaints(aboutID id: String, of what: String) -> [String] {
        let isGood =
            !id.isEmpty && id.utf8.count <= RegistryLimits.idMax
            && id.utf8.allSatisfy(isIdentifierByte)
        if isGood { return [] }
        return [
            "The id of the \(what) \"\(id)\" is none; write at most \(RegistryLimits.idMax) "
                + "letters, digits and - _ . :"
        ]
    }
}

extension Delegation {
    /// True if a draft with the same name says the same.
    fileprivate func says(_ draft: DelegationDraft, by subject: String) -> Bool {
        draft.enterprise == enterprise && draft.delegate == delegate && draft.from == from
            && draft.to == to && draft.reason == reason && subject == by.text
    }
}
