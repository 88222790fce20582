package import RPC

/// A server of `grpc.testing.TestService` that answers the official interop cases.
package struct TestService: Sendable {
    package init() {}

    package func register(in router: inout RPCRouter) {
        typealias Service = GrpcTesting.TestService
        router.describe(Service.file)
        router.unary(Service.emptyCall) { request, call in
            try await echoMetadata(of: call)
            return request
        }
        router.unary(Service.unaryCall, unary)
        router.unary(Service.cacheableUnaryCall, unary)
        router.serverStreaming(Service.streamingOutputCall, streamOut)
        router.clientStreaming(Service.streamingInputCall, streamIn)
        router.bidirectional(Service.fullDuplexCall, fullDuplex)
        router.bidirectional(Service.halfDuplexCall, halfDuplex)
        // UnimplementedCall and UnimplementedService stay so.
    }

    @Sendable
    private func unary(
        _ request: GrpcTesting.SimpleRequest, _ call: ServerCall
    ) async throws -> GrpcTesting.SimpleResponse {
        try await echoMetadata(of: call)
        try check(request.expectCompressed, call)
        try fail(as: request.responseStatus)
        // Compression is on unless the request speaks against it.
        call.compressesResponses = request.responseCompressed?.value ?? false
        return GrpcTesting.SimpleResponse(payload: try payload(request.responseSize))
    }

    @Sendable
    private func streamOut(
        _ request: GrpcTesting.StreamingOutputCallRequest,
        _ responses: ResponseWriter<GrpcTesting.StreamingOutputCallResponse>, _ call: ServerCall
    ) async throws {
        try await echoMetadata(of: call)
        try await answer(request, responses, call)
        try fail(as: request.responseStatus)
    }

    @Sendable
    private func streamIn(
        _ requests: RequestStream<GrpcTesting.StreamingInputCallRequest>, _ call: ServerCall
    ) async throws -> GrpcTesting.StreamingInputCallResponse {
        try await echoMetadata(of: call)
        var size = 0
        for try await request in requests {
            try check(request.expectCompressed, call)
            size += request.payload?.body.count ?? 0
        }
        return GrpcTesting.StreamingInputCallResponse(
            aggregatedPayloadSize: Int32(clamping: size))
    }

    @Sendable
    private func fullDuplex(
        _ requests: RequestStream<GrpcTesting.StreamingOutputCallRequest>,
        _ responses: ResponseWriter<GrpcTesting.StreamingOutputCallResponse>, _ call: ServerCall
    ) async throws {
        try await echoMetadata(of: call)
        for try await request in requests {
            try fail(as: request.responseStatus)
            try await answer(request, responses, call)
        }
    }

    @Sendable
    private func halfDuplex(
        _ requests: RequestStream<GrpcTesting.StreamingOutputCallRequest>,
        _ responses: ResponseWriter<GrpcTesting.StreamingOutputCallResponse>, _ call: ServerCall
    ) async throws {
        try await echoMetadata(of: call)
        var waiting: [GrpcTesting.StreamingOutputCallRequest] = []
        for try await request in requests {
            guard waiting.count < Self.waitingMax else {
                throw RPCStatus(.resourceExhausted, "Too many requests before the half-close.")
            }
            waiting.append(request)
        }
        for request in waiting { try await answer(request, responses, call) }
    }

    /// Requests that HalfDuplexCall keeps; it holds all of them until the client has ended.
    private static let waitingMax = 1_000

    /// The largest payload that is answered; the description asks for no more than 10 MiB.
    private static let payloadMax = 10 << 20

    private func payload(_ size: Int32) throws -> GrpcTesting.Payload {
        guard (0...Self.payloadMax).contains(Int(size)) else {
            throw RPCStatus(.invalidArgument, "The response size must be 0 to \(Self.payloadMax).")
        }
        return .zeros(Int(size))
    }

    private func answer(
        _ request: GrpcTesting.StreamingOutputCallRequest,
        _ responses: ResponseWriter<GrpcTesting.StreamingOutputCallResponse>, _ call: ServerCall
    ) async throws {
        for parameters in request.responseParameters {
            if parameters.intervalUs > 0 {
                // The description makes the server wait before it answers.
                try await Task.sleep(for: .microseconds(Int64(parameters.intervalUs)))
            }
            call.compressesResponses = parameters.compressed?.value ?? false
            try await responses.write(.init(payload: try payload(parameters.size)))
        }
    }

    private func echoMetadata(of call: ServerCall) async throws {
        if let trailing = call.metadata[bytes: InteropWords.echoTrailing] {
            call.trailingMetadata[bytes: InteropWords.echoTrailing] = trailing
        }
        if let initial = call.metadata[InteropWords.echoInitial] {
            try await call.sendInitialMetadata([InteropWords.echoInitial: initial])
        }
    }

    private func check(_ expected: GrpcTesting.BoolValue?, _ call: ServerCall) throws {
        guard let expected, expected.value != call.isRequestCompressed else { return }
        throw RPCStatus(
            .invalidArgument,
            expected.value
                ? "The request says that it is compressed, and it is not."
                : "The request says that it is not compressed, and it is.")
    }

    private func fail(as status: GrpcTesting.EchoStatus?) throws {
        guard let status, status.code != 0 else { return }
        throw RPCStatus(RPCStatus.Code(rawValue: Int(status.code)) ?? .unknown, status.message)
    }
}
