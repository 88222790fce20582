package import Domain

/// What an enterprise sends to file an outage.
package struct FilingDraft: Hashable, Sendable {
    package var id: FilingID
    package var enterprise: EnterpriseID
    package var points: [PointID] = []
    package var devices: [DeviceID] = []
    package var cause: OutageFiling.Cause
    package var reason: String
    package var startAt: Instant
    package var endAt: Instant
    package var disables = false
    package var evidence: [Evidence] = []

    package init(
        id: FilingID, enterprise: EnterpriseID, cause: OutageFiling.Cause, reason: String,
        startAt: Instant, endAt: Instant
    ) {
        (self.id, self.enterprise) = (id, enterprise)
        (self.cause, self.reason) = (cause, reason)
        (self.startAt, self.endAt) = (startAt, endAt)
    }
}

/// What whoever verifies a filing sends.
package struct FilingVerdict: Hashable, Sendable {
    package var id: FilingID
    package var verdict: OutageFiling.Verification.Verdict
    package var method: OutageFiling.Method
    package var finding: String
    package var evidence: [Evidence]

    package init(
        id: FilingID, verdict: OutageFiling.Verification.Verdict, method: OutageFiling.Method,
        finding: String, evidence: [Evidence]
    ) {
        (self.id, self.verdict, self.method) = (id, verdict, method)
        (self.finding, self.evidence) = (finding, evidence)
    }
}

/// What happened to filings.
package enum FilingEvent: Sendable, Equatable {
    case sent(FilingDraft, by: String)
    /// Somebody of the body `node` verified a filing or a later end.
    case verified(FilingVerdict, by: String, node: NodeID)
    /// The enterprise wants a later end.
    case extended(FilingID, until: Instant, reason: String, by: String)
    /// The enterprise is done earlier; what has not begun is taken back.
    case ended(FilingID, reason: String, by: String)
}

/// A filing as it stands after something happened to it.
package enum FilingEffect: Sendable, Equatable {
    case changed(OutageFiling)
}

/// Why a filing was not taken; nothing has changed.
package enum FilingRefusal: Error, Equatable, Sendable {
    /// What is wrong with it: every mistake, as sentences.
    case unusable([String])
    /// The name is that of another filing.
    case nameTaken(FilingID)
    case unknownFiling(FilingID)
    case unknownEnterprise(EnterpriseID)
    /// No body of these kinds stands above the enterprise.
    case noAddressee(EnterpriseID, kinds: [NodeKind], clause: String)
    /// Only an officer of the enterprise files for it.
    case notOfficer(subject: String, EnterpriseID)
    /// Only the body that it is addressed to, or one above it, verifies.
    case notAddressee(subject: String, node: NodeID, addressee: NodeID, clause: String)
    /// Who filed it cannot verify it.
    case ownFiling(FilingID, subject: String)
    /// It has come too far for that.
    case wrongState(FilingID, OutageFiling.State, wanted: String)
}
