package import Domain
import Logging
import NIOPosix
package import RPC
package import Runtime

/// Services in this process on free ports and in a folder of their own, for one test.
package final class TestHost: Sendable {
    package let folder: TemporaryFolder
    package let services: [RunningService]
    private let host: ServiceHost
    private let running: Task<Void, any Error>

    /// Starts the services in the order of their upstreams; a `folder` used before goes on from
    /// what it holds. `own` holds settings that only one service knows, by its name.
    package init(
        _ types: [any HostedService.Type], folder: TemporaryFolder? = nil,
        flags: [(name: String, value: String)] = [],
        own: [String: [(name: String, value: String)]] = [:]
    ) async throws {
        let folder = try folder ?? TemporaryFolder()
        let all =
            [
                (name: "data", value: folder.path), (name: "grpc-port", value: "0"),
                (name: "admin-port", value: "0"), (name: "log-level", value: "critical"),
            ] + flags
        let host = try await ServiceHost.start(
            types, sources: { ConfigurationSources(flags: all + (own[$0.name] ?? [])) },
            isListeningToSignals: false)
        self.folder = folder
        self.host = host
        services = host.services
        running = Task { try await host.run() }
    }

    /// The service of that name.
    package func service(_ name: String) -> RunningService? {
        services.first { $0.name == name }
    }

    /// Waits until all services are ready.
    package func ready() async throws {
        try await until { self.services.allSatisfy(\.readiness.isReady) }
    }

    /// Waits until something is so; throws why services are not ready once no machine is so slow.
    package func until(_ isSo: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(120)
        while !(try await isSo()) {
            if ContinuousClock.now > end {
                let reasons = services.compactMap(\.readiness.reason)
                throw RPCStatus(.unavailable, "It did not come to be so. \(reasons)")
            }
            // Sockets and other threads take real time.
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// A token that the services of this host trust.
    package func token(
        _ role: Principal.Role, node: NodeID = NodeID(""), subject: String = "test",
        life: Interval = .hours(1)
    ) async throws -> String {
        try await TokenKey.open(data: folder.path).issue(
            subject: subject, role: role, node: node, life: life)
    }

    /// A client of a service, with a token of the role; nil for none.
    package func client(
        of name: String, as role: Principal.Role?, node: NodeID = NodeID(""),
        subject: String = "test"
    ) async throws -> RPCClient {
        guard let service = service(name) else {
            throw RPCStatus(.notFound, "No service \(name) runs in this host.")
        }
        var configuration = ClientConfiguration()
        if let role {
            let source = TokenSource(fixed: try await token(role, node: node, subject: subject))
            configuration.interceptor = { _ in try await source.metadata() }
        }
        return RPCClient(
            addresses: [.hostPort("127.0.0.1", service.ports.grpc)], configuration: configuration,
            group: MultiThreadedEventLoopGroup.singleton, logger: service.logger)
    }

    /// Waits until the services end by themselves; throws why.
    package func ended() async throws {
        try await running.value
    }

    /// Ends the services as SIGTERM does, and waits for it.
    package func stop() async throws {
        await host.stop()
        try await running.value
    }
}
