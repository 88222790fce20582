import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import RPC

@Suite(.timeLimit(.minutes(10)))
struct MemoryTests {
    private struct Weakly {
        weak var connection: ServerConnection?
    }

    private static let greeting = RawPeer.preface + RawPeer.bytes(frame: 4)

    /// Neither a timer that is due later nor a request that was cut off keeps what is gone.
    @Test(arguments: [
        [], greeting,
        greeting + RawPeer.bytes(frame: 1, on: 1, payload: RawPeer.request(Echo.unary.path)),
        greeting + RawPeer.bytes(frame: 1, flags: 4, on: 1, payload: RawPeer.request("/a/b")),
    ])
    func aConnectionThatIsGoneIsLetGo(said: [UInt8]) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let executor = LoopExecutor(loop: group.next())
        var configuration = ServerConfiguration()
        configuration.prefaceWithin = .seconds(3_600)
        configuration.connectionAgeMax = .seconds(3_600)
        configuration.connectionIdleMax = .seconds(3_600)
        let shared = ServerShared(
            configuration: configuration, routes: RouteTable([]), interceptors: [], logger: quiet)
        let made = Mutex<[Weakly]>([])
        let server = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = try ServerConnection(shared: shared, executor: executor) { _ in
                    }
                    made.withLock { $0.append(Weakly(connection: connection)) }
                    try channel.pipeline.syncOperations.addHandler(connection)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let client = try await ClientBootstrap(group: group)
            .connect(to: try #require(server.localAddress)).get()
        #expect(await eventually { made.withLock { $0.first?.connection != nil } })
        try await client.writeAndFlush(ByteBuffer(bytes: said))
        try await client.close()
        #expect(await eventually { made.withLock { $0.allSatisfy { $0.connection == nil } } })
        try await server.close()
        try await group.shutdownGracefully()
    }
}
