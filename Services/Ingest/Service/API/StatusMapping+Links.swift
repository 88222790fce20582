import IngestCore
import RPC

extension RPCStatus {
    /// Why a link was not taken.
    init(_ refusal: LinkRefusal) {
        switch refusal {
        case .unknownNode(let node):
            self.init(
                .failedPrecondition,
                "The registry of the superior has no node \(node), for which the token of the link "
                    + "is. Register it there, under the node above it.")
        case .otherStore(let node):
            self.init(
                .failedPrecondition,
                "Another store has spoken for \(node) before. If the platform there was made anew, "
                    + "an administrator of the superior says so: `hazwatch link forget \(node)`.")
        case .overlaps(let node, let other):
            self.init(
                .failedPrecondition,
                "The link of \(other) speaks for a part of what stands under \(node), or for all "
                    + "of it. Let one of them end, and `hazwatch link forget` it.")
        case .circle(let node, let own):
            self.init(
                .failedPrecondition,
                "\(node) does not stand under \(own), for which this platform itself speaks to a "
                    + "superior: links must not make a circle. Look at both `superior` settings.")
        case .unknownLink(let node):
            self.init(
                .notFound, "There is no link of \(node). `hazwatch link list` shows all.")
        case .cut(let node, let at, let taken):
            self.init(
                .failedPrecondition,
                "The journal of \(node) ends at \(at), but was taken up to \(taken): it was cut, "
                    + "or its store is an older copy. Restore the newer one; if that is lost, an "
                    + "administrator of the superior says so: `hazwatch link forget \(node)`.")
        case .tooManyRefused(let node, let max):
            self.init(
                .failedPrecondition,
                "More than \(max) entries of \(node) would be refused. `hazwatch link list` names "
                    + "the first; what they hang on must be registered at the superior.")
        case .outside(let scope, let node):
            self.init(
                .permissionDenied,
                "\(node) does not stand under \(scope), the node of the token. Use one of a higher "
                    + "node.")
        case .noReason:
            self.init(
                .invalidArgument,
                "Say why, in at most \(RegistryLimits.reasonMax) characters; it stands in the "
                    + "journal.")
        }
    }

    /// The lower journal has another entry where it was taken up to.
    init(rewritten seq: UInt64, of node: String) {
        self.init(
            .failedPrecondition,
            "Entry \(seq) of the journal of \(node) is another than was taken: it was rewritten, "
                + "or its store is an older copy that has grown since. Restore the right one; if "
                + "that is lost, an administrator of the superior says so: `hazwatch link forget "
                + "\(node)`.")
    }

    /// The store of who calls, or of who is called, stands above itself.
    init(circleOf instance: String) {
        self.init(
            .failedPrecondition,
            "The links make a circle: the store \(instance) would be its own superior. Look at the "
                + "`superior` settings of all of them.")
    }

    static func misspoken(_ text: String) -> RPCStatus { RPCStatus(.invalidArgument, text) }
}
