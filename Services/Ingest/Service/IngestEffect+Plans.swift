import Contracts
import Domain
package import IngestCore
package import Runtime
import Storage

extension IngestMachine.Effect {
    /// The lines of the journal that it becomes, and the rows that follow it.
    package var plans: [EffectPlan] {
        switch self {
        case .registry(let effect): [.journal(JournalDraft(effect))]
        case .camera(let effect): [.journal(JournalDraft(effect))]
        case .commitment(let effect): effect.plans
        case .filing(.changed(let filing)): filing.plans
        case .watch(let effect): effect.plans
        case .cleaning(let effect): effect.plans
        case .link(let effect): effect.plans
        }
    }
}

extension CommitmentEffect {
    fileprivate var plans: [EffectPlan] {
        switch self {
        case .filed(let commitment): commitment.plans
        case .missed(let missed):
            [
                line(
                    .commitmentMissed(.init(missed)), subject: missed.enterprise.text,
                    node: missed.node), missed.row,
            ]
        case .handled(let missed):
            [
                line(
                    .commitmentHandled(.init(missed)), subject: missed.enterprise.text,
                    node: missed.node), missed.row,
            ]
        case .delegated(let delegation):
            [
                line(
                    .delegationChanged(.init(delegation)), subject: delegation.enterprise.text,
                    node: delegation.node)
            ]
        }
    }
}

extension IngestCore.Commitment {
    fileprivate var plans: [EffectPlan] {
        let record = JournalRecord.commitmentFiled(.init(self))
        let (day, enterprise, body) = (day.text, enterprise.text, record.body)
        let standing: CommitmentStanding = isLate ? .late : .inTime
        return [
            line(record, subject: enterprise, node: node),
            .table { db in
                try CommitmentTables.putCommitment(
                    day: day, enterprise: enterprise, standing: standing, body: body, in: db)
            },
        ]
    }
}

extension OutageFiling {
    fileprivate var plans: [EffectPlan] {
        let record = JournalRecord.filingChanged(.init(self))
        let body = record.body
        return [
            line(record, subject: id.text, node: node),
            .table { db in try FilingTables.put(self, body: body, in: db) },
        ]
    }
}

extension IngestCore.MissedCommitment {
    fileprivate var row: EffectPlan {
        let (day, enterprise, isHandled) = (day.text, enterprise.text, !handlings.isEmpty)
        let body = IngestV1.MissedCommitment(self).serialized()
        return .table { db in
            try CommitmentTables.putMissed(
                day: day, enterprise: enterprise, isHandled: isHandled, body: body, in: db)
        }
    }
}

extension WatchEffect {
    fileprivate var plans: [EffectPlan] {
        switch self {
        case .presence(let change):
            [
                line(
                    .presenceChanged(.init(change)), subject: change.subject.id, node: change.node)
            ]
        case .gap(let subject, let node, let span):
            [.table { db in try GapTable.put(subject, node: node, span, in: db) }]
        case .finding(.opened(let record)): record.plans { .findingOpened($0) }
        case .finding(.changed(let record)): record.plans { .findingChanged($0) }
        case .finding(.closed(let record)): record.plans { .findingClosed($0) }
        }
    }
}

extension LinkEffect {
    fileprivate var plans: [EffectPlan] {
        let change = IngestV1.LinkChange(self)
        return [line(.linkChanged(change), subject: change.nodeID, node: NodeID(change.nodeID))]
    }
}

extension FindingRecord {
    fileprivate func plans(_ journal: (IngestV1.Finding) -> JournalRecord) -> [EffectPlan] {
        let record = journal(IngestV1.Finding(self))
        let body = record.body
        return [
            line(record, subject: id, node: node),
            .table { db in try FindingTable.put(self, body: body, in: db) },
        ]
    }
}

extension CleaningEffect {
    fileprivate var plans: [EffectPlan] {
        switch self {
        case .checkedIn(let one):
            let record = JournalRecord.cleaningCheckedIn(.init(one))
            let body = record.body
            return [
                line(record, subject: one.area.key.id, node: one.area.node),
                .table { db in
                    try CleaningTable.add(
                        id: one.id.text, day: one.day, at: one.cleanedAt.unixMilliseconds,
                        enterprise: one.area.enterprise.text, state: "done", body: body, in: db)
                },
            ]
        case .missed(let missed):
            let record = JournalRecord.cleaningMissed(.init(missed))
            let body = record.body
            return [
                line(record, subject: missed.area.key.id, node: missed.area.node),
                .table { db in
                    try CleaningTable.add(
                        id: nil, day: missed.day, at: missed.dueAt.unixMilliseconds,
                        enterprise: missed.area.enterprise.text, state: "missed", body: body,
                        in: db)
                },
            ]
        }
    }
}

private func line(_ record: JournalRecord, subject: String, node: NodeID) -> EffectPlan {
    .journal(
        JournalDraft(kind: record.kind.rawValue, subject: subject, node: node, body: record.body))
}
