import AsyncHTTPClient
import NIOCore
import Synchronization

/// A client that exists once it is needed: one that was made and is let go without having been
/// shut down stops the process, and a service that fails at its start lets its channels go.
final class LateHTTPClient: Sendable {
    private enum State {
        case unused
        case open(HTTPClient)
        case closed
    }

    struct Closed: Error, CustomStringConvertible {
        var description: String { "the service is stopping" }
    }

    private let group: any EventLoopGroup
    private let atOnceMax: Int
    private let state = Mutex(State.unused)

    init(group: any EventLoopGroup, atOnceMax: Int) {
        (self.group, self.atOnceMax) = (group, atOnceMax)
    }

    func client() throws(Closed) -> HTTPClient {
        let client: HTTPClient? = state.withLock { state in
            switch state {
            case .closed: return nil
            case .open(let client): return client
            case .unused:
                let client = HTTPClient(
                    eventLoopGroupProvider: .shared(group),
                    configuration: Self.configuration(atOnceMax: atOnceMax))
                state = .open(client)
                return client
            }
        }
        guard let client else { throw Closed() }
        return client
    }

    /// Lets its connections go; it cannot be used again.
    func shutdown() async throws {
        let client: HTTPClient? = state.withLock { state in
            defer { state = .closed }
            if case .open(let client) = state { return client }
            return nil
        }
        try await client?.shutdown()
    }

    /// Everything under way gets a connection, so that no attempt spends its time in a queue; and a
    /// message goes where the operator said, and nowhere else.
    private static func configuration(atOnceMax: Int) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = atOnceMax
        // Whether there is another attempt is not the client's to decide.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}
