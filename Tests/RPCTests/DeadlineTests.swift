import NIOCore
import Synchronization
import Testing

@testable import RPC

/// Counts what handlers live through.
final class Diary: Sendable {
    private let entries = Mutex<[String]>([])

    func note(_ entry: String) {
        entries.withLock { $0.append(entry) }
    }

    func holds(_ entry: String) -> Bool {
        entries.withLock { $0.contains(entry) }
    }

    func count(_ entry: String) -> Int {
        entries.withLock { all in all.count { $0 == entry } }
    }
}

@Suite(.timeLimit(.minutes(10)))
struct DeadlineTests {
    static let sleep = RPCMethod<Blob, Blob>(service: "test.Slow", name: "Sleep", kind: .unary)
    static let listen = RPCMethod<Blob, Blob>(
        service: "test.Slow", name: "Listen", kind: .bidirectional)
    static let forever = RPCMethod<Blob, Blob>(
        service: "test.Slow", name: "Forever", kind: .serverStreaming)

    static func router(_ diary: Diary) -> RPCRouter {
        var router = Echo.router
        router.unary(sleep) { request, call in
            diary.note(call.deadline == nil ? "no deadline" : "deadline")
            do {
                try await Task.sleep(for: .seconds(3_600))
            } catch {
                diary.note("cancelled")
                throw error
            }
            return request
        }
        router.bidirectional(listen) { requests, _, _ in
            diary.note("listening")
            do {
                for try await _ in requests { diary.note("heard") }
                diary.note("ended")
            } catch {
                diary.note("failed")
                throw error
            }
        }
        router.serverStreaming(forever) { request, responses, _ in
            diary.note("writing")
            do {
                while true { try await responses.write(request) }
            } catch {
                diary.note("stopped")
                throw error
            }
        }
        return router
    }

    @Test func aDeadlineEndsTheCallOnBothSides() async throws {
        let diary = Diary()
        try await withRig(Self.router(diary)) { rig in
            // On a slow machine the shortest may be over before the call has begun.
            for seconds in [1, 10, 100] where !diary.holds("deadline") {
                let status = await status {
                    _ = try await rig.client.unary(
                        Self.sleep, "", options: CallOptions(timeout: .seconds(seconds)))
                }
                #expect(status.code == .deadlineExceeded)
            }
            #expect(diary.holds("deadline"))
            #expect(await eventually { diary.holds("cancelled") })
        }
    }

    @Test func theServerKeepsDeadlinesOfClientsThatDoNot() async throws {
        let diary = Diary()
        try await withRig(Self.router(diary)) { rig in
            // The header without the client's own clock: only the server can end this call.
            let raw = try await RawPeer.connect(rig)
            // As above.
            for (stream, timeout) in [(UInt32(1), "50m"), (3, "10S"), (5, "100S")]
            where !diary.holds("deadline") {
                let head = RawPeer.request(Self.sleep.path, extra: [("grpc-timeout", timeout)])
                try await raw.send(
                    RawPeer.bytes(frame: 1, flags: 4, on: stream, payload: head)
                        + RawPeer.bytes(frame: 0, flags: 1, on: stream, payload: framed([])))
                let answer = try await raw.answer(on: stream)
                #expect(answer["grpc-status"] == "4")
            }
            #expect(await eventually { diary.holds("cancelled") })
            await raw.close()
        }
    }

    @Test func aDeadlineThatIsKeptChangesNothing() async throws {
        try await withRig { rig in
            let answer = try await rig.client.unary(
                Echo.unary, "in time", options: CallOptions(timeout: .seconds(30)))
            #expect(answer == "in time")
        }
    }

    @Test func aCallThatWaitsForAConnectionHasADeadlineToo() async throws {
        let group = NIOSingletons.posixEventLoopGroup
        // Nobody listens on port 1 of this machine.
        let client = RPCClient(
            addresses: [.hostPort("127.0.0.1", 1)], group: group, logger: quiet)
        let status = await status {
            _ = try await client.unary(
                Echo.unary, "", options: CallOptions(timeout: .milliseconds(50), waitForReady: true)
            )
        }
        #expect(status.code == .deadlineExceeded)
        await client.close()
    }

    @Test func cancellingTheTaskCancelsTheHandler() async throws {
        let diary = Diary()
        try await withRig(Self.router(diary)) { rig in
            let task = Task { try await rig.client.unary(Self.sleep, "") }
            #expect(await eventually { diary.holds("no deadline") })
            task.cancel()
            let status = await status { _ = try await task.value }
            #expect(status.code == .cancelled)
            #expect(await eventually { diary.holds("cancelled") })
        }
    }

    @Test func aTaskCancelledBeforeItCallsNeverCalls() async throws {
        let diary = Diary()
        try await withRig(Self.router(diary)) { rig in
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                return try await rig.client.unary(Self.sleep, "")
            }
            task.cancel()
            let status = await status { _ = try await task.value }
            #expect(status.code == .cancelled)
            #expect(!diary.holds("no deadline"))
        }
    }

    @Test func cancellingAStreamCancelsTheHandler() async throws {
        let diary = Diary()
        try await withRig(Self.router(diary)) { rig in
            let call = try await rig.client.bidirectional(Self.listen)
            try await call.send("one")
            #expect(await eventually { diary.holds("heard") })
            call.cancel()
            #expect(await eventually { diary.holds("failed") })
            let status = await status { for try await _ in call.responses {} }
            #expect(status.code == .cancelled)
        }
    }

    @Test func aCallThatNobodyHoldsIsCancelled() async throws {
        let diary = Diary()
        try await withRig(Self.router(diary)) { rig in
            do {
                let responses = try await rig.client.serverStreaming(Self.forever, "x")
                var iterator = responses.makeAsyncIterator()
                _ = try await iterator.next()
            }
            #expect(await eventually { diary.holds("stopped") })
        }
    }

    @Test func cancellingTheReaderStopsReadingOnly() async throws {
        try await withRig { rig in
            let call = try await rig.client.bidirectional(Echo.chat)
            let reader = Task {
                for try await _ in call.responses {}
            }
            try await call.send("one")
            reader.cancel()
            let status = await status { try await reader.value }
            #expect(status.code == .cancelled)
            call.cancel()
        }
    }

    @Test func aLostConnectionCancelsHandlersAndFailsCalls() async throws {
        let diary = Diary()
        try await withRig(Self.router(diary)) { rig in
            let task = Task { try await rig.client.unary(Self.sleep, "") }
            #expect(await eventually { diary.holds("no deadline") })
            await rig.server.drain(within: .milliseconds(1))
            let status = await status { _ = try await task.value }
            #expect(status.code == .unavailable)
            #expect(await eventually { diary.holds("cancelled") })
        }
    }
}
