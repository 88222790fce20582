package import Logging
package import NIOCore

/// A gRPC client of one service, reachable at one of several addresses.
///
/// All its functions throw `RPCStatus` and nothing else. It connects when the first call asks for
/// it. A task that runs on `executor` makes calls without changing threads.
package final class RPCClient: Sendable {
    private static let longest = TimeAmount.nanoseconds(Limits.waitNanosecondsMax)
    private let core: ClientCore

    package init(
        addresses: [RPCAddress], configuration: ClientConfiguration = ClientConfiguration(),
        group: any EventLoopGroup, logger: Logger
    ) {
        core = ClientCore(
            addresses: addresses, configuration: configuration, loop: group.next(), logger: logger)
    }

    deinit {
        let core = core
        // A client that was closed may outlive its event loop.
        if !core.isClosed { core.executor.onLoop { core.close(nil) } }
    }

    /// Runs tasks on the loop of the connection: the fastest place to make calls from.
    package var executor: LoopExecutor { core.executor }

    /// Sends one message and waits for the answer.
    package func unary<I, O>(
        _ method: RPCMethod<I, O>, _ request: I, options: CallOptions = .standard
    ) async throws(RPCStatus) -> O {
        let outcome = try await outcome(method, request, options)
        return try message(of: outcome, method.path).message
    }

    /// Sends one message and waits for the answer with its metadata.
    package func unaryCall<I, O>(
        _ method: RPCMethod<I, O>, _ request: I, options: CallOptions = .standard
    ) async throws(RPCStatus) -> UnaryResponse<O> {
        let outcome = try await outcome(method, request, options)
        let answer: (message: O, isCompressed: Bool) = try message(of: outcome, method.path)
        return UnaryResponse(
            message: answer.message, initialMetadata: outcome.initial?.metadata ?? Metadata(),
            trailingMetadata: outcome.trailing?.metadata ?? Metadata(),
            isCompressed: answer.isCompressed)
    }

    /// Sends one message; the answers follow as a stream.
    package func serverStreaming<I, O>(
        _ method: RPCMethod<I, O>, _ request: I, options: CallOptions = .standard
    ) async throws(RPCStatus) -> ResponseStream<O> {
        let stream = try await prepare(method, options)
        let body = try outbox(request, options)
        core.executor.onLoop {
            stream.prepare(body)
            stream.start()
        }
        return ResponseStream(handle: ClientHandle(stream))
    }

    /// Opens a call that sends many messages and gets one.
    package func clientStreaming<I, O>(
        _ method: RPCMethod<I, O>, options: CallOptions = .standard
    ) async throws(RPCStatus) -> ClientCall<I, O> {
        try await open(method, options)
    }

    /// Opens a call in which both sides send many messages.
    package func bidirectional<I, O>(
        _ method: RPCMethod<I, O>, options: CallOptions = .standard
    ) async throws(RPCStatus) -> ClientCall<I, O> {
        try await open(method, options)
    }

    private func open<I, O>(
        _ method: RPCMethod<I, O>, _ options: CallOptions
    ) async throws(RPCStatus) -> ClientCall<I, O> {
        let stream = try await prepare(method, options)
        core.executor.onLoop { stream.start() }
        return ClientCall(handle: ClientHandle(stream))
    }

    /// Closes the connection; calls that run are cancelled.
    package func close() async {
        guard core.beginClosing() else { return }
        await withUnsafeContinuation { continuation in
            core.executor.onLoop { self.core.close(continuation) }
        }
    }

    // MARK: Steps

    private func prepare<I, O>(
        _ method: RPCMethod<I, O>, _ options: CallOptions
    ) async throws(RPCStatus) -> ClientStream {
        var metadata = options.metadata
        if let interceptor = core.configuration.interceptor {
            do {
                metadata.add(contentsOf: try await interceptor(method.path))
            } catch let status as RPCStatus {
                throw status
            } catch {
                throw RPCStatus(.internal, "The metadata of the call could not be made: \(error)")
            }
        }
        let plan = CallPlan(
            path: method.path, metadata: metadata, compression: options.compression,
            waitsForReady: options.waitForReady,
            deadline: options.timeout.map { .now() + min(TimeAmount($0), Self.longest) },
            isUnary: method.kind == .unary)
        return ClientStream(plan: plan, client: core)
    }

    private func outbox<I: RPCMessage>(
        _ request: I, _ options: CallOptions
    ) throws(RPCStatus) -> MessageOutbox {
        var outbox = MessageOutbox()
        try outbox.append(
            request, compressor: options.compression == .gzip ? GzipCompressor() : nil,
            limit: core.configuration.sentMessageBytesMax)
        return outbox
    }

    private func outcome<I, O>(
        _ method: RPCMethod<I, O>, _ request: I, _ options: CallOptions
    ) async throws(RPCStatus) -> CallOutcome {
        let stream = try await prepare(method, options)
        let body = try outbox(request, options)
        let outcome = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                stream.executor.onLoop {
                    stream.prepare(body)
                    stream.start(continuation)
                }
            }
        } onCancel: {
            stream.executor.onLoop { stream.cancel() }
        }
        guard outcome.status.code == .ok else { throw outcome.status }
        return outcome
    }

    private func message<O: RPCMessage>(
        of outcome: CallOutcome, _ path: String
    ) throws(RPCStatus) -> (message: O, isCompressed: Bool) {
        guard outcome.messageCount == 1 else {
            throw RPCStatus(
                .unimplemented,
                "\(path) gives one response; the server sent \(outcome.messageCount).")
        }
        var decoder = MessageDecoder(
            encoding: outcome.encoding, limit: core.configuration.messageBytesMax)
        decoder.batch = outcome.messages
        guard let message = try decoder.next(O.self) else {
            throw RPCStatus(.internal, "The response of \(path) is cut short.")
        }
        return (message, decoder.wasCompressed)
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

/// Cancels the call when nobody holds it any more.
final class ClientHandle: Sendable {
    let stream: ClientStream

    init(_ stream: ClientStream) {
        self.stream = stream
    }

    deinit {
        let stream = stream
        guard stream.outcome.withLock({ $0 == nil }) else { return }
        stream.executor.onLoop { stream.cancel() }
    }
}
