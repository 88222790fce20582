package import NIOCore
import Synchronization

/// A key under which an interceptor leaves a value for the handler.
package protocol CallStorageKey {
    associatedtype Value: Sendable
}

/// One call as its handler sees it; the task is cancelled when the call ends early.
package struct ServerCall: Sendable {
    let stream: ServerStream

    /// "/service/name".
    package var path: String { stream.route?.path ?? "" }
    package var service: String { stream.route?.service ?? "" }
    package var method: String { stream.route?.method ?? "" }
    package var kind: RPCMethodKind { stream.route?.kind ?? .unary }

    /// What the client sent beside its messages.
    package var metadata: Metadata { stream.metadata?.metadata ?? Metadata() }

    /// Who is at the other end.
    package var peer: RPCPeer { stream.home.peer }

    /// When the client stops waiting.
    package var deadline: NIODeadline? { stream.callDeadline }

    /// Whether the call may go on until somebody ends it, as subscriptions do.
    package var mayBeEndless: Bool { stream.route?.mayBeEndless ?? false }

    /// Ends the call with `status` after so long, if it still goes on: what allowed it is over.
    package func end(afterMilliseconds time: Int64, with status: RPCStatus) {
        let deadline =
            NIODeadline.now() + .milliseconds(min(time, Limits.waitNanosecondsMax / 1_000_000))
        stream.executor.onLoop { [stream] in stream.endPermit(at: deadline, status) }
    }

    /// Whether the message that was taken last came compressed.
    package internal(set) var isRequestCompressed: Bool {
        get { stream.settings.withLock { $0?.wasCompressed ?? false } }
        nonmutating set { stream.withSettings { $0.wasCompressed = newValue } }
    }

    /// Values that interceptors leave for handlers.
    package var storage: CallStorage { CallStorage(stream: stream) }

    /// Whether the responses that follow are compressed, if the client accepts it.
    package var compressesResponses: Bool {
        get { stream.settings.withLock { $0?.compresses } ?? stream.shared.compressesResponses }
        nonmutating set { stream.withSettings { $0.compresses = newValue } }
    }

    /// Sent before the first message; setting it later has no effect.
    package var initialMetadata: Metadata {
        get { stream.settings.withLock { $0?.initial } ?? Metadata() }
        nonmutating set { stream.withSettings { $0.initial = newValue } }
    }

    /// Sent after the last message.
    package var trailingMetadata: Metadata {
        get { stream.settings.withLock { $0?.trailing } ?? Metadata() }
        nonmutating set { stream.withSettings { $0.trailing = newValue } }
    }

    /// Sends metadata before the first message; at most once, and before any response.
    package func sendInitialMetadata(_ metadata: Metadata) async throws {
        stream.withSettings { $0.initial.add(contentsOf: metadata) }
        try await stream.executor.run { [stream] () throws(RPCStatus) in
            try stream.sendHeaders()
        }
    }
}

/// What interceptors and handlers may set, from any thread.
struct CallSettings {
    var storage: [ObjectIdentifier: any Sendable] = [:]
    var initial = Metadata()
    var trailing = Metadata()
    var compresses: Bool
    var wasCompressed = false
}

/// Values that interceptors leave for handlers, by the type of their key.
package struct CallStorage: Sendable {
    let stream: ServerStream

    package subscript<Key: CallStorageKey>(_ key: Key.Type) -> Key.Value? {
        get { stream.settings.withLock { $0?.storage[ObjectIdentifier(key)] } as? Key.Value }
        nonmutating set {
            stream.withSettings { $0.storage[ObjectIdentifier(key)] = newValue }
        }
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
    /// Runs a handler inside the interceptors and ends the call as it ended.
    ///
    /// Everything here stays with its caller: changing executors costs more than the rest.
    nonisolated(nonsending) func conclude(
        _ body: nonisolated(nonsending) @Sendable () async throws -> Void
    ) async {
        let shared = stream.shared
        var status = RPCStatus.ok
        do {
            if shared.interceptors.isEmpty {
                try await body()
            } else {
                try await intercepted(0, shared.interceptors, body)
            }
        } catch {
            status = self.status(of: error)
        }
        if let trailing = stream.settings.withLock({ $0?.trailing }), !trailing.isEmpty {
            status.metadata.add(contentsOf: trailing)
        }
        if stream.executor.loop.inEventLoop {
            stream.handlerEnded(status)
        } else {
            let (stream, final) = (stream, status)
            stream.executor.onLoop { stream.handlerEnded(final) }
        }
    }

    private nonisolated(nonsending) func intercepted(
        _ index: Int, _ interceptors: [any ServerInterceptor],
        _ body: nonisolated(nonsending) @Sendable () async throws -> Void
    ) async throws {
        guard index < interceptors.count else { return try await body() }
        try await interceptors[index].intercept(self) {
            try await intercepted(index + 1, interceptors, body)
        }
    }

    private func status(of error: any Error) -> RPCStatus {
        if let status = error as? RPCStatus { return status }
        if error is CancellationError {
            return RPCStatus(.cancelled, "The call was cancelled.")
        }
        // What went wrong inside is for our log, not for strangers.
        stream.shared.logger.error(
            "handler failed", metadata: ["path": "\(path)", "error": "\(error)"])
        return RPCStatus(.unknown, "The server failed to answer; its log says why.")
    }

    /// Decodes the one request of a call.
    func decode<M: RPCMessage>(_ message: Route.RequestMessage?) throws(RPCStatus) -> M {
        guard let message else {
            throw RPCStatus(.internal, "A request was expected and none was there.")
        }
        guard message.isCompressed else { return try MessageDecoder.parse(message.bytes) }
        var decoder = MessageDecoder(
            encoding: stream.encoding, limit: stream.shared.configuration.messageBytesMax)
        let request: M = try decoder.decode(message.bytes, isCompressed: true)
        isRequestCompressed = true
        return request
    }

    /// Keeps the one response of a call until it has ended well.
    nonisolated(nonsending) func respond<M: RPCMessage>(_ message: M) async throws(RPCStatus) {
        let compress = compressesResponses
        if stream.executor.loop.inEventLoop { return try stream.hold(message, compress: compress) }
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
