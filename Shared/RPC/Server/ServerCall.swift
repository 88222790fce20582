import Logging
package import NIOCore
import Synchronization

/// A key under which an interceptor leaves a value for the handler.
package protocol CallStorageKey {
    associatedtype Value: Sendable
}

/// One call as its handler sees it; the task is cancelled when the call ends early.
package final class ServerCall: Sendable {
    /// What interceptors and handlers may set, from any thread.
    private struct Settings {
        var storage: [ObjectIdentifier: any Sendable] = [:]
        var initial = Metadata()
        var trailing = Metadata()
        var compresses: Bool
        var wasCompressed = false
    }

    private let route: Route
    let stream: ServerStream
    private let block: MetadataBlock
    let shared: ServerShared
    private let settings: Mutex<Settings>

    package let peer: RPCPeer
    /// When the client stops waiting.
    package let deadline: NIODeadline?

    init(
        route: Route, stream: ServerStream, metadata: MetadataBlock, peer: RPCPeer,
        deadline: NIODeadline?, context: ServerShared
    ) {
        self.route = route
        self.stream = stream
        block = metadata
        self.peer = peer
        self.deadline = deadline
        shared = context
        settings = Mutex(Settings(compresses: context.configuration.compressesResponses))
    }

    /// "/service/name".
    package var path: String { route.path }
    package var service: String { route.service }
    package var method: String { route.method }
    package var kind: RPCMethodKind { route.kind }

    /// What the client sent beside its messages.
    package var metadata: Metadata { block.metadata }

    /// Whether the message that was taken last came compressed.
    package internal(set) var isRequestCompressed: Bool {
        get { settings.withLock { $0.wasCompressed } }
        set { settings.withLock { $0.wasCompressed = newValue } }
    }

    /// Values that interceptors leave for handlers.
    package var storage: CallStorage { CallStorage(call: self) }

    /// Whether the responses that follow are compressed, if the client accepts it.
    package var compressesResponses: Bool {
        get { settings.withLock { $0.compresses } }
        set { settings.withLock { $0.compresses = newValue } }
    }

    /// Sent before the first message; setting it later has no effect.
    package var initialMetadata: Metadata {
        get { settings.withLock { $0.initial } }
        set { settings.withLock { $0.initial = newValue } }
    }

    /// Sent after the last message.
    package var trailingMetadata: Metadata {
        get { settings.withLock { $0.trailing } }
        set { settings.withLock { $0.trailing = newValue } }
    }

    /// Sends metadata before the first message; at most once, and before any response.
    package func sendInitialMetadata(_ metadata: Metadata) async throws {
        settings.withLock { $0.initial.add(contentsOf: metadata) }
        try await stream.executor.run { [stream] () throws(RPCStatus) in
            try stream.sendHeaders()
        }
    }

    func takeInitialMetadata() -> Metadata {
        settings.withLock { $0.initial }
    }

    fileprivate func stored(_ key: ObjectIdentifier) -> (any Sendable)? {
        settings.withLock { $0.storage[key] }
    }

    fileprivate func store(_ value: (any Sendable)?, _ key: ObjectIdentifier) {
        settings.withLock { $0.storage[key] = value }
    }
}

/// Values that interceptors leave for handlers, by the type of their key.
package struct CallStorage: Sendable {
    let call: ServerCall

    package subscript<Key: CallStorageKey>(_ key: Key.Type) -> Key.Value? {
        get { call.stored(ObjectIdentifier(key)) as? Key.Value }
        nonmutating set { call.store(newValue, ObjectIdentifier(key)) }
    }
}

/// Who is at the other end.
package struct RPCPeer: Sendable {
    package let address: SocketAddress?
    /// The DER of the client's certificate, checked, under mutual TLS.
    package let certificate: [UInt8]?
}

// MARK: Running a handler

extension ServerCall {
    typealias Body = @Sendable (ServerCall) async throws -> Void

    /// Runs the handler inside the interceptors, on the loop of the connection.
    func run(_ body: @escaping Body) -> Task<Void, Never> {
        Task(executorPreference: stream.executor) {
            let status = await self.outcome(body)
            self.end(status)
        }
    }

    private func outcome(_ body: Body) async -> RPCStatus {
        do {
            if shared.interceptors.isEmpty {
                try await body(self)
            } else {
                try await intercepted(0, body)
            }
            return .ok
        } catch let status as RPCStatus {
            return status
        } catch is CancellationError {
            return RPCStatus(.cancelled, "The call was cancelled.")
        } catch {
            // What went wrong inside is for our log, not for strangers.
            shared.logger.error(
                "handler failed", metadata: ["path": "\(path)", "error": "\(error)"])
            return RPCStatus(.unknown, "The server failed to answer; its log says why.")
        }
    }

    private func intercepted(_ index: Int, _ body: Body) async throws {
        guard index < shared.interceptors.count else { return try await body(self) }
        try await shared.interceptors[index].intercept(self) {
            try await self.intercepted(index + 1, body)
        }
    }

    private func end(_ status: RPCStatus) {
        var status = status
        settings.withLock {
            if !$0.trailing.isEmpty { status.metadata.add(contentsOf: $0.trailing) }
        }
        if stream.executor.loop.inEventLoop {
            stream.handlerEnded(status)
        } else {
            let final = status
            stream.executor.onLoop { self.stream.handlerEnded(final) }
        }
    }

    /// Decodes the one request of a call.
    func decode<M: RPCMessage>(_ message: Route.RequestMessage?) throws(RPCStatus) -> M {
        guard let message else {
            throw RPCStatus(.internal, "A request was expected and none was there.")
        }
        var decoder = MessageDecoder(
            encoding: stream.encoding, limit: shared.configuration.messageBytesMax)
        let request: M = try decoder.decode(message.bytes, isCompressed: message.isCompressed)
        if message.isCompressed { isRequestCompressed = true }
        return request
    }

    /// Keeps the one response of a call until it has ended well.
    func respond<M: RPCMessage>(_ message: M) async throws {
        let compress = compressesResponses
        try await stream.executor.run { [stream] () throws(RPCStatus) in
            try stream.hold(message, compress: compress)
        }
    }
}

extension LoopExecutor {
    /// Runs the body on the loop and waits for it; without a detour when this is the loop.
    @inline(__always)
    func run<R: Sendable>(
        _ body: @escaping @Sendable () throws(RPCStatus) -> R
    ) async throws(RPCStatus) -> R {
        if loop.inEventLoop { return try body() }
        return try await hop(body)
    }

    private func hop<R: Sendable>(
        _ body: @escaping @Sendable () throws(RPCStatus) -> R
    ) async throws(RPCStatus) -> R {
        let result: Result<R, RPCStatus> = await withUnsafeContinuation { continuation in
            loop.execute {
                self.tick {
                    continuation.resume(returning: Result { () throws(RPCStatus) in try body() })
                }
            }
        }
        return try result.get()
    }
}
