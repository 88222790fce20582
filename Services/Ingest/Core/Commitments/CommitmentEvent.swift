package import Domain

/// What happened to commitments.
package enum CommitmentEvent: Sendable, Equatable {
    case filed(CommitmentDraft, by: String)
    case delegated(DelegationDraft, by: String)
    case delegationEnded(DelegationID, by: String)
    /// Somebody of the body `node` did something about a missed day; nil: an administrator of all.
    case handled(HandlingDraft, by: String, node: NodeID?)
}

/// What an enterprise sends as its commitment.
package struct CommitmentDraft: Hashable, Sendable {
    package var enterprise: EnterpriseID
    package var day: CalendarDay
    package var content: CommitmentContent

    package init(enterprise: EnterpriseID, day: CalendarDay, content: CommitmentContent) {
        (self.enterprise, self.day, self.content) = (enterprise, day, content)
    }
}

/// What a principal sends to let somebody else sign.
package struct DelegationDraft: Hashable, Sendable {
    package var id: DelegationID
    package var enterprise: EnterpriseID
    package var delegate: PersonID
    package var from: CalendarDay
    package var to: CalendarDay
    package var reason: String

    package init(
        id: DelegationID, enterprise: EnterpriseID, delegate: PersonID, from: CalendarDay,
        to: CalendarDay, reason: String
    ) {
        (self.id, self.enterprise, self.delegate) = (id, enterprise, delegate)
        (self.from, self.to, self.reason) = (from, to, reason)
    }
}

/// What a body sends about a missed day.
package struct HandlingDraft: Hashable, Sendable {
    package var id: HandlingID
    package var enterprise: EnterpriseID
    package var day: CalendarDay
    package var measure: String
    package var text: String

    package init(
        id: HandlingID, enterprise: EnterpriseID, day: CalendarDay, measure: String, text: String
    ) {
        (self.id, self.enterprise, self.day) = (id, enterprise, day)
        (self.measure, self.text) = (measure, text)
    }
}

/// What the book decided.
package enum CommitmentEffect: Sendable, Equatable {
    /// Sent, or corrected.
    case filed(Commitment)
    /// Not there at its time.
    case missed(MissedCommitment)
    /// A missed day was dealt with.
    case handled(MissedCommitment)
    /// An authority to sign was filed or taken back.
    case delegated(Delegation)
}

/// One stored part of the book.
package enum CommitmentPart: Codable, Hashable, Sendable {
    case commitment(Commitment)
    case missed(MissedCommitment)
    case delegation(Delegation)
    /// The last day of which it is decided who missed it.
    case decided(CalendarDay)
}

/// Why something about commitments was not taken; nothing has changed.
package enum CommitmentRefusal: Error, Equatable, Sendable {
    /// What is wrong with it: every mistake, as sentences.
    case unusable([String])
    case unknownEnterprise(EnterpriseID)
    /// Only the commitment of the day itself is taken.
    case notToday(CalendarDay, today: CalendarDay)
    /// Who may sign: the principals of the enterprise, and whom they let.
    case notSigner(subject: String, EnterpriseID, signers: [PersonID])
    /// Only the principal lets others sign.
    case notPrincipal(subject: String, EnterpriseID, principals: [PersonID])
    /// It is late by this time and gives no reason.
    case lateWithoutReason(dueAt: Instant, codes: [String], clause: String)
    /// There is one already, and no reason says why it should say something else.
    case correctionWithoutReason(EnterpriseID, CalendarDay, sentAt: Instant)
    case nameTaken(String)
    case unknownDelegation(DelegationID)
    /// That day is not missed, or no longer kept.
    case notMissed(EnterpriseID, CalendarDay)
    /// Only a body above the enterprise handles it.
    case notAbove(subject: String, node: NodeID, EnterpriseID)
}
