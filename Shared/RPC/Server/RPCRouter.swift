/// What a server answers: services fill it, the server takes it as a value.
package struct RPCRouter: Sendable {
    private(set) var routes: [Route] = []
    private(set) var files: [ProtoFile] = []

    package init() {}

    /// Registers a method of one request and one response.
    package mutating func unary<I, O>(
        _ method: RPCMethod<I, O>,
        _ handler: @escaping @Sendable (I, ServerCall) async throws -> O
    ) {
        add(method, .unary) { (call, message) throws(RPCStatus) in
            let request: I = try call.decode(message)
            return Task(executorPreference: call.stream.executor) {
                await call.conclude { try await call.respond(try await handler(request, call)) }
            }
        }
    }

    /// Registers a method of many requests and one response.
    package mutating func clientStreaming<I, O>(
        _ method: RPCMethod<I, O>,
        _ handler: @escaping @Sendable (RequestStream<I>, ServerCall) async throws -> O
    ) {
        add(method, .clientStreaming) { (call, message) throws(RPCStatus) in
            Task(executorPreference: call.stream.executor) {
                await call.conclude {
                    try await call.respond(try await handler(RequestStream(call: call), call))
                }
            }
        }
    }

    /// Registers a method of one request and many responses.
    package mutating func serverStreaming<I, O>(
        _ method: RPCMethod<I, O>,
        _ handler: @escaping @Sendable (I, ResponseWriter<O>, ServerCall) async throws -> Void
    ) {
        add(method, .serverStreaming) { (call, message) throws(RPCStatus) in
            let request: I = try call.decode(message)
            return Task(executorPreference: call.stream.executor) {
                await call.conclude {
                    try await handler(request, ResponseWriter(call: call), call)
                }
            }
        }
    }

    /// Registers a method of many requests and many responses.
    package mutating func bidirectional<I, O>(
        _ method: RPCMethod<I, O>,
        _ handler:
            @escaping @Sendable (RequestStream<I>, ResponseWriter<O>, ServerCall) async throws ->
            Void
    ) {
        add(method, .bidirectional) { (call, message) throws(RPCStatus) in
            Task(executorPreference: call.stream.executor) {
                await call.conclude {
                    try await handler(RequestStream(call: call), ResponseWriter(call: call), call)
                }
            }
        }
    }

    /// Shows a proto file and what it imports through reflection.
    package mutating func describe(_ file: ProtoFile) {
        files.append(file)
    }

    /// The names of the services that have methods, in order.
    package var services: [String] {
        Set(routes.map(\.service)).sorted()
    }

    private mutating func add<I, O>(
        _ method: RPCMethod<I, O>, _ kind: RPCMethodKind, launch: @escaping Route.Launch
    ) {
        precondition(method.kind == kind, "\(method.path) is not a method of this kind.")
        precondition(
            !routes.contains { $0.path == method.path }, "\(method.path) is registered twice.")
        routes.append(
            Route(
                path: method.path, service: method.service, method: method.name, kind: kind,
                launch: launch))
    }
}
