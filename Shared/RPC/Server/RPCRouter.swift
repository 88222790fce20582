/// What a server answers: services fill it, the server takes it as a value.
package struct RPCRouter: Sendable {
    private(set) var routes: [Route] = []
    private(set) var files: [ProtoFile] = []

    package init() {}

    /// Registers a method of one request and one response.
    package mutating func unary<I, O>(
        _ method: RPCMethod<I, O>,
        _ handler: nonisolated(nonsending) @escaping @Sendable (I, ServerCall) async throws -> O
    ) {
        add(UnaryRoute(method, handler), .unary)
    }

    /// Registers a method of many requests and one response.
    package mutating func clientStreaming<I, O>(
        _ method: RPCMethod<I, O>,
        _ handler:
            nonisolated(nonsending) @escaping @Sendable (RequestStream<I>, ServerCall) async throws
            -> O
    ) {
        add(ClientStreamingRoute(method, handler), .clientStreaming)
    }

    /// Registers a method of one request and many responses.
    package mutating func serverStreaming<I, O>(
        _ method: RPCMethod<I, O>,
        _ handler:
            nonisolated(nonsending) @escaping @Sendable (I, ResponseWriter<O>, ServerCall)
            async throws -> Void
    ) {
        add(ServerStreamingRoute(method, handler), .serverStreaming)
    }

    /// Registers a method of many requests and many responses.
    package mutating func bidirectional<I, O>(
        _ method: RPCMethod<I, O>,
        _ handler:
            nonisolated(nonsending) @escaping @Sendable (
                RequestStream<I>, ResponseWriter<O>, ServerCall
            ) async throws ->
            Void
    ) {
        add(BidirectionalRoute(method, handler), .bidirectional)
    }

    /// Shows a proto file and what it imports through reflection.
    package mutating func describe(_ file: ProtoFile) {
        files.append(file)
    }

    /// The names of the services that have methods, in order.
    package var services: [String] {
        Set(routes.map(\.service)).sorted()
    }

    private mutating func add(_ route: Route, _ kind: RPCMethodKind) {
        precondition(route.kind == kind, "\(route.path) is not a method of this kind.")
        precondition(
            !routes.contains { $0.path == route.path }, "\(route.path) is registered twice.")
        routes.append(route)
    }
}
