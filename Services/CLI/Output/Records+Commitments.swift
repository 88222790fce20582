import Contracts
import Domain

extension IngestV1.Commitment {
    /// What the journal says of it in one line.
    var journalLine: String {
        let what = versions.count > 1 ? "承诺更正 commitment corrected" : "承诺 commitment"
        let late = isLate ? " late" : ""
        return "\(what): \(enterpriseID) \(day)\(late)  by \(versions.last?.signedBy ?? "")"
    }

    /// All that it says, as it stands.
    var record: Record {
        let latest = versions.last ?? IngestV1.CommitmentVersion()
        return Record([
            Field("enterprise", "enterprise", .text(enterpriseID)),
            Field("day", "day", .text(day)),
            Field("due", "due", .time(Instant(unlessZero: dueUnixMs))),
            Field("sent", "sent", .time(Instant(unlessZero: sentUnixMs))),
            Field("is_late", "late", .flag(isLate)),
            Field("late_reason", "why late", .text(latest.late)),
            Field("signed_by", "signed by", .text(latest.signer)),
            Field("delegation", "by authority", .text(latest.delegationID)),
            Field("versions", "versions", .count(Int64(versions.count))),
            Field("correction_reason", "why corrected", .text(latest.correctionReason)),
            Field("items", "items", .records(latest.items.map(\.record))),
            Field("works", "works", .records(latest.works.map(\.record))),
            Field("form", nil, .text(latest.form)),
            Field("clause", "clause", .text(clause)),
        ])
    }
}

extension IngestV1.CommitmentVersion {
    fileprivate var late: String {
        [lateReason, lateText].filter { !$0.isEmpty }.joined(separator: ": ")
    }

    fileprivate var signer: String {
        signedName.isEmpty ? signedBy : "\(signedBy) \(signedName)"
    }
}

extension IngestV1.CommitmentItem {
    fileprivate var record: Record {
        let answer: Cell =
            switch value {
            case .number(let number)?: .count(number)
            case .flag(let flag)?: .flag(flag)
            case .choice(let text)?, .text(let text)?: .text(text)
            case nil: .none
            }
        return Record([Field("item", "item", .text(id)), Field("answer", "answer", answer)])
    }

    /// What tells a day from a quiet one, for a line of a list; nil: zero, no, and long texts.
    fileprivate var news: String? {
        switch value {
        case .number(let number)?: number == 0 ? nil : "\(id) \(number)"
        case .flag(let flag)?: flag ? id : nil
        case .choice(let word)?: "\(id) \(word)"
        case .text?, nil: nil
        }
    }
}

extension IngestV1.DeclaredWork {
    var record: Record {
        Record([
            Field("kind", "kind", .text(kind)),
            Field("place", "place", .text(place)),
            Field("from", "from", .time(Instant(unixMilliseconds: fromUnixMs))),
            Field("to", "to", .time(Instant(unixMilliseconds: toUnixMs))),
            Field("device", "device", .text(deviceID)),
            Field("hazard_source", "source", .text(hazardSourceID)),
            Field("in_charge", "in charge", .text(inCharge)),
            Field("is_contracted", "contractor", .flag(isContracted)),
            Field("content", "content", .text(content)),
            Field("permit", "permit", .text(permit)),
        ])
    }
}

extension IngestV1.CommitmentDay {
    var record: Record {
        Record([
            Field("enterprise", "enterprise", .text(enterpriseID)),
            Field("name", "name", .text(enterpriseName)),
            Field("day", "day", .text(day)),
            Field("standing", "standing", .text(standing)),
            Field("sent", "sent", .time(Instant(unlessZero: commitment?.sentUnixMs ?? 0))),
            Field("signed_by", "signed by", .text(commitment?.versions.last?.signedBy ?? "")),
            Field("versions", "versions", .count(Int64(commitment?.versions.count ?? 0))),
            Field(
                "handled", "handled",
                .text((missed?.handlings ?? []).map(\.measure).joined(separator: ", "))),
        ])
    }
}

extension IngestV1.MissedCommitment {
    var record: Record {
        Record([
            Field("enterprise", "enterprise", .text(enterpriseID)),
            Field("day", "day", .text(day)),
            Field("due", "due", .time(Instant(unixMilliseconds: dueUnixMs))),
            Field("decided", "decided", .time(Instant(unixMilliseconds: decidedUnixMs))),
            Field("clause", "clause", .text(clause)),
            Field(
                "handlings", "handled",
                .records(
                    handlings.map { one in
                        Record([
                            Field("id", "record", .text(one.id)),
                            Field("measure", "measure", .text(one.measure)),
                            Field("text", "what", .text(one.text)),
                            Field("by", "by", .text(one.by)),
                            Field("node", "body", .text(one.nodeID)),
                            Field(
                                "handled", "when",
                                .time(Instant(unixMilliseconds: one.handledUnixMs))),
                        ])
                    })),
        ])
    }
}

extension IngestV1.Delegation {
    /// What the journal says of it in one line.
    var journalLine: String {
        let what = endedUnixMs == 0 ? "授权 may sign" : "授权终止 may no longer sign"
        return "\(what): \(enterpriseID) \(delegateID) \(fromDay) to \(toDay)  by \(filedBy)"
    }

    var record: Record {
        Record([
            Field("id", "authority", .text(id)),
            Field("enterprise", "enterprise", .text(enterpriseID)),
            Field("delegate", "may sign", .text(delegateID)),
            Field("from", "from", .text(fromDay)),
            Field("to", "to", .text(toDay)),
            Field("reason", "reason", .text(reason)),
            Field("filed_by", "by", .text(filedBy)),
            Field("filed", "when", .time(Instant(unixMilliseconds: filedUnixMs))),
            Field("ended", "taken back", .time(Instant(unlessZero: endedUnixMs))),
        ])
    }
}

extension IngestV1.BoardEntry {
    var record: Record {
        Record([
            Field("enterprise", "enterprise", .text(enterpriseID)),
            Field("name", "name", .text(enterpriseName)),
            Field("standing", "standing", .text(standing)),
            Field("sent", "sent", .time(Instant(unlessZero: sentUnixMs))),
            Field("signed", "signed", .text(signedName)),
            Field("says", "says", .text(items.compactMap(\.news).joined(separator: ", "))),
            Field("items", nil, .records(items.map(\.record))),
            Field("works", "works", .records(works.map(\.record))),
        ])
    }
}

extension IngestV1.CommitmentCount {
    var record: Record {
        // In time over due, to a tenth of a hundredth.
        let rate = due == 0 ? 0 : (Double(punctual) / Double(due) * 1_000).rounded() / 10
        return Record([
            Field("period", "period", .text(period)),
            Field("node", "node", .text(nodeID)),
            Field("name", "name", .text(nodeName)),
            Field("due", "due", .count(Int64(clamping: due))),
            Field("in_time", "in time", .count(Int64(clamping: punctual))),
            Field("late", "late", .count(Int64(clamping: late))),
            Field("missed", "missed", .count(Int64(clamping: missed))),
            Field("in_time_percent", "in time, %", .number(rate)),
        ])
    }
}

extension IngestV1.FormItem {
    var record: Record {
        Record([
            Field("id", "item", .text(id)),
            Field("title", "title", .text(title)),
            Field("part", "part", .text(part)),
            Field("kind", "kind", .text(kind)),
            Field("is_required", "required", .flag(isRequired)),
            Field("words", "words", .text(words.map(\.id).joined(separator: ", "))),
            Field("work", "counts works", .text(work)),
            Field("is_published", "on the board", .flag(isPublished)),
            Field("clause", "clause", .text(clause)),
        ])
    }
}
