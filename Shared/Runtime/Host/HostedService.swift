package import CoreMetrics
package import Domain
package import Logging
package import NIOCore
package import Policy
package import RPC
package import ServiceLifecycle
package import Storage

/// What a service module gives to the host, which does the rest: configuration, logs, metrics,
/// tokens, the store, the server with health, reflection, journal and clock, and the end.
package protocol HostedService: Sendable {
    /// Such as `risk`; names its folder, its configuration and its journal.
    static var name: String { get }
    /// The ports that it has if nobody says otherwise.
    static var ports: ServicePorts { get }
    /// The services whose streams it reads, such as `ingest`; each gets a client.
    static var upstreams: [String] { get }
    /// Its own configuration, beside what every service has.
    static var keys: [ConfigurationKey] { get }
    /// Its own tables, in the order of the releases.
    static var migrations: [Migration] { get }
    /// Builds its parts on an open store; nothing runs yet.
    static func assemble(_ context: ServiceContext) async throws -> ServiceParts
}

extension HostedService {
    package static var ports: ServicePorts { .standard(name) }
    package static var upstreams: [String] { [] }
    package static var keys: [ConfigurationKey] { [] }
    package static var migrations: [Migration] { [] }
}

/// The ports of a service: one for calls, one for those who keep it running.
package struct ServicePorts: Hashable, Sendable {
    package var grpc, admin: Int

    package init(grpc: Int, admin: Int) {
        (self.grpc, self.admin) = (grpc, admin)
    }

    /// The ports that users know; any free ones for a service that is not in the list.
    package static func standard(_ service: String) -> ServicePorts {
        switch service {
        case "ingest": ServicePorts(grpc: 7401, admin: 7501)
        case "risk": ServicePorts(grpc: 7402, admin: 7502)
        case "notification": ServicePorts(grpc: 7403, admin: 7503)
        default: ServicePorts(grpc: 0, admin: 0)
        }
    }
}

/// What a service finds around it.
package struct ServiceContext: Sendable {
    package var name: String
    package var configuration: ServiceConfiguration
    /// Where it may keep files beside its store.
    package var folder: String
    package var store: Store
    package var clock: any TimeSource
    /// Clients of its upstreams, by name, with tokens.
    package var clients: [String: RPCClient]
    /// Checks tokens that come another way than over gRPC.
    package var tokens: TokenVerifier
    package var metrics: any MetricsFactory
    package var logger: Logger
    package var group: any EventLoopGroup

    /// The profile that the setting `ConfigurationKey.profile` names.
    package func profile() throws -> PolicyProfile {
        try ProfileSource.load(configuration.text("profile"))
    }

    /// The client of an upstream that the service named.
    package func client(_ upstream: String) -> RPCClient {
        guard let client = clients[upstream] else {
            preconditionFailure("\(name) does not name \(upstream) as an upstream.")
        }
        return client
    }
}

/// How far a stream that a service serves has come, for those who settle it.
package struct StreamHead: Hashable, Sendable {
    /// Such as `ingest.readings`.
    package var name: String
    package var seq: UInt64

    package init(name: String, seq: UInt64) {
        (self.name, self.seq) = (name, seq)
    }
}

/// What a service consists of; the host runs it.
package struct ServiceParts: Sendable {
    /// Its methods and proto files; the host adds health, reflection, journal and clock.
    package var router: RPCRouter
    package var engine: any HostedEngine
    package var followers: [any HostedFollower]
    /// What else runs as long as the service: started after the engine, stopped before it.
    package var jobs: [any Service]
    /// What a caller may see of the journal.
    package var scope: JournalService.Scope
    /// Streams beside the journal, and how far they have come.
    package var heads: @Sendable () async -> [StreamHead]
    /// Waits for work that the engine does not know of, before the service counts as settled.
    package var settle: @Sendable () async throws -> Void
    /// Reasons beside engine and followers why the service is not ready.
    package var readiness: @Sendable () -> Readiness

    package init(
        router: RPCRouter, engine: any HostedEngine, followers: [any HostedFollower] = [],
        jobs: [any Service] = [],
        scope: @escaping JournalService.Scope,
        heads: @escaping @Sendable () async -> [StreamHead] = { [] },
        settle: @escaping @Sendable () async throws -> Void = {},
        readiness: @escaping @Sendable () -> Readiness = { .ready }
    ) {
        (self.router, self.engine, self.followers, self.jobs) = (router, engine, followers, jobs)
        (self.scope, self.heads, self.settle) = (scope, heads, settle)
        self.readiness = readiness
    }
}

/// An engine as the host sees it.
package protocol HostedEngine: Service {
    var name: String { get }
    var journalHead: HeadSignal { get }
    var readiness: Readiness { get }
    /// How far the clock is behind what was decided last; 0 unless it was set back.
    var clockLag: Interval { get }
    var nextDue: Instant? { get async }
    /// Says how the upstreams are asked how far they reach.
    func listen(_ heads: @escaping @Sendable () async throws -> [UpstreamPosition]) async
    /// Waits until nothing is to be done before time passes.
    func idle() async
    /// Does what has fallen due.
    func tick() async
}

extension Engine: HostedEngine {}
