import Contracts
import Domain

extension IngestV1.Filing {
    /// What the journal says of it in one line.
    var journalLine: String {
        let nudge = nudgeCount == 0 ? "" : ", \(addresseeID) reminded \(nudgeCount) times"
        return "停用报备 filing \(id) \(state)\(nudge): \(enterpriseID) \(cause), "
            + "\(pointIDs.count) points  [\(clause)]"
    }

    var record: Record {
        Record([
            Field("id", "filing", .text(id)),
            Field("enterprise", "enterprise", .text(enterpriseID)),
            Field("state", "state", .text(state)),
            Field("cause", "cause", .text(cause)),
            Field("points", "points", .text(pointIDs.joined(separator: ", "))),
            Field("reason", "reason", .text(reason)),
            Field("start", "start", .time(Instant(unixMilliseconds: startUnixMs))),
            Field("end", "end", .time(Instant(unixMilliseconds: endUnixMs))),
            Field(
                "expected_end", "expected at first",
                .time(Instant(unixMilliseconds: expectedEndUnixMs))),
            Field("disables", "asks to disable", .flag(disables)),
            Field("addressee", "verified by", .text(addresseeID)),
            Field("waits_since", "waits since", .time(Instant(unlessZero: waitsSinceUnixMs))),
            Field("nudges", "reminded", .count(Int64(nudgeCount))),
            Field("nudged", "reminded last", .time(Instant(unlessZero: nudgedUnixMs))),
            Field("sent_by", "sent by", .text(sentBy)),
            Field("sent", "sent", .time(Instant(unixMilliseconds: sentUnixMs))),
            Field(
                "evidence", "evidence", .text(evidence.map(\.name).joined(separator: ", "))),
            Field(
                "extensions", "later ends",
                .records(
                    extensions.map { later in
                        Record([
                            Field(
                                "until", "until",
                                .time(Instant(unixMilliseconds: later.untilUnixMs))),
                            Field("reason", "reason", .text(later.reason)),
                            Field("by", "by", .text(later.by)),
                        ])
                    })),
            Field("verifications", "verified", .records(verifications.map(\.record))),
            Field("ended", "ended", .time(Instant(unlessZero: endedUnixMs))),
            Field("ended_reason", "why ended", .text(endedReason)),
            Field("clause", "clause", .text(clause)),
        ])
    }

    /// The line of a list; `now` says how long it waits.
    func row(at now: Instant) -> Record {
        let waits = Instant(unlessZero: waitsSinceUnixMs)
            .map { (now - $0).milliseconds / 3_600_000 }
        return Record([
            Field("id", "filing", .text(id)),
            Field("enterprise", "enterprise", .text(enterpriseID)),
            Field("state", "state", .text(state)),
            Field("cause", "cause", .text(cause)),
            Field("points", "points", .count(Int64(pointIDs.count))),
            Field("start", "start", .time(Instant(unixMilliseconds: startUnixMs))),
            Field("end", "end", .time(Instant(unixMilliseconds: endUnixMs))),
            Field("addressee", "verified by", .text(addresseeID)),
            Field("waits_hours", "waits, h", waits.map { Cell.count($0) } ?? Cell.none),
            Field("nudges", "reminded", .count(Int64(nudgeCount))),
        ])
    }
}

extension IngestV1.FilingVerification {
    fileprivate var record: Record {
        Record([
            Field("verdict", "verdict", .text(verdict)),
            Field("method", "method", .text(method)),
            Field("finding", "finding", .text(finding)),
            Field("until", "until", .time(Instant(unixMilliseconds: untilUnixMs))),
            Field("by", "by", .text(by)),
            Field("node", "body", .text(nodeID)),
            Field("verified", "when", .time(Instant(unixMilliseconds: verifiedUnixMs))),
            Field(
                "evidence", "evidence", .text(evidence.map(\.name).joined(separator: ", "))),
        ])
    }
}
