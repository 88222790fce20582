import NIOCore
import Synchronization
import Testing

@testable import RPC

/// A count that tasks and tests share.
final class Tally: Sendable {
    private let value = Mutex(0)

    @discardableResult
    func add(_ amount: Int = 1) -> Int {
        value.withLock {
            $0 += amount
            return $0
        }
    }

    var now: Int { value.withLock { $0 } }

    /// The value once it has stopped growing.
    func settled() async -> Int {
        var last = -1
        while last != now {
            last = now
            try? await Task.sleep(for: .milliseconds(100))
        }
        return last
    }
}

@Suite(.timeLimit(.minutes(10)))
struct BackPressureTests {
    private static let pour = RPCMethod<Blob, Blob>(
        service: "test.Flow", name: "Pour", kind: .serverStreaming)
    private static let drink = RPCMethod<Blob, Blob>(
        service: "test.Flow", name: "Drink", kind: .clientStreaming)

    private static func router(_ written: Tally, _ gate: AsyncGate) -> RPCRouter {
        var router = Echo.router
        router.serverStreaming(pour) { request, responses, _ in
            for _ in 0..<1_000 {
                try await responses.write(request)
                written.add(request.bytes.count)
            }
        }
        router.clientStreaming(drink) { requests, _ in
            await gate.wait()
            var count = 0
            for try await request in requests { count += request.bytes.count }
            return Blob(Array("\(count)".utf8))
        }
        return router
    }

    @Test func aHandlerWaitsForASlowClient() async throws {
        let written = Tally()
        var slow = ClientConfiguration()
        slow.streamWindowBytes = 64 << 10
        try await withRig(Self.router(written, AsyncGate(isOpen: true)), client: slow) { rig in
            let block = 16 << 10
            let responses = try await rig.client.serverStreaming(Self.pour, Blob(count: block))
            var iterator = responses.makeAsyncIterator()
            _ = try await iterator.next()
            // 16 MB are wanted; the window, the batch, and the outbox hold far less.
            let stuck = await written.settled()
            #expect(stuck < 1 << 20)
            var count = 1
            while try await iterator.next() != nil { count += 1 }
            #expect(count == 1_000)
        }
    }

    @Test(arguments: [true, false])
    func aClientWaitsForASlowHandler(onLoop: Bool) async throws {
        let gate = AsyncGate(isOpen: false)
        var narrow = ServerConfiguration()
        narrow.streamWindowBytes = 64 << 10
        try await withRig(Self.router(Tally(), gate), server: narrow) { rig in
            let sent = Tally()
            let call = try await rig.client.clientStreaming(Self.drink)
            let sender: @Sendable () async throws -> Void = {
                for _ in 0..<1_000 {
                    try await call.send(Blob(count: 16 << 10))
                    sent.add(16 << 10)
                }
            }
            let task =
                onLoop
                ? Task(executorPreference: rig.client.executor) { try await sender() }
                : Task { try await sender() }
            let stuck = await sent.settled()
            #expect(stuck < 1 << 20)
            await gate.open()
            try await task.value
            let answer = try await call.response()
            #expect(answer.text == "\(1_000 * 16 << 10)")
        }
    }

    @Test func aStalledStreamDoesNotStopTheOthers() async throws {
        let gate = AsyncGate(isOpen: false)
        try await withRig(Self.router(Tally(), gate)) { rig in
            // Three streams fill their windows; the connection's credit must go on.
            let senders = try await (0..<6).asyncMap { _ in
                let call = try await rig.client.clientStreaming(Self.drink)
                return (
                    call,
                    Task { for _ in 0..<200 { try await call.send(Blob(count: 16 << 10)) } }
                )
            }
            for _ in 0..<50 {
                let answer = try await rig.client.unary(Echo.unary, Blob(count: 10_000))
                #expect(answer.bytes.count == 10_000)
            }
            await gate.open()
            for (call, sender) in senders {
                try await sender.value
                let answer = try await call.response()
                #expect(answer.text == "\(200 * 16 << 10)")
            }
        }
    }

    @Test func unreadBytesOfAConnectionAreBounded() async throws {
        let gate = AsyncGate(isOpen: false)
        var tight = ServerConfiguration()
        tight.connectionUnreadBytesMax = 256 << 10
        tight.connectionWindowBytes = 128 << 10
        try await withRig(Self.router(Tally(), gate), server: tight) { rig in
            let sent = Tally()
            let senders = try await (0..<20).asyncMap { _ in
                let call = try await rig.client.clientStreaming(Self.drink)
                return (
                    call,
                    Task {
                        for _ in 0..<100 {
                            try await call.send(Blob(count: 16 << 10))
                            sent.add(16 << 10)
                        }
                    }
                )
            }
            // 20 streams could hold a window of 1 MiB each. The connection takes 0.4 MiB, and each
            // sender's outbox 80 KiB.
            let stuck = await sent.settled()
            #expect(stuck < 4 << 20)
            await gate.open()
            for (call, sender) in senders {
                try await sender.value
                let answer = try await call.response()
                #expect(answer.text == "\(100 * 16 << 10)")
            }
        }
    }

    @Test func aWriterThatWaitsIsToldWhenTheCallEnds() async throws {
        let ended = Diary()
        var router = RPCRouter()
        router.serverStreaming(Self.pour) { request, responses, _ in
            do {
                while true { try await responses.write(request) }
            } catch let status as RPCStatus {
                ended.note("\(status.code)")
                throw status
            } catch {
                ended.note("cancelled")
                throw error
            }
        }
        var slow = ClientConfiguration()
        slow.streamWindowBytes = 64 << 10
        try await withRig(router, client: slow) { rig in
            let responses = try await rig.client.serverStreaming(
                Self.pour, Blob(count: 16 << 10))
            var iterator = responses.makeAsyncIterator()
            _ = try await iterator.next()
            responses.cancel()
            #expect(await eventually { ended.holds("CANCELLED") || ended.holds("cancelled") })
        }
    }
}

/// Holds tasks until it is opened.
actor AsyncGate {
    private var isOpen: Bool
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(isOpen: Bool) {
        self.isOpen = isOpen
    }

    func wait() async {
        guard !isOpen else { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}

extension Sequence where Self: Sendable, Element: Sendable {
    /// Makes one after another.
    func asyncMap<T>(_ body: (Element) async throws -> T) async throws -> [T] {
        var made: [T] = []
        for element in self { made.append(try await body(element)) }
        return made
    }
}
