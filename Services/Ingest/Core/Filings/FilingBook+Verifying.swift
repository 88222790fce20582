import Domain

// What the body that a filing is addressed to says.

extension FilingBook {
    /// The filing after it, or a later end of it, was verified; the same verdict again is nothing
    /// new.
    func verified(
        _ verdict: FilingVerdict, by subject: String, at node: NodeID, registry: Registry,
        now: Instant
    ) throws(FilingRefusal) -> OutageFiling {
        guard var filing = filings[verdict.id] else { throw .unknownFiling(verdict.id) }
        guard registry.stands(filing.addressee, under: node) else {
            throw .notAddressee(
                subject: subject, node: node, addressee: filing.addressee, clause: filing.clause)
        }
        if filing.sentBy == subject || filing.pending?.by == subject {
            throw .ownFiling(verdict.id, subject: subject)
        }
        if !filing.isUnconfirmed {
            if let last = filing.verifications.last, last.says(verdict, by: subject) {
                return filing
            }
            throw .wrongState(
                verdict.id, filing.state, wanted: "nothing of it waits to be verified")
        }
        let mistakes = complaints(about: verdict)
        if !mistakes.isEmpty { throw .unusable(mistakes) }
        let until = filing.pending?.until ?? filing.endAt
        filing.verifications.append(
            OutageFiling.Verification(
                verdict: verdict.verdict, method: verdict.method, finding: verdict.finding,
                evidence: verdict.evidence, until: until, by: subject, node: node, at: now))
        switch (verdict.verdict, filing.state) {
        case (.refuse, .sent): filing.state = .refused
        case (.refuse, _): break
        case (.confirm, _):
            filing.endAt = until
            filing.state = filing.standing(at: now)
        }
        filing.pending = nil
        filing.beginWaiting()
        return filing
    }

    private func complaints(about verdict: FilingVerdict) -> [String] {
        var mistakes = complaints(about: verdict.evidence)
        if verdict.finding.isEmpty || verdict.finding.count > FilingLimits.reasonMax {
            mistakes.append(
                "Write what was found, or why it is refused, in at most "
                    + "\(FilingLimits.reasonMax) characters.")
        }
        if verdict.verdict == .confirm, verdict.evidence.isEmpty {
            mistakes.append(
                "A confirmation names its evidence: at least one file with its SHA-256.")
        }
        return mistakes
    }
}

extension OutageFiling.Verification {
    fileprivate func says(_ verdict: FilingVerdict, by subject: String) -> Bool {
        verdict.verdict == self.verdict && verdict.method == method && verdict.finding == finding
            && verdict.evidence == evidence && by == subject
    }
}
