import NIOCore
import Testing

@testable import RPC

@Suite(.timeLimit(.minutes(10)))
struct StatusTests {
    private static let fail = RPCMethod<Blob, Blob>(
        service: "test.Fail", name: "Unary", kind: .unary)
    private static let failLate = RPCMethod<Blob, Blob>(
        service: "test.Fail", name: "Late", kind: .serverStreaming)

    private struct Secret: Error {}

    private static var router: RPCRouter {
        var router = Echo.router
        router.unary(fail) { request, call in
            switch request.text {
            case "secret": throw Secret()
            case "cancel": throw CancellationError()
            case "odd": throw RPCStatus(.aborted, "50% \n of ☃ — \"quoted\"")
            case "long": throw RPCStatus(.aborted, String(repeating: "é", count: 100_000))
            default:
                call.trailingMetadata["set-by-handler"] = "yes"
                throw RPCStatus(
                    .failedPrecondition, "The tank is full.",
                    details: [.init(typeURL: "type.googleapis.com/test.Why", value: [1, 2])],
                    metadata: ["retry-after-ms": "100"])
            }
        }
        router.serverStreaming(failLate) { _, responses, _ in
            try await responses.write("first")
            throw RPCStatus(.dataLoss, "no second")
        }
        return router
    }

    @Test func statusMessageDetailsAndMetadataArrive() async throws {
        try await withRig(Self.router) { rig in
            let status = await status { _ = try await rig.client.unary(Self.fail, "why") }
            #expect(status.code == .failedPrecondition)
            #expect(status.message == "The tank is full.")
            #expect(
                status.details == [.init(typeURL: "type.googleapis.com/test.Why", value: [1, 2])])
            #expect(status.metadata["retry-after-ms"] == "100")
            #expect(status.metadata["set-by-handler"] == "yes")
        }
    }

    @Test func oddCharactersOfAMessageArrive() async throws {
        try await withRig(Self.router) { rig in
            let status = await status { _ = try await rig.client.unary(Self.fail, "odd") }
            #expect(status.message == "50% \n of ☃ — \"quoted\"")
        }
    }

    @Test func aVeryLongMessageIsCutAndTheStatusStillArrives() async throws {
        try await withRig(Self.router) { rig in
            let status = await status { _ = try await rig.client.unary(Self.fail, "long") }
            #expect(status.code == .aborted)
            #expect(status.message.hasPrefix("ééé"))
            #expect(status.message.utf8.count <= Limits.statusMessageBytesMax)
        }
    }

    @Test func whatGoesWrongInsideIsNotTold() async throws {
        try await withRig(Self.router) { rig in
            let status = await status { _ = try await rig.client.unary(Self.fail, "secret") }
            #expect(status.code == .unknown)
            #expect(!status.message.contains("Secret"))
        }
    }

    @Test func aCancelledHandlerIsCancelled() async throws {
        try await withRig(Self.router) { rig in
            let status = await status { _ = try await rig.client.unary(Self.fail, "cancel") }
            #expect(status.code == .cancelled)
        }
    }

    @Test func messagesBeforeAnErrorArrive() async throws {
        try await withRig(Self.router) { rig in
            let parts = try await rig.client.serverStreaming(Self.failLate, "")
            var iterator = parts.makeAsyncIterator()
            let first = try await iterator.next()
            #expect(first == "first")
            let status = await status { _ = try await iterator.next() }
            #expect(status == RPCStatus(.dataLoss, "no second"))
            // Asking again gives the same answer.
            let again = await RPCTests.status { _ = try await iterator.next() }
            #expect(again.code == .dataLoss)
        }
    }

    @Test func unknownMethodsAndServicesAreUnimplemented() async throws {
        try await withRig { rig in
            let method = await status { _ = try await rig.client.unary(Echo.absent, "") }
            #expect(method.code == .unimplemented)
            let other = RPCMethod<Blob, Blob>(service: "no.Such", name: "Thing", kind: .unary)
            let service = await status { _ = try await rig.client.unary(other, "") }
            #expect(service.code == .unimplemented)
        }
    }

    @Test func requestsThatDoNotDecodeAreInternal() async throws {
        try await withRig { rig in
            let status = await status { _ = try await rig.client.unary(Echo.unary, "poison") }
            #expect(status.code == .internal)
            #expect(status.message.contains("test.Blob"))
        }
    }

    @Test func twoRequestsForOneAreUnimplemented() async throws {
        try await withRig { rig in
            let wrong = RPCMethod<Blob, Blob>(
                service: Echo.service, name: Echo.unary.name, kind: .bidirectional)
            let call = try await rig.client.bidirectional(wrong)
            try await call.send("one")
            try await call.send("two")
            let status = await status { _ = try await call.response() }
            #expect(status.code == .unimplemented)
        }
    }

    @Test func noRequestForOneIsUnimplemented() async throws {
        try await withRig { rig in
            let wrong = RPCMethod<Blob, Blob>(
                service: Echo.service, name: Echo.unary.name, kind: .bidirectional)
            let call = try await rig.client.bidirectional(wrong)
            let status = await status { _ = try await call.response() }
            #expect(status.code == .unimplemented)
        }
    }

    @Test func twoResponsesForOneAreUnimplemented() async throws {
        try await withRig { rig in
            let wrong = RPCMethod<Blob, Blob>(
                service: Echo.service, name: Echo.expand.name, kind: .unary)
            let two = await status { _ = try await rig.client.unary(wrong, "a,b") }
            #expect(two.code == .unimplemented)
            let none = await status { _ = try await rig.client.unary(wrong, "") }
            #expect(none.code == .unimplemented)
        }
    }
}

