import Contracts
import Domain
import IngestCore

extension IngestV1.Change {
    init(_ change: ChangeRequest, masked: Bool) {
        let fields = masked ? change.fields.masked(for: change.kind) : change.fields
        self.init(
            id: change.id.text, kind: change.kind.rawValue, entryID: change.entry,
            nodeID: change.node.text, isRemoval: change.isRemoval,
            fields: fields.map { IngestV1.FieldChange($0.masked(for: change.kind)) },
            reason: change.reason, proposedBy: change.proposedBy,
            proposedUnixMs: change.proposedAt.unixMilliseconds,
            secondBecause: change.secondBecause, state: change.state.rawValue,
            reviews: change.reviews.map { review in
                IngestV1.ChangeReview(
                    by: review.by, reviewedUnixMs: review.at.unixMilliseconds,
                    verdict: review.verdict.rawValue, reason: review.reason)
            }, clause: change.clause)
    }
}

extension IngestV1.EntryRecord {
    /// The journal keeps what was changed of a person, and never the number.
    init(_ record: EntryRecord) {
        var change = record.change
        change.fields = change.fields.masked(for: change.kind)
        self.init(
            change: IngestV1.EntryChange(change), isRemoval: record.isRemoval, by: record.by,
            reviewedBy: record.reviewedBy, reason: record.reason, origin: record.origin)
    }
}

extension [FieldChange] {
    /// Without what only some may read.
    func masked(for kind: EntryKind) -> [FieldChange] {
        guard kind == .person || kind == .officer else { return self }
        return map { field in
            switch field.field {
            case "telephone":
                FieldChange(
                    field.field, before: maskedTelephone(field.before),
                    after: maskedTelephone(field.after))
            case "email":
                FieldChange(
                    field.field, before: field.before.isEmpty ? "" : maskedEmail(field.before),
                    after: field.after.isEmpty ? "" : maskedEmail(field.after))
            case _: field
            }
        }
    }
}
