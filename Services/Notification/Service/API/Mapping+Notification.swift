package import Contracts
import Domain
package import NotificationCore

extension NotificationV1.Case {
    package init(_ one: WarningCase) {
        self.init(
            id: one.id.text, hazardSourceID: one.source.text, hazardSourceName: one.sourceName,
            enterpriseID: one.enterprise.text, enterpriseName: one.enterpriseName,
            level: .init(one.level), highestLevel: .init(one.highest),
            openedAtUnixMs: one.openedAt.unixMilliseconds,
            levelAtUnixMs: one.levelAt.unixMilliseconds,
            closedAtUnixMs: one.closedAt.unixMillisecondsOrZero, cause: one.cause,
            profile: one.profile, circulars: UInt32(clamping: one.circularCount))
    }
}

extension NotificationV1.Notice {
    /// A notice as others may see it: without the telephone number.
    package init(_ notice: Notice) {
        var (personID, personName) = ("", "")
        if case .person(let id, let name, _) = notice.holder {
            (personID, personName) = (id.text, name)
        }
        self.init(
            id: notice.id.text, caseID: notice.caseID.text, reason: .init(notice.reason),
            level: .init(notice.level), role: notice.roles.map(\.text).joined(separator: ","),
            personID: personID, personName: personName, nodeID: notice.node.text,
            nodeName: notice.nodeName, channel: notice.channel.text, text: notice.text,
            clause: notice.clause.text, decidedAtUnixMs: notice.decidedAt.unixMilliseconds,
            dueAtUnixMs: notice.dueAt.unixMilliseconds,
            circularNumber: UInt32(clamping: notice.circularNumber), state: .init(notice.state),
            stateAtUnixMs: notice.stateAt.unixMilliseconds,
            attempts: UInt32(clamping: notice.attempts), channelMessage: notice.channelMessage,
            enterpriseID: notice.enterprise.text, hazardSourceID: notice.source.text)
    }
}

extension NotificationV1.NoticeReason {
    fileprivate init(_ reason: Notice.Reason) {
        switch reason {
        case .levelRaised: self = .levelRaised
        case .levelLowered: self = .levelLowered
        case .closed: self = .closed
        case .circular: self = .circular
        }
    }
}

extension NotificationV1.Due {
    package init(_ due: NotificationMachine.Due) {
        self.init(
            dueAtUnixMs: due.dueAt.unixMilliseconds,
            text: "circular \(due.circularNumber) to \(due.to)", clause: due.clause.text)
    }
}
