import Domain
import NotificationCore
import Policy
import Testing

/// One story about one clause or more, as a regulator could sign it.
struct Scenario: Sendable, CustomTestStringConvertible {
    var file: String
    var line: Int
    /// The articles that it is about, such as `002-WD §10`.
    var clauses: [String]
    var title: String
    var profile: String
    /// The requirements that it covers.
    var rows: [String]
    var steps: [Step]

    var testDescription: String { "\(file):\(line) \(title)" }

    struct Step: Sendable {
        var line: Int
        var at: Instant
        var what: What
    }

    /// What happens, and what then must be so.
    enum What: Sendable {
        case does(Action, refused: Reason?)
        case then(Claim)
    }

    /// What risk says, and what people do.
    enum Action: Sendable {
        case level(WarningLevel, Placement?, since: Instant?)
        case open(RoleID, CaseKind, Placement?, begins: Instant?)
        case fulfil(RoleID, RuleID, proof: [String])
        case declare(RoleID, DeclarationID, proof: [String])
        case confirm(RoleID)
        case registerClearing(RoleID)
        case close(RoleID)
        /// From now on no channel says that a message arrived.
        case stopReceipts
    }

    /// Why something is not taken.
    enum Reason: Sendable, Equatable {
        case notTheirs, notOver, notOwed, onlyByHappening, tooLate
        case without([String])
        case stillOwed([RuleID])
    }

    /// Which obligation: of all its owners or of one, the newest repetition or one.
    struct Subject: Sendable {
        var rule: RuleID
        var owner: RoleID?
        var round: Int?
    }

    enum Claim: Sendable {
        case stands(Subject, ObligationRecord.State)
        case isNotOwed(Subject)
        case wasNeverOwed(RuleID)
        case isDue(Subject, Instant)
        case hasNoTime(Subject)
        case wentTo(RuleID, [RoleID])
        case issued(Document)
        case drafted(DocumentRule.Kind, RuleID, to: [RoleID])
        case told([RoleID], Channel?)
        case reminded([RoleID])
        case isCase(CaseState)
        case isPursued(by: RoleID)
        case nothing(until: Instant)
    }

    enum CaseState: Sendable {
        case open, cleared, closed, announcedLate
        case level(WarningLevel)
    }

    struct Document: Sendable {
        var kind: DocumentRule.Kind
        var rule: RuleID
        var number: Int?
        /// nil: the system.
        var issuer: RoleID?
        var to: [RoleID]
        var copies: [RoleID]
        var serial: String?
    }
}

/// What is wrong in a scenario, or with what it claims.
struct ScenarioMistake: Error, CustomStringConvertible {
    var file: String
    var line: Int
    var text: String

    var description: String { "\(file):\(line): \(text)" }
}
