package import RPC

/// Our client, running the official cases against any server of `grpc.testing.TestService`.
package struct InteropClient: Sendable {
    typealias Service = GrpcTesting.TestService

    let client: RPCClient
    /// Whether the server says INVALID_ARGUMENT if `expect_compressed` is not true. grpcio servers
    /// cannot see how a message came.
    let serverSeesCompression: Bool

    package init(client: RPCClient, serverSeesCompression: Bool = true) {
        self.client = client
        self.serverSeesCompression = serverSeesCompression
    }

    package func run(_ one: InteropCase) async throws {
        switch one {
        case .emptyUnary: try await emptyUnary()
        case .largeUnary: try await largeUnary()
        case .clientStreaming: try await clientStreaming()
        case .serverStreaming: try await serverStreaming()
        case .pingPong: try await pingPong()
        case .emptyStream: try await emptyStream()
        case .cancelAfterBegin: try await cancelAfterBegin()
        case .cancelAfterFirstResponse: try await cancelAfterFirstResponse()
        case .timeoutOnSleepingServer: try await timeoutOnSleepingServer()
        case .customMetadata: try await customMetadata()
        case .statusCodeAndMessage: try await statusCodeAndMessage()
        case .specialStatusMessage: try await specialStatusMessage()
        case .unimplementedMethod: try await unimplementedMethod()
        case .unimplementedService: try await unimplementedService()
        case .clientCompressedUnary: try await clientCompressedUnary()
        case .serverCompressedUnary: try await serverCompressedUnary()
        }
    }

    private func emptyUnary() async throws {
        let answer = try await client.unary(Service.emptyCall, GrpcTesting.Empty())
        try expect(answer == GrpcTesting.Empty(), "the answer is not empty")
    }

    private func largeUnary() async throws {
        let answer = try await client.unary(Service.unaryCall, largeRequest())
        try expectLarge(answer)
    }

    private func clientStreaming() async throws {
        let call = try await client.clientStreaming(Service.streamingInputCall)
        for size in InteropWords.requestSizes { try await call.send(.init(payload: .zeros(size))) }
        call.finish()
        let answer = try await call.response()
        try expect(
            answer.aggregatedPayloadSize == 74_922, "the sum is \(answer.aggregatedPayloadSize)")
    }

    private func serverStreaming() async throws {
        let request = GrpcTesting.StreamingOutputCallRequest(
            responseParameters: InteropWords.responseSizes.map { .init(size: Int32($0)) })
        let answers = try await client.serverStreaming(Service.streamingOutputCall, request)
        var sizes: [Int] = []
        for try await answer in answers { sizes.append(answer.payload?.body.count ?? 0) }
        try expect(sizes == InteropWords.responseSizes, "the sizes are \(sizes)")
    }

    private func pingPong() async throws {
        let call = try await client.bidirectional(Service.fullDuplexCall)
        var answers = call.responses.makeAsyncIterator()
        for (asked, sent) in zip(InteropWords.responseSizes, InteropWords.requestSizes) {
            try await call.send(duplexRequest(asked: asked, sent: sent))
            let size = try await answers.next()?.payload?.body.count
            try expect(size == asked, "asked for \(asked), got \(size ?? -1)")
        }
        call.finish()
        try expect(try await answers.next() == nil, "a message too many")
    }

    private func emptyStream() async throws {
        let call = try await client.bidirectional(Service.fullDuplexCall)
        call.finish()
        var answers = call.responses.makeAsyncIterator()
        try expect(try await answers.next() == nil, "a message where there should be none")
    }

    private func cancelAfterBegin() async throws {
        let call = try await client.clientStreaming(Service.streamingInputCall)
        call.cancel()
        try await expectStatus(.cancelled) { _ = try await call.response() }
    }

    private func cancelAfterFirstResponse() async throws {
        let call = try await client.bidirectional(Service.fullDuplexCall)
        var answers = call.responses.makeAsyncIterator()
        try await call.send(duplexRequest(asked: 31_415, sent: 27_182))
        let size = try await answers.next()?.payload?.body.count
        try expect(size == 31_415, "the first answer has \(size ?? -1) bytes")
        call.cancel()
        do {
            while try await answers.next() != nil {}
            throw InteropFailure("the call ended well after its cancellation")
        } catch let status as RPCStatus {
            try expect(status.code == .cancelled, "the status is \(status)")
        }
    }

    private func timeoutOnSleepingServer() async throws {
        try await expectStatus(.deadlineExceeded) {
            let call = try await client.bidirectional(
                Service.fullDuplexCall, options: CallOptions(timeout: .milliseconds(1)))
            // The deadline may come before the message is on its way.
            try await call.send(.init(payload: .zeros(27_182)))
            for try await _ in call.responses {}
        }
    }

    private func unimplementedMethod() async throws {
        try await expectStatus(.unimplemented) {
            _ = try await client.unary(Service.unimplementedCall, GrpcTesting.Empty())
        }
    }

    private func unimplementedService() async throws {
        try await expectStatus(.unimplemented) {
            _ = try await client.unary(
                GrpcTesting.UnimplementedService.unimplementedCall, GrpcTesting.Empty())
        }
    }
}
