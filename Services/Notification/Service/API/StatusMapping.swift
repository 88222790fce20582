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
                    + "or leave it out for the newest.")
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
            .notOwed, .unknownDeclaration, .notYours, .proofLacks, .badProof, .notCleared,
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
