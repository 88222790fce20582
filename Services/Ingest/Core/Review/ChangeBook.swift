import Domain
package import Policy

/// Keeps the change requests: who proposed what, and who reviewed it (ING-25).
///
/// *What it owns*: every request, open or decided; each is one part.
/// *How it moves*: proposed, accepted or refused; what weakens the watch needs a second person.
/// *The odd case*: a request whose entry changed in between is not applied; somebody proposes anew.
package struct ChangeBook: Sendable {
    package private(set) var requests: [ChangeID: ChangeRequest] = [:]
    package let rule: ReviewRule

    init(rule: ReviewRule) { self.rule = rule }

    /// In the order of their names.
    package var all: [ChangeRequest] {
        requests.keys.sorted().compactMap { requests[$0] }
    }

    mutating func put(_ request: ChangeRequest) { requests[request.id] = request }

    // MARK: Propose

    /// The request that a proposal becomes; the same proposal again gives the request as it is.
    func proposed(
        _ proposal: ChangeProposal, by subject: String, within scope: NodeID?,
        registry: Registry, packs: Packs, at now: Instant
    ) throws(ChangeRefusal) -> ChangeRequest {
        try check(proposal)
        if let known = requests[proposal.id] {
            guard known.says(proposal, by: subject) else { throw .nameTaken(proposal.id) }
            return known
        }
        let waiting = requests.values.count { $0.key == proposal.key && $0.isOpen }
        if waiting >= RegistryLimits.openRequestsMax {
            throw .unusable(
                "\(waiting) requests for the \(proposal.key.kind.words) \(proposal.key.id) wait "
                    + "for a reviewer; have them decided first.")
        }
        let before = registry[proposal.key]
        let change: Change
        if proposal.isRemoval {
            guard let before else { throw .unknownEntry(proposal.key) }
            try registry.checkRemoval(of: proposal.key)
            change = Change(
                node: registry.node(of: before), fields: [], secondBecause: before.lossBecause)
        } else {
            let after = try registry.changed(
                proposal.key, proposal.fields, packs: packs, file: proposal.id.text)
            let fields = EntryChange(from: before, to: after).fields
            if fields.isEmpty { throw .nothingChanges(proposal.key) }
            change = Change(
                node: registry.node(of: after), fields: fields,
                secondBecause: after.weakeningBecause(from: before))
        }
        let node = change.node ?? NodeID("")
        if let scope {
            let was = before.flatMap { registry.node(of: $0) } ?? node
            guard registry.stands(node, under: scope), registry.stands(was, under: scope) else {
                throw .outside(scope: scope, entry: proposal.key)
            }
        }
        return ChangeRequest(
            id: proposal.id, kind: proposal.key.kind, entry: proposal.key.id, node: node,
            isRemoval: proposal.isRemoval, fields: change.fields, reason: proposal.reason,
            proposedBy: subject, proposedAt: now, secondBecause: change.secondBecause,
            state: .pending, reviews: [], clause: rule.clause.text)
    }

    private struct Change {
        var node: NodeID?
        var fields: [FieldChange]
        var secondBecause: String
    }

    private func check(_ proposal: ChangeProposal) throws(ChangeRefusal) {
        let id = proposal.id.text
        if id.isEmpty || id.utf8.count > RegistryLimits.idMax
            || !id.utf8.allSatisfy(isIdentifierByte)
        {
            throw .unusable(
                "The id of the request \"\(id)\" is none; write at most \(RegistryLimits.idMax) "
                    + "letters, digits and - _ . :")
        }
        if proposal.reason.isEmpty || proposal.reason.count > RegistryLimits.reasonMax {
            throw .unusable(
                "A request needs a reason of at most \(RegistryLimits.reasonMax) characters.")
        }
    }

    // MARK: Review

    /// The request after a review, and whether it is now to be applied.
    func reviewed(
        _ id: ChangeID, _ verdict: ChangeRequest.Review.Verdict, reason: String,
        by subject: String, at node: NodeID, registry: Registry, now: Instant
    ) throws(ChangeRefusal) -> ChangeRequest {
        guard var request = requests[id] else { throw .unknownRequest(id) }
        // The same review again changes nothing.
        if let own = request.reviews.first(where: { $0.by == subject }) {
            if own.verdict == verdict { return request }
            throw request.isOpen ? .ownRequest(id, subject: subject) : .decided(id, request.state)
        }
        guard request.isOpen else { throw .decided(id, request.state) }
        if request.proposedBy == subject { throw .ownRequest(id, subject: subject) }
        let needed = request.state == .pending ? rule.bodies : rule.secondBodies
        guard let kind = registry.nodes[node]?.kind, needed.contains(kind),
            registry.stands(request.node, under: node)
        else {
            throw .notReviewer(
                subject: subject, node: node, needed: needed, clause: rule.clause.text)
        }
        if verdict == .refuse, reason.isEmpty {
            throw .unusable("A refusal needs a reason; say what should be otherwise.")
        }
        if reason.count > RegistryLimits.reasonMax {
            throw .unusable("Write a reason of at most \(RegistryLimits.reasonMax) characters.")
        }
        request.reviews.append(
            ChangeRequest.Review(by: subject, at: now, verdict: verdict, reason: reason))
        switch (verdict, request.state) {
        case (.refuse, _): request.state = .refused
        case (.accept, .pending) where !request.secondBecause.isEmpty:
            request.state = .awaitingSecond
        case (.accept, _): request.state = .accepted
        }
        return request
    }
}

extension ChangeRequest {
    /// True if a proposal with the same name says the same.
    fileprivate func says(_ proposal: ChangeProposal, by subject: String) -> Bool {
        guard proposal.key == key, proposal.isRemoval == isRemoval, proposal.reason == reason,
            subject == proposedBy
        else { return false }
        return proposal.isRemoval
            || fields.allSatisfy { field in
                proposal.fields.contains { $0.name == field.field && $0.text == field.after }
            }
    }
}
