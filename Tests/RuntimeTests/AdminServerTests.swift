import CoreMetrics
import Logging
import NIOCore
import NIOPosix
import SimKit
import Testing

@testable import Runtime

@Suite(.timeLimit(.minutes(10)))
struct AdminServerTests {
    /// NIO ends the process when a connection was accepted and nobody came to serve it.
    @Test func stoppingWhileConnectionsComeInCrashesNothing() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        for _ in 0..<10 {
            let server = AdminServer(
                host: "127.0.0.1", port: 0, readiness: { .ready }, metrics: MetricsRegistry(),
                group: group, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let port = try await server.start()
            await withTaskGroup(of: Void.self) { callers in
                for number in 0..<64 {
                    callers.addTask {
                        let channel = try? await ClientBootstrap(group: group)
                            .connect(host: "127.0.0.1", port: port).get()
                        // Some ask, some only connect.
                        if number.isMultiple(of: 2) {
                            let request = ByteBuffer(string: "GET /healthz HTTP/1.1\r\n\r\n")
                            try? await channel?.writeAndFlush(request)
                        }
                        // Whatever happened to it, the server lets go of it.
                        try? await channel?.closeFuture.get()
                    }
                }
                await server.stop()
            }
        }
    }
}
