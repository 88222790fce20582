import Contracts
import Domain
import RiskCore
package import Runtime
import Storage

extension RiskEffect {
    /// The lines of the journal that it becomes, and the row that follows it.
    package var plans: [EffectPlan] {
        switch self {
        case .publishLevel(let level):
            let record = JournalRecord.levelChanged(RiskV1.Warning(level))
            return [
                .journal(
                    JournalDraft(
                        kind: record.kind.rawValue, subject: level.source.text,
                        node: NodeID(level.enterprise.text), body: record.body))
            ]
        case .publishAlarm(let alarm, let news):
            let message = RiskV1.Alarm(alarm)
            let record: JournalRecord =
                switch news {
                case .raised: .alarmRaised(message)
                case .changed: .alarmChanged(message)
                case .cleared: .alarmCleared(message)
                case .removed: .alarmRemoved(message)
                }
            let (node, body) = (NodeID(alarm.enterprise.text), record.body)
            return [
                .journal(
                    JournalDraft(
                        kind: record.kind.rawValue, subject: alarm.id.text, node: node,
                        body: body)),
                .table { db in
                    try AlarmTable.put(
                        id: alarm.id.text, source: alarm.source.text, node: node.text,
                        isStanding: alarm.isStanding, body: body, in: db)
                },
            ]
        }
    }
}
