import Contracts
import Domain

extension IngestV1.Link {
    var record: Record {
        Record([
            Field("node", "node", .text(nodeID)),
            Field("direction", "direction", .text(direction)),
            Field("connected", "connected", .flag(isConnected)),
            Field("since", "since", .time(Instant(unlessZero: sinceUnixMs))),
            Field("last_heard", "last heard", .time(Instant(unlessZero: lastHeardUnixMs))),
            Field("waiting_batches", "waiting", .position(waitingBatches)),
            Field("oldest_waiting", "since", .time(Instant(unlessZero: oldestWaitingUnixMs))),
            Field("position", "position", .position(position)),
            Field("head_position", nil, .position(headPosition)),
            Field("journal_seq", "journal", .position(journalSeq)),
            Field("journal_hash", nil, .text(journalHash)),
            Field("refused_entries", "refused entries", .count(Int64(refusedEntries))),
            Field("refused_batches", "refused batches", .position(refusedBatches)),
            Field("refused_readings", "refused readings", .position(refusedReadings)),
            Field("given_up_batches", "given up", .position(givenUpBatches)),
            Field("last_refusal", nil, .text(lastRefusal)),
            Field("address", nil, .text(address)),
            Field("trouble", "trouble", .text(isConnected ? "" : trouble)),
            Field("refusals", nil, .records(refusals.map { $0.record(of: nodeID) })),
        ])
    }
}

extension IngestV1.LinkRefusal {
    func record(of link: String) -> Record {
        Record([
            Field("link", "link", .text(link)), Field("kind", "refused", .text(kind)),
            Field("id", "id", .text(id)), Field("reason", "why", .text(reason)),
        ])
    }
}

extension IngestV1.LinkChange {
    var journalLine: String {
        "级联 link \(event): \(nodeID)  journal \(journalSeq), refused \(refusedEntries)  \(reason)"
    }

    var record: Record {
        Record([
            Field("node", "node", .text(nodeID)), Field("event", "event", .text(event)),
            Field("journal_seq", "journal", .position(journalSeq)),
            Field("refused_entries", "refused entries", .count(Int64(refusedEntries))),
            Field("by", "by", .text(by)), Field("reason", "reason", .text(reason)),
        ])
    }
}
