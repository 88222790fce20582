import Hummingbird
package import Logging
package import NIOCore
import ServiceLifecycle
import Synchronization

/// Health and metrics over HTTP, for those who keep the service running.
package final class AdminServer: Sendable {
    private let application: Application<RouterResponder<BasicRequestContext>>
    private let bound: AsyncThrowingStream<Int, any Error>
    private let bind: AsyncThrowingStream<Int, any Error>.Continuation
    private let task: Mutex<Task<Void, Never>?> = Mutex(nil)

    package init(
        host: String, port: Int, readiness: @escaping @Sendable () -> Readiness,
        remark: @escaping @Sendable () -> String? = { nil }, metrics: MetricsRegistry,
        group: any EventLoopGroup, logger: Logger
    ) {
        let (bound, bind) = AsyncThrowingStream.makeStream(of: Int.self)
        (self.bound, self.bind) = (bound, bind)
        let router = Router(context: BasicRequestContext.self)
        router.get("/healthz") { _, _ in Self.text(.ok, "alive\n") }
        router.get("/readyz") { _, _ in
            let remark = remark().map { "\($0)\n" } ?? ""
            return switch readiness() {
            case .ready: Self.text(.ok, "ready\n" + remark)
            case .unready(let reason):
                Self.text(.serviceUnavailable, "not ready: \(reason)\n" + remark)
            }
        }
        router.get("/metrics") { _, _ in
            Self.text(.ok, metrics.exposition, "text/plain; version=0.0.4; charset=utf-8")
        }
        var quiet = logger
        // It logs its own start as news and its own stop as an error.
        quiet.logLevel = .critical
        application = Application(
            responder: router.buildResponder(), server: .droppable,
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), serverName: "hazwatch"),
            onServerRunning: { channel in
                bind.yield(channel.localAddress?.port ?? 0)
                bind.finish()
            },
            eventLoopGroupProvider: .shared(group), logger: quiet)
    }

    /// Binds and answers; returns the bound port.
    package func start() async throws -> Int {
        let task = Task { [application, bind] in
            do {
                try await application.run()
            } catch {
                bind.finish(throwing: error)
            }
            bind.finish()
        }
        self.task.withLock { $0 = task }
        for try await port in bound { return port }
        throw CancellationError()
    }

    /// Stops answering.
    package func stop() async {
        let task = task.withLock { $0 }
        task?.cancel()
        await task?.value
    }

    private static func text(
        _ status: HTTPResponse.Status, _ text: String,
        _ type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
