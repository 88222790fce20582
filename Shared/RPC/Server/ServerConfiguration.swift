import CNghttp2
import NIOCore

/// How a server listens and what it allows.
package struct ServerConfiguration: Sendable {
    package var address: RPCAddress
    package var tls: ServerTLS?

    /// The largest message that is taken.
    package var messageBytesMax = Limits.messageBytesMax
    package var sentMessageBytesMax = Limits.sentMessageBytesMax
    package var headerListBytesMax = Limits.headerListBytesMax
    package var concurrentStreamsMax = Limits.concurrentStreamsMax
    package var connectionsMax = Limits.connectionsMax
    package var streamWindowBytes = Limits.streamWindowBytes
    package var connectionWindowBytes = Limits.connectionWindowBytes
    package var connectionUnreadBytesMax = Limits.connectionUnreadBytesMax

    /// Whether responses are compressed when the client accepts it; each call may say otherwise.
    package var compressesResponses = false

    /// A connection in use that is silent for this long is asked whether it is there.
    package var keepaliveEvery: Duration? = .seconds(60)
    package var keepaliveTimeout: Duration = .seconds(20)
    /// Clients that ping more often than this are sent away.
    package var pingIntervalMin: Duration = .seconds(10)
    /// A connection that has not begun to speak HTTP/2 by then is closed.
    package var prefaceWithin: Duration = .seconds(Limits.prefaceSeconds)
    /// A connection older than this is drained, so that clients find new servers.
    package var connectionAgeMax: Duration?
    /// A connection without calls for this long is drained.
    package var connectionIdleMax: Duration?
    /// How long a drain leaves calls alone that stream responses.
    package var drainsStreamsAfter: Duration = .seconds(1)

    package init(address: RPCAddress = .hostPort("127.0.0.1", 0), tls: ServerTLS? = nil) {
        self.address = address
        self.tls = tls
    }

    var settings: ConnectionSettings {
        ConnectionSettings(
            entries: [
                (
                    Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue),
                    UInt32(concurrentStreamsMax)
                ),
                (Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue), UInt32(streamWindowBytes)),
                (
                    Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue),
                    UInt32(headerListBytesMax)
                ),
                // NO_RFC7540_PRIORITIES: spares the tree of priorities, which gRPC does not use.
                (9, 1),
            ],
            connectionWindow: connectionWindowBytes, unreadBytesMax: connectionUnreadBytesMax,
            keepalive: keepaliveEvery.map { (TimeAmount($0), TimeAmount(keepaliveTimeout)) })
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
