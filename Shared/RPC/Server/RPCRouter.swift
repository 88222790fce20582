/// What a server answers: services fill it, the server takes it as a value.
package struct RPCRouter: Sendable {
    private(set) var files: [ProtoFile] = []

    package init() {}

    /// Registers a method of one request and one response.
    package mutating func unary<I, O>(
        _ method: RPCMethod<I, O>,
        _ handler: @escaping @Sendable (I, ServerCall) async throws -> O
    ) {
    }

    /// Registers a method of many requests and one response.
    package mutating func clientStreaming<I, O>(
        _ method: RPCMethod<I, O>,
        _ handler: @escaping @Sendable (RequestStream<I>, ServerCall) async throws -> O
    ) {
    }

    /// Registers a method of one request and many responses.
    package mutating func serverStreaming<I, O>(
        _ method: RPCMethod<I, O>,
        _ handler: @escaping @Sendable (I, ResponseWriter<O>, ServerCall) async throws -> Void
    ) {
    }

    /// Registers a method of many requests and many responses.
    package mutating func bidirectional<I, O>(
        _ method: RPCMethod<I, O>,
        _ handler:
            @escaping @Sendable (RequestStream<I>, ResponseWriter<O>, ServerCall) async throws ->
            Void
    ) {
    }

    /// Shows a proto file and what it imports through reflection.
    package mutating func describe(_ file: ProtoFile) {
        files.append(file)
    }
}
