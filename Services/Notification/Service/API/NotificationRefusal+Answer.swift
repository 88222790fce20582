import Domain
import NotificationCore
import RPC

extension NotificationRefusal {
    /// What the caller is told when nothing was done in a case: what is wrong, and what to do.
    var caseAnswer: (code: RPCStatus.Code, text: String) {
        switch self {
        case .unknownCase(let id):
            (
                .notFound,
                "There is no case \(id) that is not closed. `hazwatch case list` shows them."
            )
        case .caseExists(let id):
            (
                .alreadyExists,
                "There is a case \(id) already, and it is another one. Choose another id."
            )
        case .unknownNode(let node):
            (
                .notFound,
                "The organisation tree has no node \(node). `hazwatch registry export` lists all."
            )
        case .unknownSource(let source):
            (
                .notFound,
                "Hazard source \(source) is not registered at this node. `hazwatch registry "
                    + "export` lists all."
            )
        case .badCase(let text): (.invalidArgument, text)
        case .versionInUse(let name):
            (
                .failedPrecondition,
                "The rules \(name) were in use with other content, and cases follow them. Give the "
                    + "changed file a new version."
            )
        case .notOwed(let id, let number):
            (
                .failedPrecondition,
                "Obligation \(number) of case \(id) is not owed now. `hazwatch case show \(id)` "
                    + "lists what is."
            )
        case .otherRound(let id, let number, let asked, let owed):
            (
                .failedPrecondition,
                "Round \(asked) of obligation \(number) of case \(id) is not owed now; round "
                    + "\(owed) is (`\(number).\(owed)` for `hazwatch case fulfil`)."
            )
        case .keyInUse(let id, let key):
            (
                .alreadyExists,
                "Something else was declared in case \(id) under the key \(key). Choose another."
            )
        case .unknownDeclaration(let id, let known):
            (
                .invalidArgument,
                known.isEmpty
                    ? "The case's rules know no declarations."
                    : "The case's rules know no declaration \(id). Declare one of "
                        + known.joined(separator: ", ") + "."
            )
        case .notYours(let what, let whose):
            (
                .permissionDenied,
                "\(what) is for \(whose.joined(separator: ", ")) to do. Use a token of that node."
            )
        case .proofLacks(let parts):
            (
                .invalidArgument,
                "The proof lacks " + parts.map { "\($0.id) (\($0.title))" }.joined(separator: ", ")
                    + ". Say each of them."
            )
        case .badProof(let part, let text):
            (
                .invalidArgument,
                part.form == .name
                    ? "\(part.id) (\(part.title)) has \(text.unicodeScalars.count) characters; "
                        + "at most \(NotificationLimits.nameCharactersMax) are taken. Shorten it."
                    : "\(part.id) (\(part.title)) is \"\(text)\"; write "
                        + (part.form == .instant
                            ? "milliseconds since 1970-01-01T00:00:00Z." : "yes or no.")
            )
        case .notCleared(let id):
            (
                .failedPrecondition,
                "Case \(id) is not over: its level has not come down. It can be closed after that."
            )
        case .stillDemanded(let id, let rest):
            (
                .failedPrecondition,
                "Case \(id) cannot be closed before this is done: \(rest.joined(separator: "; "))."
            )
        case .tooLate(let latest):
            (
                .failedPrecondition,
                "The work had to be announced before \(Zone.beijing.text(latest)). Move the work, "
                    + "and announce it again."
            )
        case .missingYear(let year):
            (
                .failedPrecondition,
                "The calendar has no year \(year), so its working days are not known. Add the year "
                    + "to the profile's calendar."
            )
        case .unknownNotice, .unknownReceipt, .receiptTooEarly, .neverArrived, .unknownReply:
            (.internal, "This is not about a case.")
        }
    }
}
