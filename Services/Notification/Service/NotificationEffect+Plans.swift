import Contracts
import Domain
package import NotificationCore
package import Runtime
import Storage

extension NotificationEffect {
    /// The lines of the journal that it becomes, the rows that follow it, and what is to be done.
    package var plans: [EffectPlan] {
        switch self {
        case .publishCase(let one, let news): Self.plans(one, news)
        case .showCase(let one): [Self.row(of: one, body: NotificationV1.Case(one).serialized())]
        case .publishNotice(let notice): Self.plans(notice, isNew: true)
        case .publishDelivery(let notice): Self.plans(notice, isNew: false)
        case .handOver(let notice, let attempt):
            [.act(HandOver(notice: notice, attempt: attempt).draft)]
        case .settleHandOver(let key): [.settled(key: key)]
        }
    }

    private static func plans(_ one: WarningCase, _ news: CaseNews) -> [EffectPlan] {
        let message = NotificationV1.Case(one)
        let record: JournalRecord =
            switch news {
            case .opened: .caseOpened(message)
            case .levelChanged: .caseLevelChanged(message)
            case .closed: .caseClosed(message)
            }
        let body = record.body
        return [
            .journal(
                JournalDraft(
                    kind: record.kind.rawValue, subject: one.id.text, node: one.node, body: body)),
            row(of: one, body: body),
        ]
    }

    private static func row(of one: WarningCase, body: [UInt8]) -> EffectPlan {
        let (id, node, isOpen) = (one.id.text, one.node.text, one.closedAt == nil)
        return .table { db in
            try CaseTables.putCase(id: id, node: node, isOpen: isOpen, body: body, in: db)
        }
    }

    private static func plans(_ notice: Notice, isNew: Bool) -> [EffectPlan] {
        let message = NotificationV1.Notice(notice)
        let record: JournalRecord = isNew ? .noticeQueued(message) : .noticeDelivery(message)
        let (id, body) = (notice.id.text, record.body)
        let place = CaseTables.Place(
            caseID: notice.caseID.text, node: notice.node.text,
            channel: notice.channel.rawValue, state: notice.state.rawValue)
        return [
            .journal(
                JournalDraft(
                    kind: record.kind.rawValue, subject: notice.caseID.text, node: notice.node,
                    body: body)),
            .table { db in try CaseTables.putNotice(id: id, at: place, body: body, in: db) },
        ]
    }
}
