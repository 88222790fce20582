package import Logging
package import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A gRPC server on one listening address, with health and reflection.
package final class RPCServer: Sendable {
    private struct State {
        var listener: (any Channel)?
        var connections: [ObjectIdentifier: ServerConnection] = [:]
        var isDraining = false
        var whenEmpty: [CheckedContinuation<Void, Never>] = []
    }

    /// What health checks are told; each service serves until it is set otherwise.
    package let health: HealthBoard

    private let configuration: ServerConfiguration
    private let group: any EventLoopGroup
    /// What connections share, for each loop.
    private let loops: [ObjectIdentifier: (executor: LoopExecutor, shared: ServerShared)]
    private let state = Mutex(State())

    package init(
        configuration: ServerConfiguration = ServerConfiguration(), router: RPCRouter,
        interceptors: [any ServerInterceptor] = [], group: any EventLoopGroup, logger: Logger
    ) {
        var router = router
        health = HealthBoard(services: router.services)
        HealthService.register(on: &router, board: health)
        ReflectionService.register(on: &router)
        self.configuration = configuration
        self.group = group
        var loops: [ObjectIdentifier: (LoopExecutor, ServerShared)] = [:]
        for loop in group.makeIterator() {
            let shared = ServerShared(
                configuration: configuration, routes: RouteTable(router.routes.map { $0.twin() }),
                interceptors: interceptors, logger: logger)
            loops[ObjectIdentifier(loop)] = (LoopExecutor(loop: loop), shared)
        }
        self.loops = loops
    }

    /// Binds and accepts; returns the bound port (0 for a Unix socket).
    package func start() async throws -> Int {
        let tls = try configuration.tls.map {
            try NIOSSLContext(configuration: $0.context())
        }
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(
                .writeBufferWaterMark,
                value: .init(low: Limits.channelLowWaterBytes, high: Limits.channelHighWaterBytes)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try self.accept(channel, tls: tls) }
            }
        let listener =
            switch configuration.address {
            case .hostPort(let host, let port):
                try await bootstrap.bind(host: host, port: port).get()
            case .unixSocket(let path):
                try await bootstrap.bind(
                    unixDomainSocketPath: path, cleanupExistingSocketFile: true
                ).get()
            }
        state.withLock { $0.listener = listener }
        return listener.localAddress?.port ?? 0
    }

    /// Makes the connection of an accepted channel; throwing closes it.
    private func accept(_ channel: any Channel, tls: NIOSSLContext?) throws {
        guard let (executor, shared) = loops[ObjectIdentifier(channel.eventLoop)] else {
            throw RPCStatus(.internal, "The channel runs on a loop of another group.")
        }
        let connection = try ServerConnection(shared: shared, executor: executor) { [self] in
            remove($0)
        }
        let isWanted = state.withLock { state in
            guard !state.isDraining,
                state.connections.count < configuration.connectionsMax
            else { return false }
            state.connections[ObjectIdentifier(connection)] = connection
            return true
        }
        guard isWanted else {
            throw RPCStatus(.resourceExhausted, "The server takes no more connections.")
        }
        connection.channel = channel
        do {
            let pipeline = channel.pipeline.syncOperations
            if let tls {
                try pipeline.addHandler(NIOSSLServerHandler(context: tls))
                try pipeline.addHandler(ProtocolCheck(then: connection))
            } else {
                try pipeline.addHandler(connection)
            }
        } catch {
            remove(connection)
            throw error
        }
        channel.closeFuture.whenComplete { [self] _ in remove(connection) }
    }

    private func remove(_ connection: ServerConnection) {
        let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.connections[ObjectIdentifier(connection)] = nil
            guard state.connections.isEmpty else { return [] }
            defer { state.whenEmpty = [] }
            return state.whenEmpty
        }
        for continuation in waiting { continuation.resume() }
    }

    /// How many connections are open.
    package var connectionCount: Int {
        state.withLock { $0.connections.count }
    }

    /// Stops accepting, lets running calls finish, and closes what is left after the time.
    ///
    /// Calls that stream responses may never end; they are ended with UNAVAILABLE after
    /// `configuration.drainsStreamsAfter`, so that subscribers move on.
    package func drain(within limit: Duration) async {
        health.setAll(.notServing)
        let listener = state.withLock { state in
            state.isDraining = true
            defer { state.listener = nil }
            return state.listener
        }
        try? await listener?.close()
        forEach { $0.beginDrain() }
        let loop = group.next()
        let patience = min(limit, configuration.drainsStreamsAfter)
        let streams = loop.scheduleTask(in: TimeAmount(patience)) { [self] in
            forEach { $0.endEndlessCalls() }
        }
        let all = loop.scheduleTask(in: TimeAmount(limit)) { [self] in forEach { $0.abort() } }
        await empty()
        streams.cancel()
        all.cancel()
    }

    /// Does something with each connection, on its loop.
    private func forEach(_ body: @escaping @Sendable (ServerConnection) -> Void) {
        for connection in state.withLock({ Array($0.connections.values) }) {
            connection.executor.onLoop { connection.executor.tick { body(connection) } }
        }
    }

    private func empty() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if !state.connections.isEmpty { state.whenEmpty.append(continuation) }
                return state.connections.isEmpty
            }
            if isEmpty { continuation.resume() }
        }
    }
}
