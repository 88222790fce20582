import Domain
import IngestCore
import RPC

extension RPCStatus {
    private static let acts =
        "People write down "
        + FindingKind.allCases.filter { $0.origin == .act }.map(\.rawValue)
        .joined(separator: ", ") + "."

    /// Why something about a finding was not taken.
    init(_ refusal: FindingRefusal) {
        switch refusal {
        case .unknown(let id):
            self.init(
                .notFound,
                "There is no open finding \"\(id)\". `hazwatch finding list` lists those that "
                    + "there are.")
        case .closed(let id): self.init(.failedPrecondition, "The finding \(id) is closed.")
        case .notYet(let id, let state, let needed):
            self.init(
                .failedPrecondition,
                "The finding \(id) is \(state) and must be \(needed) first: a task is given, "
                    + "then corrected, then verified.")
        case .stillThere(let id, let lastAt):
            self.init(
                .failedPrecondition,
                "What shows the finding \(id) is still there, last at "
                    + "\(Zone.beijing.text(lastAt)). Verify it when it has gone, or send the "
                    + "correction back.")
        case .ownCorrection(let id, let subject):
            self.init(
                .permissionDenied,
                "\(subject) corrected the finding \(id) and cannot verify that. Another person "
                    + "must.")
        case .unusable(let text): self.init(.invalidArgument, text)
        case .notManual(let kind) where FindingKind(rawValue: kind) == nil:
            self.init(.invalidArgument, "There is no kind of finding \"\(kind)\". " + Self.acts)
        case .notManual(let kind):
            self.init(
                .invalidArgument,
                "A detector writes down \(kind) by itself. " + Self.acts)
        case .unknownEntry(let key):
            self.init(.notFound, "The registry has no \(key.kind.words) \"\(key.id)\".")
        case .outside(let scope, let entry):
            self.init(
                .permissionDenied,
                "The \(entry.kind.words) \(entry.id) does not stand under \(scope). Use a token of "
                    + "a node above it.")
        case .notBody(let subject, let node):
            self.init(
                .permissionDenied,
                "\(subject) speaks for the enterprise \(node); this is for a body above it, such "
                    + "as the county.")
        }
    }
}
