package import Logging
package import NIOCore

/// A gRPC server on one listening address.
package final class RPCServer: Sendable {
    /// What health checks are told; services are added as `notServing` until set.
    package let health = HealthBoard()

    package init(
        configuration: ServerConfiguration = ServerConfiguration(), router: RPCRouter,
        interceptors: [any ServerInterceptor] = [], group: any EventLoopGroup, logger: Logger
    ) {
    }

    /// Binds and accepts; returns the bound port (0 for a Unix socket).
    package func start() async throws -> Int {
        0
    }

    /// Stops accepting, lets running calls finish, and closes what is left after the time.
    package func drain(within limit: Duration) async {
    }
}

/// How a server listens and what it allows.
package struct ServerConfiguration: Sendable {
    package var address: RPCAddress
    package var tls: ServerTLS?

    package init(address: RPCAddress = .hostPort("127.0.0.1", 0), tls: ServerTLS? = nil) {
        self.address = address
        self.tls = tls
    }
}

/// Certificates of a server, in PEM.
package struct ServerTLS: Sendable {
    package var certificateChain: String
    package var privateKey: String
    /// Certificates that client certificates must descend from; nil asks for none.
    package var clientTrustRoots: String?

    package init(certificateChain: String, privateKey: String, clientTrustRoots: String? = nil) {
        self.certificateChain = certificateChain
        self.privateKey = privateKey
        self.clientTrustRoots = clientTrustRoots
    }
}
