import NIOCore
import NIOPosix
import Testing

@testable import RPC

/// What a stranger may try; the server answers or closes, and then still serves others.
@Suite(.timeLimit(.minutes(10)))
struct AbuseTests {
    private static let pour = RPCMethod<Blob, Blob>(
        service: "test.Abuse", name: "Pour", kind: .serverStreaming)
    private static let check = GrpcHealthV1.Health.check
    private static let list = RPCMethod<GrpcReflectionV1.ListServiceResponse, Blob>(
        service: "test.Abuse", name: "List", kind: .unary)

    private static func router(_ written: Tally = Tally()) -> RPCRouter {
        var router = DeadlineTests.router(Diary())
        router.serverStreaming(pour) { request, responses, _ in
            while true {
                try await responses.write(request)
                written.add(request.bytes.count)
            }
        }
        router.unary(list) { request, _ in Blob(count: min(request.service.count, 10)) }
        return router
    }

    private func expectService(_ rig: Rig) async throws {
        let answer = try await rig.client.unary(Echo.unary, "still here")
        #expect(answer == "still here")
    }

    @Test func rapidResetEndsTheConnectionAndBoundsHandlers() async throws {
        try await withRig(Self.router()) { rig in
            let raw = try await RawPeer.connect(rig)
            let request = RawPeer.request(DeadlineTests.listen.path)
            var burst: [UInt8] = []
            for number in 0..<5_000 {
                let stream = UInt32(number * 2 + 1)
                burst += RawPeer.bytes(frame: 1, flags: 4, on: stream, payload: request)
                burst += RawPeer.bytes(frame: 3, on: stream, payload: [0, 0, 0, 8])
            }
            try? await raw.send(burst)
            #expect(await eventually { raw.isClosed })
            let goaway = raw.frames.first { $0.type == 7 }
            #expect(goaway?.payload[7] == 0xB)
            try await expectService(rig)
        }
    }

    @Test func resetsThatWeAreMadeToSendCountAsWell() async throws {
        try await withRig(Self.router()) { rig in
            let raw = try await RawPeer.connect(rig)
            let request = RawPeer.request(DeadlineTests.listen.path)
            var burst: [UInt8] = []
            for number in 0..<5_000 {
                let stream = UInt32(number * 2 + 1)
                burst += RawPeer.bytes(frame: 1, flags: 4, on: stream, payload: request)
                // A window update of 0 is an error of the stream.
                burst += RawPeer.bytes(frame: 8, on: stream, payload: [0, 0, 0, 0])
            }
            try? await raw.send(burst)
            #expect(await eventually { raw.isClosed })
            try await expectService(rig)
        }
    }

    @Test func aHeaderFloodIsRefusedOrCutOff() async throws {
        try await withRig(Self.router()) { rig in
            let raw = try await RawPeer.connect(rig)
            let some = (0..<400).map { ("x-\($0)", String(repeating: "v", count: 10)) }
            try await raw.open(Echo.unary.path, on: 1, isLast: true, extra: some)
            let answer = try await raw.answer(on: 1)
            #expect(answer["grpc-status"] == "8")
            #expect(answer[":status"] == "431")
            // One indexed name and value, repeated by one byte each: 16,000 headers in a frame.
            let seed = RawPeer.request(Echo.unary.path)
            let stored: [UInt8] = [0x40, 1, 120, 120] + [UInt8](repeating: 121, count: 120)
            let flood = seed + stored + [UInt8](repeating: 0xBE, count: 14_000)
            try await raw.send(frame: 1, flags: 5, on: 3, payload: flood)
            let cut = await raw.frame { $0.stream == 3 && ($0.type == 3 || $0.isEndOfStream) }
            #expect(cut != nil)
            try await expectService(rig)
            await raw.close()
        }
    }

