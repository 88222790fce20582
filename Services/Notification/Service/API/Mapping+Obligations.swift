package import Contracts
import Domain
package import NotificationCore
import Policy

extension NotificationV1.Obligation {
    package init(_ record: ObligationRecord) {
        self.init(
            id: record.id, caseID: record.caseID.text, number: UInt32(clamping: record.number),
            round: UInt32(clamping: record.round), rule: record.rule.text, title: record.title,
            ownerRole: record.owner?.text ?? "", owner: record.ownerName,
            nodeID: record.node.text, level: record.level.wire,
            openedAtUnixMs: record.openedAt.unixMilliseconds,
            dueAtUnixMs: record.dueAt.unixMillisecondsOrZero, isDueBefore: record.isDueBefore,
            state: .init(record.state), stateAtUnixMs: record.stateAt.unixMilliseconds,
            by: record.by, proof: record.proof.map(NotificationV1.ProofValue.init),
            clause: record.clause.text, isDemanded: record.isDemanded, isDrill: record.isDrill)
    }
}

extension NotificationV1.ObligationState {
    fileprivate init(_ state: ObligationRecord.State) {
        switch state {
        case .open: self = .open
        case .met: self = .met
        case .late: self = .late
        case .missed: self = .missed
        case .excused: self = .excused
        case .superseded: self = .superseded
        case .ended: self = .ended
        }
    }
}

extension NotificationV1.ProofValue {
    package init(_ value: ProofValue) {
        self.init(part: value.part, text: value.text)
    }
}

extension ProofValue {
    init(_ value: NotificationV1.ProofValue) {
        self.init(part: value.part, text: value.text)
    }
}

extension NotificationV1.Document {
    package init(_ record: DocumentRecord) {
        self.init(
            id: record.id, caseID: record.caseID.text, kind: record.kind.rawValue,
            serial: record.serial, rule: record.rule.text,
            obligation: UInt32(clamping: record.obligation), issuer: record.issuer,
            issuerNodeID: record.issuerNode.text, addressees: record.addressees,
            text: record.text, dueAtUnixMs: record.dueAt.unixMilliseconds,
            issuedAtUnixMs: record.issuedAt.unixMillisecondsOrZero, issuedBy: record.issuedBy,
            clause: record.clause.text, isDrill: record.isDrill)
    }
}

extension NotificationV1.Declaration {
    package init(_ record: DeclarationRecord) {
        self.init(
            caseID: record.caseID.text, declaration: record.declaration.text,
            title: record.title, by: record.by.subject, nodeID: record.by.node.text,
            atUnixMs: record.at.unixMilliseconds,
            proof: record.proof.map(NotificationV1.ProofValue.init), clause: record.clause.text,
            key: record.key)
    }
}

extension NotificationV1.Due {
    package init(_ due: NotificationMachine.Due) {
        let text =
            due.circularNumber > 0 ? "circular \(due.circularNumber) to \(due.to)" : due.title
        self.init(
            dueAtUnixMs: due.dueAt.unixMillisecondsOrZero, text: text, clause: due.clause.text,
            caseID: due.caseID.text, obligation: UInt32(clamping: due.obligation),
            rule: due.rule.text, title: due.title, owner: due.to, nodeID: due.node.text,
            isPending: due.state == .pending, isLate: due.state == .missed,
            proof: due.proof.map {
                NotificationV1.ProofPart(id: $0.id, title: $0.title, form: $0.form.rawValue)
            },
            isDemanded: due.isDemanded, isDrill: due.isDrill, level: due.level.wire,
            sinceUnixMs: due.since.unixMilliseconds, round: UInt32(clamping: due.round))
    }
}

extension NotificationMachine.StandingList {
    /// nil: none is asked for.
    init?(_ list: NotificationV1.StandingList) throws(NotificationRefusal) {
        switch list {
        case .unspecified: return nil
        case .unhandledWarnings: self = .unhandledWarnings
        case .unconfirmedOutages: self = .unconfirmedOutages
        case .missingFeedback: self = .missingFeedback
        case _:
            throw .badCase(
                "There is no standing list \(list.rawValue). Ask for UNHANDLED_WARNINGS, "
                    + "UNCONFIRMED_OUTAGES or MISSING_FEEDBACK.")
        }
    }
}

extension NotificationV1.Gap {
    package init(_ gap: NotificationMachine.Gap) {
        self.init(
            enterpriseID: gap.enterprise.text, hazardSourceID: gap.source?.text ?? "",
            role: gap.role.text, level: .init(gap.level), text: gap.text)
    }
}

extension NotificationV1.NumberLimit {
    package init(_ forecast: NotificationMachine.Forecast) {
        self.init(
            personID: forecast.person.text, personName: forecast.name,
            nodeID: forecast.node.text, reachedAtUnixMs: forecast.reachedAt.unixMilliseconds,
            perNumber: UInt32(clamping: forecast.perNumber))
    }
}
