import Domain
import IngestCore
import RPC
import Runtime

extension RPCStatus {
    init(_ refusal: IngestRefusal, fileName: String = "", principal: Principal) {
        switch refusal {
        case .registry(let refusal):
            self.init(refusal, fileName: fileName, principal: principal)
        case .commitment(let refusal): self.init(refusal, zone: .beijing)
        case .filing(let refusal): self.init(refusal)
        case .finding(let refusal): self.init(refusal)
        case .cleaning(let refusal): self.init(refusal)
        case .link(let refusal): self.init(refusal)
        }
    }

    /// Why something about commitments was not taken.
    init(_ refusal: CommitmentRefusal, zone: Zone) {
        switch refusal {
        case .unusable(let texts): self.init(mistakes: texts, of: "The commitment")
        case .unknownEnterprise(let id):
            self.init(.notFound, "The registry has no enterprise \"\(id)\".")
        case .notToday(let day, let today):
            self.init(
                .failedPrecondition,
                "The commitment is for \(day), and it is \(today): only that of the day itself is "
                    + "taken. What was missed stays missed.")
        case .notSigner(let subject, let enterprise, let signers):
            self.init(
                .permissionDenied,
                "\"\(subject)\" cannot sign for \(enterprise). \(named(signers)) The principal "
                    + "can let others sign: `hazwatch commitment delegate`.")
        case .notPrincipal(let subject, let enterprise, let principals):
            self.init(
                .permissionDenied,
                "\"\(subject)\" is no principal of \(enterprise), and only a principal lets others "
                    + "sign. \(named(principals))")
        case .lateWithoutReason(let dueAt, let codes, let clause):
            self.init(
                .failedPrecondition,
                "The commitment was due at \(zone.text(dueAt)) (\(clause)) and is late. Say why: a "
                    + "word of \(codes.joined(separator: ", ")), and a text.")
        case .correctionWithoutReason(let enterprise, let day, let sentAt):
            self.init(
                .alreadyExists,
                "\(enterprise) committed itself for \(day) at \(zone.text(sentAt)), and said "
                    + "something else. To correct it, say why.")
        case .nameTaken(let id):
            self.init(
                .alreadyExists, "The name \"\(id)\" is that of another record. Choose another.")
        case .unknownDelegation(let id):
            self.init(.notFound, "There is no authority \"\(id)\".")
        case .notMissed(let enterprise, let day):
            self.init(
                .notFound,
                "\(enterprise) did not miss \(day), or longer ago than records are taken. "
                    + "`hazwatch commitment list --standing missed` lists what is missed.")
        case .notAbove(let subject, let node, let enterprise):
            self.init(
                .permissionDenied,
                "A missed day of \(enterprise) is dealt with by a body above it; the token of "
                    + "\(subject) is for \(node.text.isEmpty ? "no node" : "\(node)").")
        }
    }

    /// Why a filing was not taken.
    init(_ refusal: FilingRefusal) {
        switch refusal {
        case .unusable(let texts): self.init(mistakes: texts, of: "The filing")
        case .nameTaken(let id):
            self.init(
                .alreadyExists,
                "The filing \(id) is another one. Give this one a name of its own.")
        case .unknownFiling(let id): self.init(.notFound, "There is no filing \"\(id)\".")
        case .unknownEnterprise(let id):
            self.init(.notFound, "The registry has no enterprise \"\(id)\".")
        case .noAddressee(let enterprise, let kinds, let clause):
            let kinds = kinds.map(\.rawValue).joined(separator: " or ")
            self.init(
                .failedPrecondition,
                "No \(kinds) stands above \(enterprise), to which it would file (\(clause)). Have "
                    + "the tree completed.")
        case .notOfficer(let subject, let enterprise):
            self.init(
                .permissionDenied,
                "\"\(subject)\" holds no post at \(enterprise), and only those who do file for it. "
                    + "Have the person registered there.")
        case .notAddressee(let subject, let node, let addressee, let clause):
            self.init(
                .permissionDenied,
                "The filing is addressed to \(addressee) (\(clause)) and verified by it or a body "
                    + "above it; the token of \(subject) is for "
                    + "\(node.text.isEmpty ? "no node" : "\(node)").")
        case .ownFiling(let id, let subject):
            self.init(
                .permissionDenied,
                "\"\(subject)\" sent the filing \(id) and cannot verify it. Another person must.")
        case .wrongState(let id, let state, let wanted):
            self.init(
                .failedPrecondition, "The filing \(id) is \(state.rawValue): \(wanted).")
        }
    }

    /// Why a check-in was not taken.
    init(_ refusal: CleaningRefusal) {
        switch refusal {
        case .unusable(let texts): self.init(mistakes: texts, of: "The check-in")
        case .notScheduled(let key):
            self.init(
                .failedPrecondition,
                "The \(key.of.words) \(key.id) is not cleaned on schedule. Have its "
                    + "cleanEveryHours registered.")
        case .notStaff(let subject, let enterprise):
            self.init(
                .permissionDenied,
                "\"\(subject)\" holds no post at \(enterprise), and only those who do check in "
                    + "there. Have the person registered.")
        case .nameTaken(let id):
            self.init(
                .alreadyExists,
                "The check-in \(id) is another one. Give this one a name of its own.")
        }
    }

    private init(mistakes texts: [String], of what: String) {
        self.init(refusalOf: texts.map { Mistake(file: what, line: 0, text: $0) })
    }
}

/// Who may, for a message.
private func named(_ persons: [PersonID]) -> String {
    if persons.isEmpty { return "The registry has no principal of it; register one." }
    return "These may: \(persons.map(\.text).joined(separator: ", "))."
}
