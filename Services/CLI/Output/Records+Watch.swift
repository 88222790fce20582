import Contracts
import Domain

extension IngestV1.Presence {
    var record: Record {
        Record([
            Field("kind", "kind", .text(kind)), Field("id", "id", .text(id)),
            Field("name", "name", .text(name)), Field("node", "belongs to", .text(nodeID)),
            Field("state", "state", .text(state)),
            Field("since", "since", .time(Instant(unixMilliseconds: sinceUnixMs))),
            Field("is_long_term", "long-term", .flag(isLongTerm)),
        ])
    }
}

extension IngestV1.Gap {
    var record: Record {
        Record([
            Field("kind", "kind", .text(kind)), Field("id", "id", .text(id)),
            Field("node", "belongs to", .text(nodeID)),
            Field("from", "last heard", .time(Instant(unixMilliseconds: fromUnixMs))),
            Field("to", "heard again", .time(Instant(unixMilliseconds: toUnixMs))),
        ])
    }
}

extension IngestV1.OnlineRate {
    var record: Record {
        Record([
            Field("enterprise", "enterprise", .text(enterpriseID)),
            Field("name", "name", .text(name)),
            Field("points", "points", .text(points.percent)),
            Field("line", "gateways", .text(line.percent)),
            Field("cameras", "cameras", .text(cameras.percent)),
            Field("point_count", "of points", .count(Int64(pointCount))),
            Field("silent_count", "silent", .count(Int64(silentCount))),
            Field("filed_count", "filed", .count(Int64(filedCount))),
            Field("filed_ms", nil, .count(points?.filedMs ?? 0)),
        ])
    }
}

extension IngestV1.OnlineDuration? {
    /// `99.51 %`; of nothing that was due, a dash.
    fileprivate var percent: String {
        guard let rate = self?.rate else { return "-" }
        let rest = rate % 100
        return "\(rate / 100).\(rest < 10 ? "0" : "")\(rest) %"
    }
}

extension IngestV1.Connection {
    var record: Record {
        Record([
            Field("source", "source", .text(hazardSourceID)), Field("name", "name", .text(name)),
            Field("enterprise", "enterprise", .text(enterpriseID)),
            Field("expected", "expected", .count(Int64(expected))),
            Field("missing", "missing", .text(missing.joined(separator: "; "))),
            Field("registered", "points", .count(Int64(registered))),
            Field("connected", "connected", .count(Int64(connected))),
            Field("filed", "filed", .count(Int64(filed))),
            Field("silent", "silent", .text(silentPointIDs.joined(separator: ", "))),
        ])
    }
}

extension IngestV1.PresenceChange {
    /// What the journal says of it in one line.
    var journalLine: String { "联网 \(kind) \(id): \(from) to \(to)  [\(clause)]" }

    var record: Record {
        Record([
            Field("kind", "kind", .text(kind)), Field("id", "id", .text(id)),
            Field("from", "from", .text(from)), Field("to", "to", .text(to)),
            Field("changed", "since", .time(Instant(unixMilliseconds: changedUnixMs))),
            Field("clause", "clause", .text(clause)),
        ])
    }
}

extension IngestV1.Finding {
    /// What the journal says of it in one line.
    var journalLine: String {
        let some = clues.prefix(3).map { "\($0.name) \($0.text)" }.joined(separator: ", ")
        return "问题 \(title) \(state): \(entryKind) \(entryID), \(some)  [\(clause)]"
    }

    /// The line of a list.
    var row: Record {
        Record(
            record.fields.map { field in
                var field = field
                if !Self.listed.contains(field.key) { field.heading = nil }
                return field
            })
    }

    private static let listed: Set = ["id", "title", "node", "first", "clues", "state", "due"]

    private var shown: String {
        clues.map { "\($0.name): \($0.text)" }.joined(separator: "; ")
    }
}

extension IngestV1.Finding {
    var record: Record {
        Record([
            Field("id", "finding", .text(id)), Field("kind", nil, .text(kind)),
            Field("title", "what", .text(title)), Field("quality", nil, .text(quality)),
            Field("node", "belongs to", .text(nodeID)),
            Field("first", "since", .time(Instant(unixMilliseconds: firstUnixMs))),
            Field("last", "last", .time(Instant(unixMilliseconds: lastUnixMs))),
            Field(
                "clues", "shown by",
                .text(shown)),
            Field("state", "state", .text(state)),
            Field("task", "to be done", task.map { .text($0.text) } ?? .none),
            Field(
                "due", "by", .time(task.map { Instant(unixMilliseconds: $0.dueUnixMs) })),
            Field("correction", "done", correction.map { .text($0.text) } ?? .none),
            Field("closed", nil, .time(Instant(unixMilliseconds: closedUnixMs))),
            Field("closed_reason", nil, .text(closedReason)),
            Field("gone", nil, .time(Instant(unixMilliseconds: goneUnixMs))),
            Field("recorded_by", nil, .text(recordedBy)),
            Field("verified_by", nil, .text(verifiedBy)),
            Field("clause", "clause", .text(clause)),
        ])
    }
}
