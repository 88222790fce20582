import Contracts

// How what is owed, issued and declared is printed.
extension Record {
    init(_ one: NotificationV1.Obligation) {
        self.init([
            Field("number", "no.", .text("\(one.number).\(one.round)")),
            Field("title", "what", .text(one.title)),
            Field("owner", "who", .text(one.owner.isEmpty ? "system" : one.owner)),
            Field("state", "state", .obligation(one.state)),
            Field("opened_at", "opened at", .at(one.openedAtUnixMs)),
            Field("due_at", "due at", .at(one.dueAtUnixMs)),
            Field("state_at", "state since", .at(one.stateAtUnixMs)),
            Field("by", "by", .text(one.by)),
            Field("clause", "clause", .text(one.clause)),
            Field("rule", nil, .text(one.rule)),
            Field("owner_role", nil, .text(one.ownerRole)),
            Field("node_id", nil, .text(one.nodeID)),
            Field("is_due_before", nil, .flag(one.isDueBefore)),
            Field("is_demanded", nil, .flag(one.isDemanded)),
            Field("proof", nil, .records(one.proof.map(Record.init))),
        ])
    }

    init(_ value: NotificationV1.ProofValue) {
        self.init([
            Field("part", "part", .text(value.part)), Field("text", "text", .text(value.text)),
        ])
    }

    init(_ one: NotificationV1.Document) {
        self.init([
            Field("serial", "number", .text(one.serial.isEmpty ? "draft" : one.serial)),
            Field("kind", "kind", .text(one.kind)),
            Field("issuer", "issuer", .text(one.issuer)),
            Field("addressees", "to", .text(one.addressees.joined(separator: "、"))),
            Field("due_at", "due at", .at(one.dueAtUnixMs)),
            Field("issued_at", "issued at", .at(one.issuedAtUnixMs)),
            Field("issued_by", "by", .text(one.issuedBy)),
            Field("clause", "clause", .text(one.clause)),
            Field("obligation", nil, .count(Int64(one.obligation))),
            Field("text", nil, .text(one.text)),
        ])
    }

    init(_ one: NotificationV1.Declaration) {
        self.init([
            Field("at", "at", .at(one.atUnixMs)),
            Field("title", "what", .text(one.title)),
            Field("by", "by", .text(one.by)),
            Field("node_id", "node", .text(one.nodeID)),
            Field("clause", "clause", .text(one.clause)),
            Field("declaration", nil, .text(one.declaration)),
            Field("key", nil, .text(one.key)),
            Field("proof", nil, .records(one.proof.map(Record.init))),
        ])
    }

    init(_ due: NotificationV1.Due) {
        self.init([
            Field("due_at", "due at", .at(due.dueAtUnixMs)),
            Field("text", "what", .text(due.text)),
            Field("owner", "who", .text(due.owner)),
            Field("when", "state", .text(due.isLate ? "late" : due.isPending ? "to come" : "owed")),
            Field("case_id", "case", .text(due.caseID)),
            Field("number", "no.", .text("\(due.obligation).\(due.round)")),
            Field("proof", "say", .text(due.proof.map(\.id).joined(separator: " "))),
            Field("clause", "clause", .text(due.clause)),
            Field("rule", nil, .text(due.rule)),
            Field("node_id", nil, .text(due.nodeID)),
            Field("obligation", nil, .count(Int64(due.obligation))),
            Field("round", nil, .count(Int64(due.round))),
            Field("is_demanded", nil, .flag(due.isDemanded)),
        ])
    }

    /// What has been waiting, with its age in front.
    static func standing(_ due: NotificationV1.Due) -> Record {
        let (hours, minutes) = (due.ageMs / 3_600_000, due.ageMs / 60_000 % 60)
        let age = hours < 48 ? "\(hours) h \(minutes) min" : "\(hours / 24) d \(hours % 24) h"
        return Record([
            Field("age", "age", .text(age)),
            Field("since", "since", .at(due.sinceUnixMs)),
            Field("title", "what", .text(due.title)),
            Field("owner", "who", .text(due.owner)),
            Field("when", "state", .text(due.isLate ? "late" : "owed")),
            Field("case_id", "case", .text(due.caseID)),
            Field("number", "no.", .text("\(due.obligation).\(due.round)")),
            Field("clause", "clause", .text(due.clause)),
            Field("age_ms", nil, .count(due.ageMs)),
            Field("obligation", nil, .count(Int64(due.obligation))),
            Field("round", nil, .count(Int64(due.round))),
            Field("rule", nil, .text(due.rule)),
            Field("node_id", nil, .text(due.nodeID)),
        ])
    }

    init(_ gap: NotificationV1.Gap) {
        self.init([
            Field("enterprise_id", "enterprise", .text(gap.enterpriseID)),
            Field("hazard_source_id", "source", .text(gap.hazardSourceID)),
            Field("role", "role", .text(gap.role)),
            Field("level", "level", .level(gap.level)),
            Field("text", "what is missing", .text(gap.text)),
        ])
    }

    init(_ limit: NotificationV1.NumberLimit) {
        self.init([
            Field("reached_at", "reached at", .at(limit.reachedAtUnixMs)),
            Field("person_name", "who", .text(limit.personName)),
            Field("node_id", "node", .text(limit.nodeID)),
            Field("per_number", "messages", .count(Int64(limit.perNumber))),
            Field("person_id", nil, .text(limit.personID)),
        ])
    }
}

extension Cell {
    static func obligation(_ state: NotificationV1.ObligationState) -> Cell {
        .word(state.name ?? "", shown: JournalText.state(state))
    }

    static func caseKind(_ one: NotificationV1.Case) -> Cell {
        let name =
            switch one.kind {
            case .emergency: "emergency"
            case .offline: "offline"
            case .finding: "finding"
            case .plannedWork: "plannedWork"
            default: "warning"
            }
        return .word(name, shown: one.isDrill ? "\(name) (drill)" : name)
    }
}
