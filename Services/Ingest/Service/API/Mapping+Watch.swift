import Contracts
import Domain
import IngestCore

extension IngestV1.Presence {
    init(_ record: PresenceRecord, name: String) {
        let since: Instant =
            switch record.presence {
            case .neverHeard: record.registeredAt
            case .online(let since), .offline(let since): since
            }
        self.init(
            kind: record.subject.kind.rawValue, id: record.subject.id, name: name,
            nodeID: record.node.text, state: record.name,
            sinceUnixMs: (record.filedSince ?? since).unixMilliseconds,
            isLongTerm: record.isLongTerm)
    }
}

extension IngestV1.PresenceChange {
    init(_ change: PresenceChange) {
        self.init(
            kind: change.subject.kind.rawValue, id: change.subject.id, from: change.from,
            to: change.to, changedUnixMs: change.at.unixMilliseconds, clause: change.clause)
    }
}

extension IngestV1.Gap {
    /// A gap that lasts has no end.
    init(_ subject: PresenceSubject, node: NodeID, from: Instant, to: Instant?) {
        self.init(
            kind: subject.kind.rawValue, id: subject.id, nodeID: node.text,
            fromUnixMs: from.unixMilliseconds, toUnixMs: to?.unixMilliseconds ?? 0)
    }
}

extension IngestV1.OnlineDuration {
    init(_ time: OnlineTime) {
        self.init(
            dueMs: time.due.milliseconds, connectedMs: time.connected.milliseconds,
            filedMs: time.filed.milliseconds, rate: time.rate.map { UInt32(clamping: $0) })
    }
}

extension IngestV1.OnlineRate {
    init(_ enterprise: EnterpriseOnline, name: String) {
        self.init(
            enterpriseID: enterprise.node.text, name: name,
            points: IngestV1.OnlineDuration(enterprise.points),
            line: IngestV1.OnlineDuration(enterprise.line),
            cameras: IngestV1.OnlineDuration(enterprise.cameras),
            pointCount: UInt32(clamping: enterprise.pointCount),
            silentCount: UInt32(clamping: enterprise.silentCount),
            filedCount: UInt32(clamping: enterprise.filedCount))
    }
}

extension IngestV1.Finding {
    init(_ record: FindingRecord) {
        let kind = record.key.kind
        self.init(
            id: record.id, kind: kind.rawValue, title: kind.title,
            quality: kind.quality.rawValue, entryKind: record.key.of.rawValue,
            entryID: record.key.id, nodeID: record.node.text,
            firstUnixMs: record.firstAt.unixMilliseconds,
            lastUnixMs: record.lastAt.unixMilliseconds,
            clues: record.clues.map { IngestV1.Clue(name: $0.name, text: $0.text) },
            state: record.state.name, goneUnixMs: record.goneAt?.unixMilliseconds ?? 0,
            recordedBy: record.recordedBy, clause: kind.clause.text)
        task = record.state.task.map { task in
            IngestV1.FindingTask(
                text: task.text, dueUnixMs: task.dueAt.unixMilliseconds, by: task.by,
                givenUnixMs: task.at.unixMilliseconds)
        }
        switch record.state {
        case .corrected(_, let done):
            correction = IngestV1.FindingCorrection(
                text: done.text, by: done.by, madeUnixMs: done.at.unixMilliseconds)
        case .verified(let by, let at): (verifiedBy, closedUnixMs) = (by, at.unixMilliseconds)
        case .ended(let at): closedUnixMs = at.unixMilliseconds
        case .reviewed(let by, let reason, let at):
            (verifiedBy, closedReason) = (by, reason)
            closedUnixMs = at.unixMilliseconds
        case .open, .assigned: break
        }
    }
}

extension IngestV1.Connection {
    init(_ one: SourceConnection) {
        self.init(
            hazardSourceID: one.source.text, name: one.name, enterpriseID: one.node.text,
            expected: UInt32(clamping: one.expected), missing: one.missing,
            registered: UInt32(clamping: one.registered),
            connected: UInt32(clamping: one.connected),
            silentPointIDs: one.silent.map(\.text), filed: UInt32(clamping: one.filed))
    }
}
