import Domain
import NotificationCore
import RPC
import Runtime

// What the caller is told when something was refused: the one place where our errors get codes.

/// Why a question about cases or an inbox was not answered.
enum DeskRefusal: Error, Equatable {
    case unknownCase(String)
    case unknownNotice(String)
    case badPageToken(String)
    case otherPageToken
    case noRound(CaseID, Int)
    case doneOtherwise(CaseID, Int)
    case badKey
    case tooLong(what: String, characters: Int, limit: Int)
    case tooManyParts(Int, limit: Int)
    case noDesk(subject: String)
    case unknownNode(NodeID)
    case otherNode(what: String, node: NodeID, token: NodeID, subject: String)
}

extension RPCStatus {
    init(_ refusal: DeskRefusal) {
        switch refusal {
        case .unknownCase(let id):
            self.init(
                .notFound,
                "There is no case \"\(id)\". `hazwatch case list --all` lists all that the token "
                    + "may see.")
        case .unknownNotice(let id):
            self.init(
                .notFound,
                "There is no notice \"\(id)\". `hazwatch inbox list --all` lists those of a desk.")
        case .badPageToken(let token):
            self.init(
                .invalidArgument,
                "page_token \"\(token)\" is none of ours. Send next_page_token of the page before, "
                    + "or leave it out to begin anew.")
        case .otherPageToken:
            self.init(
                .invalidArgument,
                "page_token belongs to another question. Ask for the next page with the same list, "
                    + "node and filters and the same token as for the page before it, or leave "
                    + "page_token out to begin anew.")
        case .noRound(let id, let number):
            self.init(
                .invalidArgument,
                "Obligation \(number) of case \(id) comes again after it was done. Say which time "
                    + "was meant: round, or `\(number).ROUND` for `hazwatch case fulfil`; "
                    + "`hazwatch obligation list` shows which is owed.")
        case .doneOtherwise(let id, let number):
            self.init(
                .alreadyExists,
                "Obligation \(number) of case \(id) was fulfilled with another proof, which "
                    + "stands. `hazwatch case show \(id)` shows it.")
        case .badKey:
            self.init(
                .invalidArgument,
                "key is 1 to 64 letters, digits and - _ . : of your choice, a new one for each "
                    + "declaration, so that one that is sent again is not declared twice.")
        case .tooLong(let what, let characters, let limit):
            self.init(
                .invalidArgument,
                "\(what) has \(characters) characters; at most \(limit) are taken. Shorten it.")
        case .tooManyParts(let count, let limit):
            self.init(
                .invalidArgument,
                "The proof has \(count) parts; at most \(limit) are taken. Say only those that "
                    + "are asked for: `hazwatch obligation list` names them.")
        case .noDesk(let subject):
            self.init(
                .invalidArgument,
                "The token of \(subject) is for no node in particular, so it has no inbox of its "
                    + "own. Say whose inbox you mean: node_id, or --node of `hazwatch inbox list`; "
                    + "`hazwatch registry export` shows the nodes.")
        case .unknownNode(let node):
            self.init(
                .notFound,
                "The organisation tree has no node \(node). `hazwatch registry export` lists all.")
        case .otherNode(let what, let node, let token, let subject):
            self.init(
                .permissionDenied,
                "\(what) belongs to \(node), which does not stand under \(token), the node of the "
                    + "token of \(subject). Use a token of \(node) or of a node above it.")
        }
    }

    init(_ refusal: NotificationRefusal) {
        switch refusal {
        case .unknownNotice(let id):
            self.init(
                .failedPrecondition,
                "Notice \(id) cannot be changed any more: it is too old, or was never handed over. "
                    + "It stays on record as it is.")
        case .unknownReceipt:
            self.init(.notFound, "There is no such notice, or it is too old for a receipt.")
        case .receiptTooEarly:
            self.init(.unavailable, "No notice has this name yet. Send the receipt again.")
        case .neverArrived(let id, let state):
            self.init(
                .failedPrecondition,
                "Notice \(id) is \(state): it never arrived, so nobody can have taken note of it. "
                    + "`hazwatch case show` says why.")
        case .unknownReply:
            self.init(
                .notFound, "Nobody with this number was sent anything that waits for an answer.")
        case .unknownCase, .caseExists, .unknownNode, .unknownSource, .badCase, .versionInUse,
            .notOwed, .otherRound, .keyInUse, .unknownDeclaration, .notYours, .proofLacks,
            .badProof, .notCleared,
            .stillDemanded, .tooLate, .missingYear:
            self.init(caseRefusal: refusal)
        }
    }

    /// Why nothing was done in a case.
    private init(caseRefusal refusal: NotificationRefusal) {
        let (code, text) = refusal.caseAnswer
        self.init(code, text)
    }

    init(_ failure: EngineFailure) {
        switch failure {
        case .notStored, .busy, .stopping: self.init(.unavailable, failure.description)
        }
    }
}

/// Runs a handler and gives its errors their codes.
func answering<Answer: Sendable>(
    _ body: () async throws -> Answer
) async throws -> Answer {
    do {
        return try await body()
    } catch let refusal as DeskRefusal {
        throw RPCStatus(refusal)
    } catch let refusal as NotificationRefusal {
        throw RPCStatus(refusal)
    } catch let failure as EngineFailure {
        throw RPCStatus(failure)
    }
}
