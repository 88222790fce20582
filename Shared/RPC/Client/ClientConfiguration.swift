import CNghttp2
import NIOCore

/// How a client connects.
package struct ClientConfiguration: Sendable {
    package var tls: ClientTLS?
    /// Asked before each call for metadata to add, as a token; may throw an `RPCStatus`.
    package var interceptor: (@Sendable (_ path: String) async throws -> Metadata)?
    /// What stands in `:authority`; nil takes the address.
    package var authority: String?

    package var messageBytesMax = Limits.messageBytesMax
    package var sentMessageBytesMax = Limits.sentMessageBytesMax
    package var headerListBytesMax = Limits.headerListBytesMax
    package var streamWindowBytes = Limits.streamWindowBytes
    package var connectionWindowBytes = Limits.connectionWindowBytes
    package var connectionUnreadBytesMax = Limits.connectionUnreadBytesMax

    /// With calls under way, a server that is silent for this long is asked whether it is there.
    package var keepaliveEvery: Duration? = .seconds(30)
    package var keepaliveTimeout: Duration = .seconds(10)

    /// How long one attempt to connect may take, up to the server's first frame.
    package var connectTimeout: Duration = .seconds(10)
    package var backoff = Backoff()

    package init(tls: ClientTLS? = nil) {
        self.tls = tls
    }

    func settings(keepaliveFactor: Int) -> ConnectionSettings {
        ConnectionSettings(
            entries: [
                (Int32(NGHTTP2_SETTINGS_ENABLE_PUSH.rawValue), 0),
                (Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue), UInt32(streamWindowBytes)),
                (
                    Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue),
                    UInt32(headerListBytesMax)
                ),
            ],
            connectionWindow: connectionWindowBytes, unreadBytesMax: connectionUnreadBytesMax,
            keepalive: keepaliveEvery.map {
                (TimeAmount($0 * keepaliveFactor), TimeAmount(keepaliveTimeout))
            })
    }
}

/// Certificates of a client, in PEM.
package struct ClientTLS: Sendable {
    /// Certificates that the server's must descend from; nil trusts the system's.
    package var trustRoots: String?
    /// The name that the server's certificate must carry; nil takes the address.
    package var serverName: String?
    package var certificateChain: String?
    package var privateKey: String?

    package init(
        trustRoots: String? = nil, serverName: String? = nil, certificateChain: String? = nil,
        privateKey: String? = nil
    ) {
        self.trustRoots = trustRoots
        self.serverName = serverName
        self.certificateChain = certificateChain
        self.privateKey = privateKey
    }
}

/// How long to wait before the next attempt to connect (gRPC, connection-backoff.md).
package struct Backoff: Sendable, Equatable {
    package var initial: Duration = .seconds(1)
    package var most: Duration = .seconds(120)
    package var factor = 1.6
    /// The part of the delay by which it may be shorter or longer.
    package var jitter = 0.2

    package init() {}

    /// The delay after so many failures in a row; chance is between -1 and 1.
    func delay(afterFailures failures: Int, chance: Double) -> Duration {
        var delay = initial
        for _ in 1..<max(2, failures) where failures > 1 {
            delay = min(most, delay * factor)
        }
        return delay * (1 + jitter * chance)
    }
}
