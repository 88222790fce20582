package import Logging
package import NIOCore

/// A gRPC client of one service, reachable at one of several addresses.
///
/// All its functions throw `RPCStatus` and nothing else.
package final class RPCClient: Sendable {
    package init(
        addresses: [RPCAddress], configuration: ClientConfiguration = ClientConfiguration(),
        group: any EventLoopGroup, logger: Logger
    ) {
    }

    /// Sends one message and waits for the answer.
    package func unary<I, O>(
        _ method: RPCMethod<I, O>, _ request: I, options: CallOptions = .standard
    ) async throws(RPCStatus) -> O {
        throw RPCStatus(.unimplemented)
    }

    /// Sends one message and waits for the answer with its metadata.
    package func unaryCall<I, O>(
        _ method: RPCMethod<I, O>, _ request: I, options: CallOptions = .standard
    ) async throws(RPCStatus) -> UnaryResponse<O> {
        throw RPCStatus(.unimplemented)
    }

    /// Sends one message; the answers follow as a stream.
    package func serverStreaming<I, O>(
        _ method: RPCMethod<I, O>, _ request: I, options: CallOptions = .standard
    ) async throws(RPCStatus) -> ResponseStream<O> {
        throw RPCStatus(.unimplemented)
    }

    /// Opens a call that sends many messages and gets one.
    package func clientStreaming<I, O>(
        _ method: RPCMethod<I, O>, options: CallOptions = .standard
    ) async throws(RPCStatus) -> ClientCall<I, O> {
        throw RPCStatus(.unimplemented)
    }

    /// Opens a call in which both sides send many messages.
    package func bidirectional<I, O>(
        _ method: RPCMethod<I, O>, options: CallOptions = .standard
    ) async throws(RPCStatus) -> ClientCall<I, O> {
        throw RPCStatus(.unimplemented)
    }

    /// Closes the connection; calls that run are cancelled.
    package func close() async {
    }
}

/// An answer with the metadata around it.
package struct UnaryResponse<Response: RPCMessage>: Sendable {
    package let message: Response
    package let initialMetadata: Metadata
    package let trailingMetadata: Metadata
    /// Whether the message came compressed; the interop case server_compressed_unary looks.
    package let isCompressed: Bool
}

/// How a client connects.
package struct ClientConfiguration: Sendable {
    package var tls: ClientTLS?
    /// Asked before each call for metadata to add, as a token; may throw an `RPCStatus`.
    package var interceptor: (@Sendable (_ path: String) async throws -> Metadata)?

    package init(tls: ClientTLS? = nil) {
        self.tls = tls
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
