import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import RPC

/// From how many addresses, that is, over how many connections, calls have come.
private final class Callers: ServerInterceptor {
    private let addresses = Mutex<Set<SocketAddress>>([])
    var count: Int { addresses.withLock { $0.count } }

    func intercept(_ call: ServerCall, next: () async throws -> Void) async throws {
        if let address = call.peer.address { _ = addresses.withLock { $0.insert(address) } }
        try await next()
    }
}

@Suite(.timeLimit(.minutes(10)))
struct DrainTests {
    private static let held = RPCMethod<Blob, Blob>(
        service: "test.Drain", name: "Held", kind: .unary)

    private static func router(_ diary: Diary, _ gate: AsyncGate) -> RPCRouter {
        var router = Echo.router
        router.unary(held) { request, _ in
            diary.note("begun")
            await gate.wait()
            try Task.checkCancellation()
            return request
        }
        return router
    }

    @Test func runningCallsFinishAndNewOnesAreRefused() async throws {
        let diary = Diary()
        let gate = AsyncGate(isOpen: false)
        try await withRig(Self.router(diary, gate)) { rig in
            let running = Task { try await rig.client.unary(Self.held, "finish me") }
            #expect(await eventually { diary.holds("begun") })
            let draining = Task { await rig.server.drain(within: .seconds(3_600)) }
            // The listener is gone, so that no new connection comes about.
            let refused = await eventually {
                do {
                    _ = try await rig.client.unary(Echo.unary, "")
                    return false
                } catch {
                    return (error as? RPCStatus)?.code == .unavailable
                }
            }
            #expect(refused)
            await gate.open()
            let answer = try await running.value
            #expect(answer == "finish me")
            await draining.value
            #expect(rig.server.connectionCount == 0)
        }
    }

    @Test func whatDoesNotFinishInTimeIsCancelled() async throws {
        let diary = Diary()
        try await withRig(DeadlineTests.router(diary)) { rig in
            let running = Task { try await rig.client.unary(DeadlineTests.sleep, "") }
            #expect(await eventually { diary.holds("no deadline") })
            await rig.server.drain(within: .milliseconds(100))
            #expect(rig.server.connectionCount == 0)
            let status = await status { _ = try await running.value }
            #expect(status.code == .unavailable)
            #expect(await eventually { diary.holds("cancelled") })
        }
    }

    @Test func subscribersAreToldToMoveOn() async throws {
        let diary = Diary()
        try await withRig(DeadlineTests.router(diary)) { rig in
            let call = try await rig.client.bidirectional(DeadlineTests.listen)
            try await call.send("one")
            #expect(await eventually { diary.holds("heard") })
            // Were it to wait for them, the time limit of this suite would end it.
            await rig.server.drain(within: .seconds(3_600))
            let status = await status { for try await _ in call.responses {} }
            #expect(status.code == .unavailable)
            #expect(status.message.contains("shutting down"))
        }
    }

    @Test func whatWasAnsweredArrivesBeforeTheConnectionCloses() async throws {
        try await withRig { rig in
            let large = Blob(count: 4_000_000)
            let calls = try await (0..<10).asyncMap { _ in
                Task { try await rig.client.unary(Echo.unary, large) }
            }
            // Begins somewhere in the middle of them.
            _ = try await calls[0].value
            await rig.server.drain(within: .seconds(3_600))
            for call in calls {
                switch await call.result {
                case .success(let answer): #expect(answer == large)
                case .failure(let error): #expect((error as? RPCStatus)?.code == .unavailable)
                }
            }
        }
    }

    @Test func anIdleServerDrainsAtOnce() async throws {
        try await withRig { rig in
            _ = try await rig.client.unary(Echo.unary, "")
            await rig.server.drain(within: .seconds(3_600))
            #expect(rig.server.connectionCount == 0)
        }
    }

    @Test func anOldConnectionIsReplacedWithoutALoss() async throws {
        var configuration = ServerConfiguration()
        // Long enough for a slow machine to connect and call.
        configuration.connectionAgeMax = .seconds(1)
        let callers = Callers()
        try await withRig(server: configuration, interceptors: [callers]) { rig in
            while callers.count < 2 {
                let answer = try await rig.client.unary(Echo.unary, "same")
                #expect(answer == "same")
            }
        }
    }