@Suite(.timeLimit(.minutes(10)))
struct MetadataTests {
    private static let reflect = RPCMethod<Blob, Blob>(
        service: "test.Metadata", name: "Reflect", kind: .unary)
    private static let early = RPCMethod<Blob, Blob>(
        service: "test.Metadata", name: "Early", kind: .bidirectional)

    private static var router: RPCRouter {
        var router = RPCRouter()
        router.unary(reflect) { request, call in
            var initial = Metadata()
            for entry in call.metadata.entries where entry.name.hasPrefix("x-") {
                switch entry.value {
                case .text(let text): initial.add(entry.name, text)
                case .bytes(let bytes): initial.add(entry.name, bytes: bytes)
                }
            }
            call.initialMetadata = initial
            call.trailingMetadata.add("count", "\(initial.entries.count)")
            call.trailingMetadata.add("raw-bin", bytes: [0, 1, 255])
            return request
        }
        router.bidirectional(early) { requests, responses, call in
            try await call.sendInitialMetadata(["early": "yes"])
            for try await request in requests { try await responses.write(request) }
        }
        return router
    }

    @Test func textAndBytesTravelBothWaysInOrder() async throws {
        try await withRig(Self.router) { rig in
            var metadata = Metadata()
            metadata.add("x-one", "first")
            metadata.add("x-one", "second")
            metadata.add("x-raw-bin", bytes: [0, 200, 44, 255])
            metadata.add("x-raw-bin", bytes: [])
            let answer = try await rig.client.unaryCall(
                Self.reflect, "", options: CallOptions(metadata: metadata))
            #expect(answer.initialMetadata.texts("x-one") == ["first", "second"])
            #expect(answer.initialMetadata.allBytes("x-raw-bin") == [[0, 200, 44, 255], []])
            #expect(answer.trailingMetadata["count"] == "4")
            #expect(answer.trailingMetadata[bytes: "raw-bin"] == [0, 1, 255])
        }
    }

    @Test func theSameMetadataTwiceIsReadTwice() async throws {
        try await withRig(Self.router) { rig in
            for value in ["a", "a", "b", "a"] {
                let answer = try await rig.client.unaryCall(
                    Self.reflect, "", options: CallOptions(metadata: ["x-v": value]))
                #expect(answer.initialMetadata["x-v"] == value)
            }
        }
    }

    @Test func initialMetadataMayComeBeforeAnyMessage() async throws {
        try await withRig(Self.router) { rig in
            let call = try await rig.client.bidirectional(Self.early)
            let initial = try await call.responses.initialMetadata()
            #expect(initial["early"] == "yes")
            call.finish()
            for try await _ in call.responses {}
        }
    }

    @Test func aRefusedCallHasNoInitialMetadataButAStatus() async throws {
        try await withRig(Self.router) { rig in
            let responses = try await rig.client.serverStreaming(Echo.expand, "")
            let status = await status { _ = try await responses.initialMetadata() }
            #expect(status.code == .unimplemented)
        }
    }

    @Test func tooMuchMetadataIsRefused() async throws {
        try await withRig(Self.router) { rig in
            let large = String(repeating: "x", count: Limits.headerListBytesMax)
            let status = await status {
                _ = try await rig.client.unary(
                    Self.reflect, "", options: CallOptions(metadata: ["x-large": large]))
            }
            #expect(status.code == .resourceExhausted)
            let after = try await rig.client.unary(Self.reflect, "still here")
            #expect(after == "still here")
        }
    }
}
