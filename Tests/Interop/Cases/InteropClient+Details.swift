import RPC

/// The cases about metadata, statuses and compression, and what all cases share.
extension InteropClient {
    func customMetadata() async throws {
        var metadata: Metadata = [InteropWords.echoInitial: "test_initial_metadata_value"]
        metadata.add(InteropWords.echoTrailing, bytes: [0xAB, 0xAB, 0xAB])
        let options = CallOptions(metadata: metadata)

        let answer = try await client.unaryCall(
            Service.unaryCall, largeRequest(), options: options)
        try expectEcho(answer.initialMetadata, answer.trailingMetadata)

        let call = try await client.bidirectional(Service.fullDuplexCall, options: options)
        try await call.send(duplexRequest(asked: 314_159, sent: 271_828))
        call.finish()
        let initial = try await call.responses.initialMetadata()
        for try await _ in call.responses {}
        try expectEcho(initial, call.responses.trailingMetadata)
    }

    func statusCodeAndMessage() async throws {
        let status = GrpcTesting.EchoStatus(code: 2, message: InteropWords.statusMessage)
        try await expectStatus(.unknown, InteropWords.statusMessage) {
            _ = try await client.unary(Service.unaryCall, .init(responseStatus: status))
        }
        try await expectStatus(.unknown, InteropWords.statusMessage) {
            let call = try await client.bidirectional(Service.fullDuplexCall)
            try await call.send(.init(responseStatus: status))
            call.finish()
            for try await _ in call.responses {}
        }
    }

    func specialStatusMessage() async throws {
        let status = GrpcTesting.EchoStatus(code: 2, message: InteropWords.specialMessage)
        try await expectStatus(.unknown, InteropWords.specialMessage) {
            _ = try await client.unary(Service.unaryCall, .init(responseStatus: status))
        }
    }

    func clientCompressedUnary() async throws {
        if serverSeesCompression {
            // The probe: it says that it is compressed, and is not.
            try await expectStatus(.invalidArgument) {
                _ = try await client.unary(
                    Service.unaryCall, largeRequest(expectCompressed: .init(value: true)))
            }
        }
        for compressed in [true, false] {
            let answer = try await client.unary(
                Service.unaryCall, largeRequest(expectCompressed: .init(value: compressed)),
                options: CallOptions(compression: compressed ? .gzip : .none))
            try expectLarge(answer)
        }
    }

    func serverCompressedUnary() async throws {
        for compressed in [true, false] {
            let answer = try await client.unaryCall(
                Service.unaryCall, largeRequest(responseCompressed: .init(value: compressed)))
            try expectLarge(answer.message)
            try expect(
                answer.isCompressed == compressed,
                compressed ? "the answer is not compressed" : "the answer is compressed")
        }
    }

    func largeRequest(
        expectCompressed: GrpcTesting.BoolValue? = nil,
        responseCompressed: GrpcTesting.BoolValue? = nil
    ) -> GrpcTesting.SimpleRequest {
        GrpcTesting.SimpleRequest(
            responseSize: Int32(InteropWords.largeResponse),
            payload: .zeros(InteropWords.largeRequest), responseCompressed: responseCompressed,
            expectCompressed: expectCompressed)
    }

    func duplexRequest(asked: Int, sent: Int) -> GrpcTesting.StreamingOutputCallRequest {
        GrpcTesting.StreamingOutputCallRequest(
            responseParameters: [.init(size: Int32(asked))], payload: .zeros(sent))
    }

    func expect(_ holds: Bool, _ otherwise: String) throws {
        if !holds { throw InteropFailure(otherwise) }
    }

    func expectLarge(_ answer: GrpcTesting.SimpleResponse) throws {
        try expect(
            answer.payload == .zeros(InteropWords.largeResponse),
            "the payload has \(answer.payload?.body.count ?? -1) bytes")
    }

    /// Expects the call to end with the status; the message counts only if it is given.
    func expectStatus(
        _ code: RPCStatus.Code, _ message: String? = nil, _ call: () async throws -> Void
    ) async throws {
        do {
            try await call()
        } catch let status as RPCStatus {
            try expect(status.code == code, "the status is \(status), not \(code)")
            try expect(
                message == nil || message == status.message,
                "the message is \"\(status.message)\"")
            return
        }
        throw InteropFailure("the call ended well, not with \(code)")
    }

    private func expectEcho(_ initial: Metadata, _ trailing: Metadata) throws {
        try expect(
            initial[InteropWords.echoInitial] == "test_initial_metadata_value",
            "the initial metadata is \(initial)")
        try expect(
            trailing[bytes: InteropWords.echoTrailing] == [0xAB, 0xAB, 0xAB],
            "the trailing metadata is \(trailing)")
    }
}
