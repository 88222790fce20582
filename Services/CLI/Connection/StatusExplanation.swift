import Contracts
import RPC

/// Says in words of the command line what a status means, and what to do next.
struct StatusExplanation {
    var service: ServiceName
    var address: String
    var hasToken: Bool

    func failure(_ status: RPCStatus) -> any Error {
        if let refused = mistakes(status) { return refused }
        let said = status.message.isEmpty ? status.code.description : status.message.printable
        switch status.code {
        case .unavailable:
            return Failure.unreachable(
                "\(service) does not answer at \(address): \(said)",
                next: "Start it with `hazwatch up`, or name its address with --\(service).")
        case .deadlineExceeded:
            return Failure.unreachable(
                "\(service) at \(address) did not answer in time.",
                next: "Look at its log and its load, then try again.")
        case .unauthenticated:
            return Failure.refused(
                said,
                next: hasToken
                    ? "Make a new token with `hazwatch token issue`, or name another with --token."
                    : "Name a token with --token FILE, or the data folder of `hazwatch up` with "
                        + "--data DIR.")
        case .permissionDenied:
            return Failure.refused(
                said, next: "Use a token whose role and node allow it; an administrator issues it.")
        case .unimplemented:
            return Failure.refused(
                "\(service) at \(address) does not offer this: \(said)",
                next: "Look whether it is the right service, and of the same version.")
        case .ok, .cancelled, .unknown, .invalidArgument, .notFound, .alreadyExists,
            .resourceExhausted, .failedPrecondition, .aborted, .outOfRange, .internal, .dataLoss:
            return Failure.refused(said, next: "")
        }
    }

    private func mistakes(_ status: RPCStatus) -> FileRefused? {
        let detail = status.details.first {
            $0.typeURL.hasSuffix("/" + CommonV1.Mistakes.messageName)
        }
        guard let detail, let mistakes = try? CommonV1.Mistakes(serialized: detail.value),
            let first = mistakes.mistakes.first
        else { return nil }
        return FileRefused(
            file: first.file.isEmpty ? "the file" : first.file,
            mistakes: mistakes.mistakes.map { FileMistake(line: Int($0.line), text: $0.text) })
    }
}
