/// Why a store cannot be opened or trusted, in a sentence for the operator.
package enum StoreFailure: Error, Equatable, CustomStringConvertible {
    case alreadyOpen(path: String)
    case fromLaterVersion(path: String, migrations: [String])
    case cannotOpen(path: String, reason: String)
    case journalTampered(path: String, recorded: JournalHead?, found: JournalHead)
    case unreadable(what: String, reason: String)

    package var description: String {
        switch self {
        case .alreadyOpen(let path):
            "Store \(path) is in use by another process. One service writes one store: stop the "
                + "other, or give this one a data folder of its own."
        case .fromLaterVersion(let path, let migrations):
            "Store \(path) was written by a later version of the program "
                + "(\(migrations.joined(separator: ", "))). Run that version, or restore a copy "
                + "from before it."
        case .cannotOpen(let path, let reason):
            "Store \(path) cannot be opened: \(reason). Look at the folder, its owner and the "
                + "space left on the disk."
        case .journalTampered(let path, let recorded, let found):
            "The journal in \(path) ends at \(found), but the store recorded "
                + "\(recorded.map(\.description) ?? "no end at all"). Nothing is written to it. "
                + "Run `hazwatch audit verify \(path)` and restore a copy."
        case .unreadable(let what, let reason):
            "\(what) cannot be read: \(reason). It was written by a later version or edited by "
                + "hand; restore a copy."
        }
    }
}
