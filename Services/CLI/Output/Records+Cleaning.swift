import Contracts
import Domain

extension IngestV1.Cleaning {
    /// What the journal says of it in one line.
    var journalLine: String {
        let what = state == "missed" ? "清扫逾期 cleaning missed" : "清扫打卡 cleaned"
        let who = by.isEmpty ? "" : " by \(by)"
        return "\(what): \(enterpriseID) \(areaName) \(areaID)\(who)  [\(clause)]"
    }

    var record: Record {
        Record([
            Field("id", "check-in", .text(id)),
            Field("area_kind", nil, .text(areaKind)), Field("area", "area", .text(areaID)),
            Field("name", "name", .text(areaName)),
            Field("enterprise", "enterprise", .text(enterpriseID)),
            Field("state", "state", .text(state)),
            Field("cleaned", "cleaned", .time(Instant(unixMilliseconds: cleanedUnixMs))),
            Field("due", "was due", .time(Instant(unixMilliseconds: dueUnixMs))),
            Field("from", nil, .time(Instant(unixMilliseconds: fromUnixMs))),
            Field("decided", nil, .time(Instant(unixMilliseconds: decidedUnixMs))),
            Field("by", "by", .text(by)),
            Field("longitude", nil, .number(longitude)), Field("latitude", nil, .number(latitude)),
            Field("remark", "remark", .text(remark)),
            Field("photo_sha256", nil, .text(photoSha256)),
            Field("clause", "clause", .text(clause)),
        ])
    }
}

extension IngestV1.CleaningArea {
    var record: Record {
        Record([
            Field("area_kind", nil, .text(areaKind)), Field("area", "area", .text(areaID)),
            Field("name", "name", .text(name)),
            Field("enterprise", "enterprise", .text(enterpriseID)),
            Field("every", "every", .text(TimeText.text(Interval(milliseconds: everyMs)))),
            Field("clean_by", "by", .text(cleanBy)),
            Field("last", "last cleaned", .time(Instant(unixMilliseconds: lastUnixMs))),
            Field("due", "due before", .time(Instant(unixMilliseconds: dueUnixMs))),
            Field("is_done", "done", .flag(isDone)),
            Field("missed", "missed in a row", .count(Int64(missedCount))),
            Field("clause", "clause", .text(clause)),
        ])
    }
}