    @Test func anIdleConnectionIsLetGo() async throws {
        var configuration = ServerConfiguration()
        configuration.connectionIdleMax = .seconds(1)
        try await withRig(server: configuration) { rig in
            _ = try await rig.client.unary(Echo.unary, "")
            #expect(await eventually { rig.server.connectionCount == 0 })
            let answer = try await rig.client.unary(Echo.unary, "back")
            #expect(answer == "back")
        }
    }
}

@Suite(.timeLimit(.minutes(10)))
struct ReconnectTests {
    private func server(
        _ group: MultiThreadedEventLoopGroup, at address: RPCAddress = .hostPort("127.0.0.1", 0)
    ) async throws -> (RPCServer, Int) {
        let server = RPCServer(
            configuration: ServerConfiguration(address: address), router: Echo.router,
            group: group, logger: quiet)
        return (server, try await server.start())
    }

    private var quick: ClientConfiguration {
        var configuration = ClientConfiguration()
        configuration.backoff.initial = .milliseconds(20)
        configuration.backoff.most = .milliseconds(100)
        return configuration
    }

    @Test func aClientFindsARestartedServer() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        // A path, because a port that nobody listens on can be given to any other connection.
        let path = "/tmp/hazwatch-rpc-\(UInt64.random(in: 0 ... .max)).sock"
        let (first, _) = try await server(group, at: .unixSocket(path: path))
        let client = RPCClient(
            addresses: [.unixSocket(path: path)], configuration: quick, group: group,
            logger: quiet)
        _ = try await client.unary(Echo.unary, "one")
        await first.drain(within: .milliseconds(10))
        let down = await status { _ = try await client.unary(Echo.unary, "two") }
        #expect(down.code == .unavailable)
        #expect(down.message.contains(path))
        let patient = Task {
            try await client.unary(
                Echo.unary, "three",
                options: CallOptions(waitForReady: true))
        }
        let (second, _) = try await server(group, at: .unixSocket(path: path))
        let answer = try await patient.value
        #expect(answer == "three")
        await client.close()
        await second.drain(within: .milliseconds(10))
        try await group.shutdownGracefully()
    }

    @Test func theFirstAddressThatAnswersIsUsed() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let (server, port) = try await server(group)
        let client = RPCClient(
            addresses: [
                .hostPort("127.0.0.1", 1), .unixSocket(path: "/nonexistent/socket"),
                .hostPort("127.0.0.1", port),
            ], configuration: quick, group: group, logger: quiet)
        let answer = try await client.unary(Echo.unary, "found")
        #expect(answer == "found")
        await client.close()
        await server.drain(within: .milliseconds(10))
        try await group.shutdownGracefully()
    }

    @Test func unixSocketsWorkToo() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let path = "/tmp/hazwatch-rpc-\(UInt64.random(in: 0 ... .max)).sock"
        let server = RPCServer(
            configuration: ServerConfiguration(address: .unixSocket(path: path)),
            router: Echo.router, group: group, logger: quiet)
        #expect(try await server.start() == 0)
        let client = RPCClient(
            addresses: [.unixSocket(path: path)], group: group, logger: quiet)
        let answer = try await client.unary(Echo.unary, "local")
        #expect(answer == "local")
        await client.close()
        await server.drain(within: .milliseconds(10))
        try await group.shutdownGracefully()
    }

    @Test func aPeerThatIsNoHTTP2ServerIsUnavailable() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let silent = try await ServerBootstrap(group: group)
            .bind(host: "127.0.0.1", port: 0).get()
        var configuration = quick
        configuration.connectTimeout = .milliseconds(100)
        let client = RPCClient(
            addresses: [.hostPort("127.0.0.1", silent.localAddress?.port ?? 0)],
            configuration: configuration, group: group, logger: quiet)
        let status = await status { _ = try await client.unary(Echo.unary, "") }
        #expect(status.code == .unavailable)
        await client.close()
        try await silent.close()
        try await group.shutdownGracefully()
    }

    @Test func aClosedClientRefusesCalls() async throws {
        try await withRig { rig in
            _ = try await rig.client.unary(Echo.unary, "")
            await rig.client.close()
            let status = await status { _ = try await rig.client.unary(Echo.unary, "") }
            #expect(status.code == .cancelled)
        }
    }

    @Test func closingCancelsRunningCalls() async throws {
        let diary = Diary()
        try await withRig(DeadlineTests.router(diary)) { rig in
            let running = Task { try await rig.client.unary(DeadlineTests.sleep, "") }
            #expect(await eventually { diary.holds("no deadline") })
            await rig.client.close()
            let status = await status { _ = try await running.value }
            #expect(status.code == .cancelled)
            #expect(await eventually { diary.holds("cancelled") })
        }
    }
}

