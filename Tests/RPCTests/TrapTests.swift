import NIOCore
import Testing

@testable import RPC

/// What others have stumbled over, and what a stranger's HTTP/2 may look like.
///
/// Traps 3, 7 and 8 of the design have their tests beside what they concern: the writer that waits
/// (BackPressureTests), the bomb (AbuseTests), the inbox that shrinks (InboxTests).
@Suite(.timeLimit(.minutes(10)))
struct TrapTests {
    private static let place = RPCMethod<Blob, Blob>(
        service: "test.Trap", name: "Where", kind: .unary)
    private static let early = RPCMethod<Blob, Blob>(
        service: "test.Trap", name: "Early", kind: .clientStreaming)

    private static func router() -> RPCRouter {
        var router = Echo.router
        router.unary(place) { _, call in
            var answers: [Bool] = [call.stream.executor.loop.inEventLoop]
            try await Task.sleep(for: .milliseconds(1))
            answers.append(call.stream.executor.loop.inEventLoop)
            await AsyncGate(isOpen: true).wait()
            answers.append(call.stream.executor.loop.inEventLoop)
            return Blob(answers.map { $0 ? 1 : 0 })
        }
        router.clientStreaming(early) { _, _ in throw RPCStatus(.alreadyExists, "enough") }
        return router
    }

    /// Trap 1.
    @Test func handlersRunOnTheLoopOfTheirConnection() async throws {
        try await withRig(Self.router()) { rig in
            let answer = try await rig.client.unary(Self.place, "")
            #expect(answer == Blob([1, 1, 1]))
        }
    }

    /// Trap 4: stream credit follows the reader, connection credit follows the wire.
    @Test func streamCreditComesBackAsMessagesAreTaken() async throws {
        var configuration = ServerConfiguration()
        configuration.streamWindowBytes = 1 << 16
        try await withRig(server: configuration) { rig in
            let call = try await rig.client.bidirectional(Echo.chat)
            var answers = call.responses.makeAsyncIterator()
            // Far more than one window in total, in both directions.
            for _ in 0..<40 {
                try await call.send(Blob(count: 30_000))
                let answer = try await answers.next()
                #expect(answer?.bytes.count == 30_000)
            }
        }
    }

    /// Trap 5: the status comes first, then the request to stop, and never the other way.
    @Test func resetFollowsTrailersOnly() async throws {
        try await withRig(Self.router()) { rig in
            let raw = try await RawPeer.connect(rig)
            try await raw.open(Self.early.path)
            let reset = await raw.frame { $0.type == 3 }
            #expect(reset?.payload == [0, 0, 0, 0])
            let frames = raw.frames.filter { $0.stream == 1 }
            #expect(frames.map(\.type) == [1, 3])
            #expect(frames.first?.isEndOfStream == true)
            let answer = try await raw.answer(on: 1)
            #expect(answer["grpc-status"] == "6")
            await raw.close()
        }
    }

    @Test func anEarlyStatusReachesAClientThatStillSends() async throws {
        try await withRig(Self.router()) { rig in
            for _ in 0..<20 {
                let call = try await rig.client.clientStreaming(Self.early)
                let status = await status {
                    while true { try await call.send(Blob(count: 10_000)) }
                }
                #expect(status.code == .alreadyExists)
                #expect(status.message == "enough")
            }
        }
    }

