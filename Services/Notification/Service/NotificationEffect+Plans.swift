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
        case .publishObligation(let record): Self.plans(record)
        case .publishDocument(let record): Self.plans(record)
        case .publishDeclaration(let record): Self.plans(record)
        case .publishProfile(let profile):
            [
                Self.line(
                    .profileAdopted(.init(profile: profile.name, title: profile.title)),
                    subject: profile.name, node: NodeID(""))
            ]
        case .publishNotice(let notice): Self.plans(notice, isNew: true)
        case .publishDelivery(let notice): Self.plans(notice, isNew: false)
        case .handOver(let notice, let attempt):
            [.act(HandOver(notice: notice, attempt: attempt).draft)]
        case .settleHandOver(let key): [.settled(key: key)]
        }
    }

    private static func line(
        _ record: JournalRecord, subject: String, node: NodeID
    ) -> EffectPlan {
        .journal(
            JournalDraft(
                kind: record.kind.rawValue, subject: subject, node: node, body: record.body))
    }

    private static func plans(_ one: Case, _ news: CaseNews) -> [EffectPlan] {
        let message = NotificationV1.Case(one)
        let record: JournalRecord =
            switch news {
            case .opened: .caseOpened(message)
            case .levelChanged: .caseLevelChanged(message)
            case .cleared: .caseCleared(message)
            case .closed: .caseClosed(message)
            }
        return [
            line(record, subject: one.id.text, node: one.node), row(of: one, body: record.body),
        ]
    }

    private static func row(of one: Case, body: [UInt8]) -> EffectPlan {
        let (id, node, isOpen) = (one.id.text, one.node.text, one.closedAt == nil)
        return .table { db in
            try CaseTables.putCase(id: id, node: node, isOpen: isOpen, body: body, in: db)
        }
    }

    private static func plans(_ record: ObligationRecord) -> [EffectPlan] {
        let entry = JournalRecord.obligationChanged(.init(record))
        let (id, caseID, node, body) = (
            record.id, record.caseID.text, record.node.text, entry.body
        )
        return [
            line(entry, subject: caseID, node: record.node),
            .table { db in
                try RecordTables.put(
                    .obligation, id: id, caseID: caseID, node: node, body: body, in: db)
            },
        ]
    }

    private static func plans(_ record: DocumentRecord) -> [EffectPlan] {
        let message = NotificationV1.Document(record)
        let entry: JournalRecord =
            record.issuedAt == nil ? .documentDrafted(message) : .documentIssued(message)
        let (id, caseID, node, body) = (
            record.id, record.caseID.text, record.issuerNode.text, entry.body
        )
        return [
            line(entry, subject: caseID, node: record.issuerNode),
            .table { db in
                try RecordTables.put(
                    .document, id: id, caseID: caseID, node: node, body: body, in: db)
            },
        ]
    }

    private static func plans(_ record: DeclarationRecord) -> [EffectPlan] {
        let entry = JournalRecord.declared(.init(record))
        let (caseID, node, body) = (record.caseID.text, record.by.node, entry.body)
        let id =
            record.key.isEmpty
            ? "\(caseID)/\(record.declaration)/\(record.at.unixMilliseconds)"
            : declarationID(record.key, in: record.caseID)
        return [
            line(entry, subject: caseID, node: node),
            .table { db in
                try RecordTables.put(
                    .declaration, id: id, caseID: caseID, node: node.text, body: body, in: db)
            },
        ]
    }

    /// What the table calls a declaration: the caller's key is one in a case.
    static func declarationID(_ key: String, in caseID: CaseID) -> String { "\(caseID)/\(key)" }

    private static func plans(_ notice: Notice, isNew: Bool) -> [EffectPlan] {
        let message = NotificationV1.Notice(notice)
        let record: JournalRecord = isNew ? .noticeQueued(message) : .noticeDelivery(message)
        let (id, body) = (notice.id.text, record.body)
        let place = CaseTables.Place(
            caseID: notice.caseID.text, node: notice.node.text,
            channel: notice.channel.rawValue, state: notice.state.rawValue)
        return [
            line(record, subject: notice.caseID.text, node: notice.node),
            .table { db in try CaseTables.putNotice(id: id, at: place, body: body, in: db) },
        ]
    }
}