/// Speaks HTTP/2 just enough to be believed, and then says nothing more.
private final class Mute: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    func channelActive(context: ChannelHandlerContext) {
        let settings = ByteBuffer(bytes: RawPeer.bytes(frame: 4))
        context.writeAndFlush(NIOAny(settings), promise: nil)
    }
}

@Suite(.timeLimit(.minutes(10)))
struct KeepaliveTests {
    @Test func aServerThatIsSilentIsGivenUp() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let mute = try await ServerBootstrap(group: group)
            .childChannelInitializer { $0.pipeline.addHandler(Mute()) }
            .bind(host: "127.0.0.1", port: 0).get()
        var configuration = ClientConfiguration()
        configuration.keepaliveEvery = .milliseconds(50)
        configuration.keepaliveTimeout = .milliseconds(50)
        let client = RPCClient(
            addresses: [.hostPort("127.0.0.1", mute.localAddress?.port ?? 0)],
            configuration: configuration, group: group, logger: quiet)
        let status = await status { _ = try await client.unary(Echo.unary, "") }
        #expect(status.code == .unavailable)
        #expect(status.message.contains("keepalive"))
        await client.close()
        try await mute.close()
        try await group.shutdownGracefully()
    }

    @Test func keepaliveKeepsALongSilentCallAlive() async throws {
        let diary = Diary()
        var server = ServerConfiguration()
        server.pingIntervalMin = .milliseconds(1)
        var client = ClientConfiguration()
        client.keepaliveEvery = .milliseconds(20)
        client.keepaliveTimeout = .seconds(120)
        try await withRig(DeadlineTests.router(diary), server: server, client: client) { rig in
            let call = try await rig.client.bidirectional(DeadlineTests.listen)
            try await call.send("one")
            #expect(await eventually { diary.holds("heard") })
            try await Task.sleep(for: .milliseconds(300))
            #expect(!diary.holds("failed"))
            call.finish()
            #expect(await eventually { diary.holds("ended") })
        }
    }

    @Test func tooManyPingsEndTheConnection() async throws {
        try await withRig { rig in
            let raw = try await RawPeer.connect(rig)
            for number in 0..<4 {
                try await raw.send(frame: 6, payload: [UInt8](repeating: UInt8(number), count: 8))
            }
            let goaway = await raw.frame { $0.type == 7 }
            #expect(goaway.map { Array($0.payload.suffix(14)) } == Array("too_many_pings".utf8))
            // ENHANCE_YOUR_CALM
            #expect(goaway?.payload[7] == 0xB)
            #expect(await eventually { raw.isClosed })
        }
    }

    @Test func aClientSilentForTooLongIsLetGo() async throws {
        let diary = Diary()
        var server = ServerConfiguration()
        server.keepaliveEvery = .milliseconds(50)
        server.keepaliveTimeout = .milliseconds(50)
        try await withRig(DeadlineTests.router(diary), server: server) { rig in
            let raw = try await RawPeer.connect(rig)
            try await raw.open(DeadlineTests.listen.path)
            // Our raw peer answers no ping.
            #expect(await eventually { diary.holds("failed") })
            #expect(await eventually { raw.isClosed })
        }
    }
}
