import NIOCore
import Testing

@testable import RPC

@Suite(.timeLimit(.minutes(10)))
struct CompressionTests {
    private static let probe = RPCMethod<Blob, Blob>(
        service: "test.Gzip", name: "Probe", kind: .unary)
    private static let chat = RPCMethod<Blob, Blob>(
        service: "test.Gzip", name: "Chat", kind: .bidirectional)

    /// Says whether the request was compressed, and answers as large as it was.
    private static var router: RPCRouter {
        var router = RPCRouter()
        router.unary(probe) { request, call in
            call.trailingMetadata["was"] = call.isRequestCompressed ? "gzip" : "plain"
            call.compressesResponses = call.metadata["want"] == "gzip"
            return request
        }
        router.bidirectional(chat) { requests, responses, call in
            call.compressesResponses = true
            for try await request in requests {
                call.compressesResponses = call.isRequestCompressed
                try await responses.write(request)
            }
        }
        return router
    }

    private let large = Blob(count: 200_000)

    @Test func requestsAreCompressedWhenTheCallSaysSo() async throws {
        try await withRig(Self.router) { rig in
            let gzip = try await rig.client.unaryCall(
                Self.probe, large, options: CallOptions(compression: .gzip))
            #expect(gzip.message == large)
            #expect(gzip.trailingMetadata["was"] == "gzip")
            #expect(!gzip.isCompressed)
            let plain = try await rig.client.unaryCall(Self.probe, large)
            #expect(plain.trailingMetadata["was"] == "plain")
        }
    }

    @Test func responsesAreCompressedWhenTheHandlerSaysSo() async throws {
        try await withRig(Self.router) { rig in
            let answer = try await rig.client.unaryCall(
                Self.probe, large, options: CallOptions(metadata: ["want": "gzip"]))
            #expect(answer.message == large)
            #expect(answer.isCompressed)
        }
    }

    @Test func eachMessageOfAStreamMayDiffer() async throws {
        try await withRig(Self.router) { rig in
            let call = try await rig.client.bidirectional(
                Self.chat, options: CallOptions(compression: .gzip))
            var answers = call.responses.makeAsyncIterator()
            for turn in 0..<6 {
                try await call.send(large, compress: turn % 2 == 0)
                let answer = try await answers.next()
                #expect(answer == large)
            }
            call.finish()
            let end = try await answers.next()
            #expect(end == nil)
        }
    }

    @Test func aClientThatDoesNotAcceptGzipGetsNone() async throws {
        try await withRig(Self.router) { rig in
            let raw = try await RawPeer.connect(rig)
            try await raw.open(Self.probe.path, extra: [("want", "gzip")])
            try await raw.send(data: framed([1, 2, 3]), on: 1, isLast: true)
            let answer = try await raw.answer(on: 1)
            #expect(answer["grpc-encoding"] == nil)
            #expect(raw.data(on: 1) == framed([1, 2, 3]))
            await raw.close()
        }
    }

    @Test func anUnknownEncodingIsAnsweredWithThoseThatAreKnown() async throws {
        try await withRig(Self.router) { rig in
            let raw = try await RawPeer.connect(rig)
            try await raw.open(Self.probe.path, extra: [("grpc-encoding", "snappy")])
            let answer = try await raw.answer(on: 1)
            #expect(answer["grpc-status"] == "12")
            #expect(answer["grpc-accept-encoding"] == "identity,gzip")
            await raw.close()
        }
    }

    @Test func aCompressedMessageWithoutAnEncodingIsInternal() async throws {
        try await withRig(Self.router) { rig in
            let raw = try await RawPeer.connect(rig)
            try await raw.open(Self.probe.path)
            try await raw.send(data: framed([1, 2, 3], flag: 1), on: 1, isLast: true)
            let answer = try await raw.answer(on: 1)
            #expect(answer["grpc-status"] == "13")
            await raw.close()
        }
    }

    @Test func garbageMarkedAsGzipIsInternal() async throws {
        try await withRig(Self.router) { rig in
            let raw = try await RawPeer.connect(rig)
            try await raw.open(Self.probe.path, extra: [("grpc-encoding", "gzip")])
            try await raw.send(data: framed([1, 2, 3], flag: 1), on: 1, isLast: true)
            let answer = try await raw.answer(on: 1)
            #expect(answer["grpc-status"] == "13")
            await raw.close()
        }
    }

    @Test func aDecompressionBombIsTooLarge() async throws {
        try await withRig(Self.router) { rig in
            let status = await status {
                _ = try await rig.client.unary(
                    Self.probe, Blob(count: Limits.messageBytesMax + 1),
                    options: CallOptions(compression: .gzip))
            }
            #expect(status.code == .resourceExhausted)
        }
    }
}

@Suite(.timeLimit(.minutes(10)))
struct SizeLimitTests {
    private static var small: ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.messageBytesMax = 1_000
        configuration.sentMessageBytesMax = 1_000
        return configuration
    }

    @Test func aRequestAtTheLimitPassesAndOneMoreByteDoesNot() async throws {
        try await withRig(server: Self.small) { rig in
            let fits = try await rig.client.unary(Echo.unary, Blob(count: 1_000))
            #expect(fits.bytes.count == 1_000)
            let status = await status {
                _ = try await rig.client.unary(Echo.unary, Blob(count: 1_001))
            }
            #expect(status.code == .resourceExhausted)
            #expect(status.message.contains("1001"))
        }
    }

    @Test func aStreamedRequestTooLargeEndsTheCall() async throws {
        try await withRig(server: Self.small) { rig in
            let call = try await rig.client.bidirectional(Echo.chat)
            try await call.send(Blob(count: 10))
            try await call.send(Blob(count: 2_000))
            let status = await status { for try await _ in call.responses {} }
            #expect(status.code == .resourceExhausted)
        }
    }

    @Test func aResponseTooLargeToSendIsResourceExhausted() async throws {
        var configuration = ServerConfiguration()
        configuration.sentMessageBytesMax = 1_000
        try await withRig(server: configuration) { rig in
            let status = await status {
                _ = try await rig.client.unary(Echo.unary, Blob(count: 1_001))
            }
            #expect(status.code == .resourceExhausted)
        }
    }

    @Test func aResponseTooLargeForTheClientIsResourceExhausted() async throws {
        var configuration = ClientConfiguration()
        configuration.messageBytesMax = 1_000
        try await withRig(client: configuration) { rig in
            let status = await status {
                _ = try await rig.client.unary(Echo.unary, Blob(count: 1_001))
            }
            #expect(status.code == .resourceExhausted)
        }
    }

    @Test func aRequestTooLargeToSendNeverLeaves() async throws {
        var configuration = ClientConfiguration()
        configuration.sentMessageBytesMax = 1_000
        try await withRig(client: configuration) { rig in
            let unary = await status {
                _ = try await rig.client.unary(Echo.unary, Blob(count: 1_001))
            }
            #expect(unary.code == .resourceExhausted)
            let call = try await rig.client.bidirectional(Echo.chat)
            let streamed = await status { try await call.send(Blob(count: 1_001)) }
            #expect(streamed.code == .resourceExhausted)
            // The call itself goes on.
            try await call.send(Blob(count: 5))
            var answers = call.responses.makeAsyncIterator()
            let answer = try await answers.next()
            #expect(answer == Blob(count: 5))
        }
    }
}
