import Domain
import IngestCore
import RPC
import Runtime

extension RPCStatus {
    init(_ refusal: RegistryRefusal, fileName: String, principal: Principal) {
        switch refusal {
        case .file(let refusal): self.init(refusal, fileName: fileName, principal: principal)
        case .change(let refusal): self.init(refusal, principal: principal)
        }
    }

    /// Why a request or its review was not taken.
    init(_ refusal: ChangeRefusal, principal: Principal) {
        switch refusal {
        case .unusable(let text): self.init(.invalidArgument, text)
        case .nameTaken(let id):
            self.init(
                .alreadyExists,
                "The request \(id) is another one. Give this one a name of its own.")
        case .unknownRequest(let id):
            self.init(
                .notFound,
                "There is no request \"\(id)\" that the token of \(principal.subject) may see. "
                    + "`hazwatch registry requests` lists those that there are.")
        case .unknownEntry(let key):
            self.init(.notFound, "The registry has no \(key.kind.words) \"\(key.id)\".")
        case .nothingChanges(let key):
            self.init(
                .failedPrecondition,
                "The \(key.kind.words) \(key.id) says all of this already; nothing would change.")
        case .outside(let scope, let entry):
            self.init(
                .permissionDenied,
                "The \(entry.kind.words) \(entry.id) does not stand under \(scope), and the token "
                    + "of \(principal.subject) may ask for changes only there.")
        case .notRemovable(let key, let instead):
            self.init(
                .failedPrecondition,
                "A \(key.kind.words) is not removed; \(instead). \(key.id) stays as it is.")
        case .stillNeeded(let key, let by):
            let first = by.prefix(5).map { "\($0.kind.words) \($0.id)" }.joined(separator: ", ")
            self.init(
                .failedPrecondition,
                "On the \(key.kind.words) \(key.id) hang \(by.count) entries: \(first). Remove or "
                    + "move them first.")
        case .decided(let id, let state):
            self.init(
                .failedPrecondition,
                "The request \(id) is \(state.rawValue) already. Propose another.")
        case .ownRequest(let id, let subject):
            self.init(
                .permissionDenied,
                "\(subject) proposed or reviewed the request \(id) and cannot review it. Another "
                    + "person must.")
        case .notReviewer(let subject, let node, let needed, let clause):
            let kinds = needed.map(\.rawValue).joined(separator: " or ")
            self.init(
                .permissionDenied,
                "The request is reviewed by a \(kinds) above the entry (\(clause)); the token of "
                    + "\(subject) is for \(node.text.isEmpty ? "no node" : "\(node)"). Use one of "
                    + "that body.")
        case .stale(let id, let fields):
            self.init(
                .failedPrecondition,
                "Since the request \(id) was proposed, \(fields.joined(separator: ", ")) changed. "
                    + "Refuse it, and let it be proposed anew.")
        case .mistakes(let mistakes):
            self.init(refusalOf: mistakes)
        }
    }
}