    @Test func anEndlessContinuationEndsTheConnection() async throws {
        try await withRig(Self.router()) { rig in
            let raw = try await RawPeer.connect(rig)
            try await raw.send(frame: 1, on: 1, payload: RawPeer.request(Echo.unary.path))
            for number in 0..<2_000 where !raw.isClosed {
                let more = RawPeer.block([("x-\(number)", String(repeating: "v", count: 100))])
                try? await raw.send(frame: 9, on: 1, payload: more)
            }
            #expect(await eventually { raw.isClosed })
            try await expectService(rig)
        }
    }

    @Test func aLyingLengthIsRefusedAtItsPrefix() async throws {
        try await withRig(Self.router()) { rig in
            for (stream, path) in [(UInt32(1), Echo.unary.path), (3, Echo.chat.path)] {
                let raw = try await RawPeer.connect(rig)
                try await raw.open(path, on: stream)
                try await raw.send(data: [0, 255, 255, 255, 255], on: stream)
                let answer = try await raw.answer(on: stream)
                #expect(answer["grpc-status"] == "8")
                await raw.close()
            }
            try await expectService(rig)
        }
    }

    @Test func aLengthThatIsNeverFulfilledIsInternal() async throws {
        try await withRig(Self.router()) { rig in
            let raw = try await RawPeer.connect(rig)
            try await raw.open(Echo.unary.path)
            try await raw.send(data: [0, 0, 0, 1, 0, 1, 2, 3], on: 1, isLast: true)
            let answer = try await raw.answer(on: 1)
            #expect(answer["grpc-status"] == "13")
            await raw.close()
        }
    }

    @Test func aClientThatDoesNotReadHoldsLittle() async throws {
        let written = Tally()
        try await withRig(Self.router(written)) { rig in
            let window: UInt32 = 8 << 20
            let raw = try await RawPeer.connect(rig, window: window, reads: false)
            // The connection's window as wide as the stream's, so that only the socket stops us.
            try await raw.send(frame: 8, payload: [0, 0x7F, 0, 0])
            let head = RawPeer.request(Self.pour.path)
            let request = framed([UInt8](repeating: 1, count: 10_000))
            try await raw.send(
                RawPeer.bytes(frame: 1, flags: 4, on: 1, payload: head)
                    + RawPeer.bytes(frame: 0, flags: 1, on: 1, payload: request))
            #expect(await eventually { written.now > 0 })
            let stuck = await written.settled()
            // The kernel's socket buffers take some; of the window's 8 MiB we hold no copy.
            #expect(stuck < 8 << 20)
            try await expectService(rig)
            await raw.close()
        }
    }

