package import Domain
package import Policy

/// What is put on record of an obligation each time something happens to it 履行记录.
package struct ObligationRecord: Equatable, Sendable {
    package enum State: String, CaseIterable, Sendable {
        /// It is owed, and its time has not passed.
        case open
        case met
        /// Done, after its time.
        case late
        /// Its time has passed, and it is owed still.
        case missed
        /// Over without fault.
        case excused
        /// A higher level took its place.
        case superseded
        /// Over, and never done.
        case ended
    }

    package var caseID: CaseID
    /// Which obligation of its case, from 1, and which repetition.
    package var number: Int
    package var round: Int
    package var rule: RuleID
    package var title: String
    /// nil: the system.
    package var owner: RoleID?
    package var ownerName: String
    /// The body or enterprise whose duty it is; for the system, where the case belongs.
    package var node: NodeID
    package var level: WarningLevel?
    package var openedAt: Instant
    package var dueAt: Instant?
    package var isDueBefore: Bool
    package var state: State
    /// When it came to that state by the rules.
    package var stateAt: Instant
    /// Who did it, or the fact that ended it.
    package var by: String
    package var proof: [ProofValue]
    package var clause: Clause
    package var isDemanded: Bool
    package var isDrill: Bool

    /// `s1-4#2.1`: the same for all that happens to it.
    package var id: String { "\(caseID)#\(number).\(round)" }
}

/// A document that was issued, or waits as a draft to be 文书.
package struct DocumentRecord: Equatable, Sendable {
    package var id: String
    package var caseID: CaseID
    package var kind: DocumentRule.Kind
    /// Empty while it is a draft: `警示通报〔2021〕3号`.
    package var serial: String
    package var rule: RuleID
    /// The obligation whose owner issues it; 0: the system issued it.
    package var obligation: Int
    package var issuer: String
    package var issuerNode: NodeID
    package var addressees: [String]
    package var text: String
    package var dueAt: Instant
    /// nil while it is a draft.
    package var issuedAt: Instant?
    package var issuedBy: String
    package var clause: Clause
    package var isDrill: Bool
}

/// What somebody declared in a case 申报.
package struct DeclarationRecord: Equatable, Sendable {
    package var caseID: CaseID
    package var declaration: DeclarationID
    package var title: String
    /// The caller's, one in a case.
    package var key: String
    package var by: Actor
    package var at: Instant
    package var proof: [ProofValue]
    package var clause: Clause
}