    /// Trap 6: streams that close under their handlers, many at once.
    @Test func streamsMayCloseAtAnyMoment() async throws {
        let diary = Diary()
        try await withRig(DeadlineTests.router(diary)) { rig in
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let task = Task {
                            switch number % 3 {
                            case 0: _ = try await rig.client.unary(DeadlineTests.sleep, "")
                            case 1:
                                for try await _ in try await rig.client.serverStreaming(
                                    DeadlineTests.forever, Blob(count: 5_000))
                                {}
                            default:
                                let call = try await rig.client.bidirectional(DeadlineTests.listen)
                                while true { try await call.send(Blob(count: 5_000)) }
                            }
                        }
                        for _ in 0..<number { await Task.yield() }
                        task.cancel()
                        _ = await task.result
                    }
                }
            }
            let answer = try await rig.client.unary(Echo.unary, "alive")
            #expect(answer == "alive")
        }
    }

    /// A handler that always has something to do must not keep its loop from the sockets.
    @Test func aResetIsHeardWhileAHandlerIsBusy() async throws {
        let diary = Diary()
        var router = RPCRouter()
        router.unary(DeadlineTests.sleep) { request, _ in
            diary.note("busy")
            let start = ContinuousClock.now
            // Ends by itself, so that a loop which hears nothing fails the test and no more.
            while !Task.isCancelled, ContinuousClock.now - start < .seconds(100) {
                await Task.yield()
            }
            diary.note(Task.isCancelled ? "cancelled" : "never heard")
            return request
        }
        try await withRig(router) { rig in
            let raw = try await RawPeer.connect(rig)
            try await raw.send(
                RawPeer.bytes(
                    frame: 1, flags: 4, on: 1, payload: RawPeer.request(DeadlineTests.sleep.path))
                    + RawPeer.bytes(frame: 0, flags: 1, on: 1, payload: framed([])))
            #expect(await eventually { diary.holds("busy") })
            try await raw.send(frame: 3, on: 1, payload: [0, 0, 0, 8])
            #expect(await eventually { diary.holds("cancelled") || diary.holds("never heard") })
            #expect(diary.holds("cancelled"))
            await raw.close()
        }
    }

    /// Trap 10: the status is in the trailers, whatever HTTP says.
    @Test func trailersCarryTheStatusOnHTTP200() async throws {
        try await withRig { rig in
            let raw = try await RawPeer.connect(rig)
            try await raw.open(Echo.unary.path)
            try await raw.send(data: framed([1]), on: 1, isLast: true)
            let good = try await raw.answer(on: 1)
            #expect(good[":status"] == "200")
            #expect(good["grpc-status"] == "0")
            #expect(good["content-type"] == "application/grpc")
            let types = raw.frames.filter { $0.stream == 1 }.map(\.type)
            #expect(types == [1, 0, 1])
            await raw.close()
        }
    }

    static let refusals: [(changes: [String: String?], status: String, http: String)] = [
        ([":method": "GET"], "13", "405"),
        (["content-type": "application/json"], "3", "415"),
        (["content-type": "application/grpcx"], "3", "415"),
        (["content-type": nil], "3", "415"),
        (["te": nil], "13", "400"),
        ([":path": "/nothing/here"], "12", "200"),
        ([":path": "/"], "12", "200"),
    ]

    @Test(arguments: refusals)
    func requestsThatAreNotGRPCAreAnswered(
        row: (changes: [String: String?], status: String, http: String)
    ) async throws {
        try await withRig { rig in
            let raw = try await RawPeer.connect(rig)
            try await raw.open(Echo.unary.path, isLast: true, replacing: row.changes)
            let answer = try await raw.answer(on: 1)
            #expect(answer["grpc-status"] == row.status)
            #expect(answer[":status"] == row.http)
            #expect(answer["grpc-message"]?.isEmpty == false)
            await raw.close()
        }
    }

    @Test(arguments: ["application/grpc+proto", "application/grpc;charset=utf-8"])
    func kindsOfTheContentTypeAreTaken(type: String) async throws {
        try await withRig { rig in
            let raw = try await RawPeer.connect(rig)
            try await raw.open(Echo.unary.path, replacing: ["content-type": type])
            try await raw.send(data: framed([1]), on: 1, isLast: true)
            let answer = try await raw.answer(on: 1)
            #expect(answer["grpc-status"] == "0")
            await raw.close()
        }
    }

    @Test(arguments: ["", "1", "S", "1s", "999999999S", "-1S"])
    func aMalformedTimeoutIsInternal(text: String) async throws {
        try await withRig { rig in
            let raw = try await RawPeer.connect(rig)
            try await raw.open(Echo.unary.path, extra: [("grpc-timeout", text)])
            let answer = try await raw.answer(on: 1)
            #expect(answer["grpc-status"] == "13")
            await raw.close()
        }
    }

    @Test func messagesMayBeSplitAnywhere() async throws {
        try await withRig { rig in
            let raw = try await RawPeer.connect(rig)
            let bytes = framed([1, 2, 3]) + framed([4, 5])
            for split in 0...bytes.count {
                let stream = UInt32(split * 2 + 1)
                try await raw.open(Echo.collect.path, on: stream)
                try await raw.send(data: Array(bytes[..<split]), on: stream)
                try await raw.send(data: Array(bytes[split...]), on: stream, isLast: true)
                let answer = try await raw.answer(on: stream)
                #expect(answer["grpc-status"] == "0")
                #expect(raw.data(on: stream) == framed([1, 2, 3, 4, 5]))
            }
            await raw.close()
        }
    }

    @Test func paddedDataIsUnderstood() async throws {
        try await withRig { rig in
            let raw = try await RawPeer.connect(rig)
            try await raw.open(Echo.unary.path)
            let padded = [UInt8(5)] + framed([9, 9]) + [0, 0, 0, 0, 0]
            try await raw.send(frame: 0, flags: 1 | 8, on: 1, payload: padded)
            let answer = try await raw.answer(on: 1)
            #expect(answer["grpc-status"] == "0")
            #expect(raw.data(on: 1) == framed([9, 9]))
            await raw.close()
        }
    }

    @Test func anEmptyLastFrameEndsTheRequest() async throws {
        try await withRig { rig in
            let raw = try await RawPeer.connect(rig)
            try await raw.open(Echo.unary.path)
            try await raw.send(data: framed([7]), on: 1)
            try await raw.send(data: [], on: 1, isLast: true)
            let answer = try await raw.answer(on: 1)
            #expect(answer["grpc-status"] == "0")
            await raw.close()
        }
    }
}
