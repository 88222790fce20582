/// What a server does with the calls of one method.
///
/// Each event loop has routes of its own: threads that count references to the same object slow
/// each other down more than anything else here.
class Route: @unchecked Sendable {
    // Proof of Sendable: nothing is mutable.

    /// The bytes of the one request, valid during the call.
    struct RequestMessage {
        let bytes: UnsafeRawBufferPointer
        let isCompressed: Bool
    }

    final let path: String
    final let service: String
    final let method: String
    final let kind: RPCMethodKind
    final let pathBytes: [UInt8]

    init<I, O>(_ method: RPCMethod<I, O>) {
        path = method.path
        service = method.service
        self.method = method.name
        kind = method.kind
        pathBytes = Array(method.path.utf8)
    }

    /// Begins a call: a handler of one request gets its message, the others none.
    func launch(
        _ call: ServerCall, _ message: RequestMessage?
    ) throws(RPCStatus) -> Task<Void, Never> {
        preconditionFailure("Each kind of route launches in its own way.")
    }

    /// The same for another loop.
    func twin() -> Route {
        preconditionFailure("Each kind of route is made in its own way.")
    }

    /// Whether calls may go on until somebody ends them, as subscriptions do.
    final var mayBeEndless: Bool {
        switch kind {
        case .unary, .clientStreaming: false
        case .serverStreaming, .bidirectional: true
        }
    }

    /// Whether the handler begins only when the one request is complete.
    final var takesOneRequest: Bool {
        switch kind {
        case .unary, .serverStreaming: true
        case .clientStreaming, .bidirectional: false
        }
    }
}

// Proof of Sendable: as of every route, nothing is mutable.
final class UnaryRoute<I: RPCMessage, O: RPCMessage>: Route, @unchecked Sendable {
    typealias Handler = nonisolated(nonsending) @Sendable (I, ServerCall) async throws -> O
    private let definition: RPCMethod<I, O>
    private let handler: Handler

    init(_ method: RPCMethod<I, O>, _ handler: @escaping Handler) {
        definition = method
        self.handler = handler
        super.init(method)
    }

    override func twin() -> Route { UnaryRoute(definition, handler) }

    override func launch(
        _ call: ServerCall, _ message: RequestMessage?
    ) throws(RPCStatus) -> Task<Void, Never> {
        let request: I = try call.decode(message)
        let handler = handler
        return Task(executorPreference: call.stream.executor) {
            await call.conclude { try await call.respond(try await handler(request, call)) }
        }
    }
}

// Proof of Sendable: as of every route, nothing is mutable.
final class ClientStreamingRoute<I: RPCMessage, O: RPCMessage>: Route, @unchecked Sendable {
    typealias Handler =
        nonisolated(nonsending) @Sendable (RequestStream<I>, ServerCall) async throws -> O
    private let definition: RPCMethod<I, O>
    private let handler: Handler

    init(_ method: RPCMethod<I, O>, _ handler: @escaping Handler) {
        definition = method
        self.handler = handler
        super.init(method)
    }

    override func twin() -> Route { ClientStreamingRoute(definition, handler) }

    override func launch(
        _ call: ServerCall, _ message: RequestMessage?
    ) throws(RPCStatus) -> Task<Void, Never> {
        let handler = handler
        return Task(executorPreference: call.stream.executor) {
            await call.conclude {
                try await call.respond(try await handler(RequestStream(call: call), call))
            }
        }
    }
}

// Proof of Sendable: as of every route, nothing is mutable.
final class ServerStreamingRoute<I: RPCMessage, O: RPCMessage>: Route, @unchecked Sendable {
    typealias Handler =
        nonisolated(nonsending) @Sendable (I, ResponseWriter<O>, ServerCall) async throws -> Void
    private let definition: RPCMethod<I, O>
    private let handler: Handler

    init(_ method: RPCMethod<I, O>, _ handler: @escaping Handler) {
        definition = method
        self.handler = handler
        super.init(method)
    }

    override func twin() -> Route { ServerStreamingRoute(definition, handler) }

    override func launch(
        _ call: ServerCall, _ message: RequestMessage?
    ) throws(RPCStatus) -> Task<Void, Never> {
        let request: I = try call.decode(message)
        let handler = handler
        return Task(executorPreference: call.stream.executor) {
            await call.conclude { try await handler(request, ResponseWriter(call: call), call) }
        }
    }
}

// Proof of Sendable: as of every route, nothing is mutable.
final class BidirectionalRoute<I: RPCMessage, O: RPCMessage>: Route, @unchecked Sendable {
    typealias Handler =
        nonisolated(nonsending) @Sendable (RequestStream<I>, ResponseWriter<O>, ServerCall)
        async throws -> Void
    private let definition: RPCMethod<I, O>
    private let handler: Handler

    init(_ method: RPCMethod<I, O>, _ handler: @escaping Handler) {
        definition = method
        self.handler = handler
        super.init(method)
    }

    override func twin() -> Route { BidirectionalRoute(definition, handler) }

    override func launch(
        _ call: ServerCall, _ message: RequestMessage?
    ) throws(RPCStatus) -> Task<Void, Never> {
        let handler = handler
        return Task(executorPreference: call.stream.executor) {
            await call.conclude {
                try await handler(RequestStream(call: call), ResponseWriter(call: call), call)
            }
        }
    }
}
