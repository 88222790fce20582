import Domain
import RPC
import Runtime

// What the caller is told when something was refused: the one place where our errors get codes.

/// Why a question about risk was not answered.
enum RiskQuestionRefusal: Error, Equatable {
    case unknownSource(String)
    case outside(source: String, enterprise: String, node: NodeID, subject: String)
    case badPageToken(String)
}

extension RPCStatus {
    init(_ refusal: RiskQuestionRefusal) {
        switch refusal {
        case .unknownSource(let source):
            self.init(
                .notFound,
                "There is no hazard source \"\(source)\". `hazwatch warning list` lists all that "
                    + "the token may see.")
        case .outside(let source, let enterprise, let node, let subject):
            self.init(
                .permissionDenied,
                "The hazard source \(source) belongs to enterprise \(enterprise), which does not "
                    + "stand under \(node), the node of the token of \(subject). Use a token of a "
                    + "node above it.")
        case .badPageToken(let token):
            self.init(
                .invalidArgument,
                "page_token \"\(token)\" is none of ours. Send next_page_token of the page before, "
                    + "or leave it out for the newest.")
        }
    }

    init(_ failure: EngineFailure) {
        switch failure {
        case .notStored, .busy, .stopping: self.init(.unavailable, failure.description)
        }
    }
}