    static let garbage = [
        "HTTP/1.1": Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8),
        "zeros": [UInt8](repeating: 0, count: 6),
        "another version": Array("PRI * HTTP/1.0\r\n\r\n".utf8),
    ]

    @Test(arguments: garbage.keys.sorted())
    func garbageBeforeThePrefaceIsClosed(kind: String) async throws {
        try await withRig(Self.router()) { rig in
            let raw = try await RawPeer.connect(rig, greets: false)
            try await raw.send(Self.garbage[kind] ?? [])
            #expect(await eventually { raw.isClosed })
            try await expectService(rig)
        }
    }

    @Test func silenceInsteadOfAPrefaceIsClosed() async throws {
        var configuration = ServerConfiguration()
        configuration.prefaceWithin = .seconds(1)
        try await withRig(Self.router(), server: configuration) { rig in
            let raw = try await RawPeer.connect(rig, greets: false)
            #expect(await eventually { raw.isClosed })
            // A machine may be too slow to greet in time, but not for ever.
            #expect(await eventually { (try? await expectService(rig)) != nil })
        }
    }

    @Test func randomFramesNeverCrashTheServer() async throws {
        try await withRig(Self.router()) { rig in
            for seed in 0..<60 {
                var generator = SeededGenerator(seed: UInt64(seed))
                let raw = try await RawPeer.connect(rig)
                for _ in 0..<40 where !raw.isClosed {
                    let count = Int.random(in: 0...60, using: &generator)
                    let payload = (0..<count).map { _ in
                        UInt8.random(in: 0...255, using: &generator)
                    }
                    try? await raw.send(
                        frame: .random(in: 0...11, using: &generator),
                        flags: .random(in: 0...255, using: &generator),
                        on: .random(in: 0...9, using: &generator), payload: payload)
                }
                await raw.close()
            }
            try await expectService(rig)
        }
    }

    @Test func textThatIsNotUTF8IsRefused() async throws {
        try await withRig(Self.router()) { rig in
            let raw = try await RawPeer.connect(rig)
            try await raw.open(Self.check.path)
            try await raw.send(data: framed([0x0A, 2, 0xC3, 0x28]), on: 1, isLast: true)
            let answer = try await raw.answer(on: 1)
            #expect(answer["grpc-status"] == "13")
            #expect(answer["grpc-message"]?.contains("UTF-8") == true)
            await raw.close()
        }
    }

    /// Trap 7: two bytes on the wire are a hundred in memory.
    @Test func aBombOfEmptySubmessagesIsRefused() async throws {
        try await withRig(Self.router()) { rig in
            let bomb = Blob([UInt8](repeatingPair: (0x0A, 0x00), count: 2_000_000))
            let method = RPCMethod<Blob, Blob>(
                service: Self.list.service, name: Self.list.name, kind: .unary)
            let status = await status { _ = try await rig.client.unary(method, bomb) }
            #expect(status.code == .resourceExhausted)
            try await expectService(rig)
        }
    }

    @Test func tenThousandConnectionsComeAndGo() async throws {
        try await withRig(Self.router()) { rig in
            for _ in 0..<100 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<100 {
                        group.addTask {
                            let channel = try await ClientBootstrap(group: rig.group)
                                .connect(host: "127.0.0.1", port: rig.port).get()
                            if number % 2 == 0 {
                                let greeting = RawPeer.preface + RawPeer.bytes(frame: 4)
                                try? await channel.writeAndFlush(ByteBuffer(bytes: greeting))
                            }
                            try? await channel.close()
                        }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(await eventually { rig.server.connectionCount == 0 })
            try await expectService(rig)
        }
    }

    @Test func moreConnectionsThanAllowedAreClosed() async throws {
        var configuration = ServerConfiguration()
        configuration.connectionsMax = 3
        try await withRig(Self.router(), server: configuration) { rig in
            var peers: [RawPeer] = []
            for _ in 0..<5 { peers.append(try await RawPeer.connect(rig, greets: false)) }
            #expect(await eventually { peers.count { $0.isClosed } == 2 })
            for peer in peers { await peer.close() }
            #expect(await eventually { rig.server.connectionCount == 0 })
            try await expectService(rig)
        }
    }

    @Test func moreStreamsThanAllowedEndNothingElse() async throws {
        var configuration = ServerConfiguration()
        configuration.concurrentStreamsMax = 4
        try await withRig(Self.router(), server: configuration) { rig in
            // A client that keeps to the setting has its calls wait for one another.
            try await withThrowingTaskGroup(of: Blob.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await rig.client.unary(Echo.unary, "queued") }
                }
                for try await answer in group { #expect(answer == "queued") }
            }
            // One that does not is cut off.
            let raw = try await RawPeer.connect(rig)
            _ = await raw.frame { $0.type == 4 && $0.flags & 1 != 0 }
            for number in 0..<20 {
                try? await raw.open(DeadlineTests.listen.path, on: UInt32(number * 2 + 1))
            }
            let end = await raw.frame { $0.type == 7 || $0.type == 3 }
            #expect(end != nil)
            try await expectService(rig)
            await raw.close()
        }
    }
}

extension Array<UInt8> {
    init(repeatingPair pair: (UInt8, UInt8), count: Int) {
        self.init()
        reserveCapacity(count * 2)
        for _ in 0..<count {
            append(pair.0)
            append(pair.1)
        }
    }
}
