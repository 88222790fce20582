package import Contracts
import Domain
package import NotificationCore
package import Policy

extension NotificationV1.Case {
    package init(_ one: Case) {
        self.init(
            id: one.id.text, hazardSourceID: one.source?.text ?? "",
            hazardSourceName: one.sourceName, enterpriseID: one.enterprise?.text ?? "",
            enterpriseName: one.enterpriseName, level: one.level.wire,
            highestLevel: one.highest.wire, openedAtUnixMs: one.openedAt.unixMilliseconds,
            levelAtUnixMs: one.levelAt.unixMilliseconds,
            closedAtUnixMs: one.closedAt.unixMillisecondsOrZero, cause: one.cause,
            profile: one.profile, circulars: UInt32(clamping: one.circularCount),
            kind: .init(one.kind), isDrill: one.isDrill,
            clearedAtUnixMs: one.clearedAt.unixMillisecondsOrZero, nodeID: one.node.text,
            openedBy: one.openedBy)
    }
}

extension NotificationV1.Notice {
    /// A notice as others may see it: without the telephone number.
    package init(_ notice: Notice) {
        var (personID, personName) = ("", "")
        if case .person(let id, let name, _, _) = notice.holder {
            (personID, personName) = (id.text, name)
        }
        self.init(
            id: notice.id.text, caseID: notice.caseID.text, reason: .init(notice.reason),
            level: notice.level.wire, role: notice.roles.map(\.text).joined(separator: ","),
            personID: personID, personName: personName, nodeID: notice.node.text,
            nodeName: notice.nodeName, channel: notice.channel.text, text: notice.text,
            clause: notice.clause.text, decidedAtUnixMs: notice.decidedAt.unixMilliseconds,
            dueAtUnixMs: notice.dueAt.unixMilliseconds,
            circularNumber: UInt32(clamping: notice.circularNumber), state: .init(notice.state),
            stateAtUnixMs: notice.stateAt.unixMilliseconds,
            attempts: UInt32(clamping: notice.attempts), channelMessage: notice.channelMessage,
            enterpriseID: notice.caseNode.text, hazardSourceID: notice.source?.text ?? "",
            isDrill: notice.isDrill, obligation: UInt32(clamping: notice.obligation),
            documentID: notice.document, followsNoticeID: notice.follows,
            unanswered: UInt32(clamping: notice.unanswered))
    }
}

extension NotificationV1.NoticeReason {
    fileprivate init(_ reason: Notice.Reason) {
        switch reason {
        case .levelRaised: self = .levelRaised
        case .levelLowered: self = .levelLowered
        case .closed: self = .closed
        case .circular: self = .circular
        case .document: self = .document
        case .obligation: self = .obligation
        case .event: self = .event
        }
    }
}

extension NotificationV1.CaseKind {
    package init(_ kind: CaseKind) {
        switch kind {
        case .warning: self = .warning
        case .emergency: self = .emergency
        case .offline: self = .offline
        case .finding: self = .finding
        case .plannedWork: self = .plannedWork
        }
    }
}

extension CaseKind {
    /// nil: unspecified, or one that this version does not know.
    init?(_ kind: NotificationV1.CaseKind) {
        guard
            let known = Self.allCases.first(where: {
                NotificationV1.CaseKind($0).rawValue == kind.rawValue
            })
        else { return nil }
        self = known
    }
}

extension WarningLevel? {
    /// Unspecified for none.
    var wire: CommonV1.WarningLevel { map(CommonV1.WarningLevel.init) ?? .unspecified }
}
