import CoreMetrics
import Domain
import Glibc
package import Logging
import NIOCore
import RPC
import ServiceLifecycle
package import Storage

/// One service of this process, built and listening, before and while it runs.
package struct RunningService: Sendable {
    package let name: String
    package let configuration: ServiceConfiguration
    package let ports: ServicePorts
    package let store: Store
    package let clock: any TimeSource
    package let parts: ServiceParts
    package let logger: Logger
    let server: RPCServer
    let clients: [RPCClient]
    let admin: AdminServer
    let portsFile: String
    let clockBehind: Gauge

    /// Whether it can be relied on, and if not, why.
    package var readiness: Readiness { Self.readiness(of: parts) }

    static func readiness(
        of parts: ServiceParts, at now: ContinuousClock.Instant = .now
    ) -> Readiness {
        if case .unready(let reason) = parts.engine.readiness { return .unready(reason: reason) }
        for follower in parts.followers where !follower.status.hasCaughtUp {
            let status = follower.status
            let trouble = status.trouble.map { ": \($0)" } ?? ""
            if status.isConnected {
                return .unready(
                    reason: "\(follower.name) has been worked off up to \(status.position) of "
                        + "\(status.head)")
            }
            return .unready(reason: "\(follower.name) has not been heard yet\(trouble)")
        }
        // That nothing comes is never good news: a token may have ended, or a line be cut.
        for follower in parts.followers {
            guard let heardAt = follower.status.heardAt,
                now - heardAt > RuntimeLimits.silenceMax.duration
            else { continue }
            let trouble = follower.status.trouble.map { ": \($0)" } ?? ""
            return .unready(
                reason: "\(follower.name) has not been heard for "
                    + "\((now - heardAt).components.seconds) s\(trouble)")
        }
        return parts.readiness()
    }

    /// What whoever keeps it running must know although it works.
    ///
    /// A clock that was wrong is no reason to refuse readings, maybe for as long as it was ahead.
    static func remark(on parts: ServiceParts) -> String? {
        let lag = parts.engine.clockLag
        if lag <= RuntimeLimits.clockLagUnnoticed { return nil }
        return "The clock of this machine is \(lag.milliseconds / 1_000) s behind the last "
            + "decision: it was ahead before, or is behind now. Look at it; time goes on from "
            + "there, a second in a minute slower, until the clock has caught up."
    }

    /// Takes the settings from `known` where an upstream runs in this process.
    static func start(
        _ service: any HostedService.Type, _ configuration: ServiceConfiguration,
        known: [RunningService], group: any EventLoopGroup
    ) async throws -> RunningService {
        let name = service.name
        let level = Logger.Level(rawValue: configuration.text("log-level")) ?? .info
        let logger = Logger(label: name) { LineLogHandler(label: $0, level: level) }
        logger.info(
            "settings",
            metadata: Logger.Metadata(
                uniqueKeysWithValues: configuration.shown.map { ($0, .string($1)) }))
        let data = configuration.text("data")
        let folder = "\(data)/\(name)"
        try PrivateFile.createFolder(folder)
        let identity = try await ServiceIdentity.open(configuration)
        let store = try Store(
            path: "\(folder)/\(name).sqlite",
            migrations: [.shared, MigrationSet(owner: name, service.migrations)])
        let simulated =
            configuration.text("clock") == "simulated"
            ? try ClockService.restored(from: store) : nil
        let clock: any TimeSource = simulated ?? SystemTime()
        let clients = try service.upstreams.map { upstream in
            try configuration.client(
                of: upstream, known: known.first { $0.name == upstream },
                tokens: identity.tokens(configuration), group: group, logger: logger)
        }
        let metrics = MetricsRegistry()
        let context = ServiceContext(
            name: name, configuration: configuration, folder: folder, store: store, clock: clock,
            clients: Dictionary(uniqueKeysWithValues: zip(service.upstreams, clients)),
            tokens: identity.verifier, metrics: metrics, logger: logger, group: group)
        var parts = try await service.assemble(context)
        let followers = parts.followers
        await listen(parts.engine, to: followers)
        JournalService(
            store: store, head: parts.engine.journalHead, scope: parts.scope,
            hear: { for follower in followers { try await follower.hear() } }, logger: logger
        ).register(in: &parts.router)
        if let simulated {
            ClockService(service: name, clock: simulated, store: store, parts: parts)
                .register(in: &parts.router)
        }
        let server = RPCServer(
            configuration: try configuration.server(), router: parts.router,
            interceptors: [
                CallInterceptor(metrics: metrics), TokenInterceptor(verifier: context.tokens),
            ], group: group, logger: logger)
        server.health.setAll(.notServing)
        let readiness: @Sendable () -> Readiness = { [parts] in Self.readiness(of: parts) }
        let admin = AdminServer(
            host: configuration.text("admin-host"), port: configuration.integer("admin-port"),
            readiness: readiness, remark: { [parts] in Self.remark(on: parts) }, metrics: metrics,
            group: group, logger: logger)
        let ports = ServicePorts(
            grpc: try await configuration.listening("grpc") { try await server.start() },
            admin: try await configuration.listening("admin") { try await admin.start() })
        let portsFile = "\(folder)/ports"
        try PrivateFile.replace(portsFile, "grpc \(ports.grpc)\nadmin \(ports.admin)\n")
        return RunningService(
            name: name, configuration: configuration, ports: ports, store: store, clock: clock,
            parts: parts, logger: logger, server: server, clients: clients, admin: admin,
            portsFile: portsFile,
            clockBehind: Gauge(
                label: "clock_behind_seconds", dimensions: [("service", name)], factory: metrics))
    }

    /// What the engine does by time alone waits for what it follows.
    private static func listen(
        _ engine: any HostedEngine, to followers: [any HostedFollower]
    ) async {
        if followers.isEmpty { return }
        await engine.listen {
            var heads: [UpstreamPosition] = []
            for follower in followers {
                heads.append(
                    UpstreamPosition(name: follower.name, seq: try await follower.head()))
            }
            return heads
        }
    }

    /// Takes no more calls, lets those under way finish, and ends subscriptions.
    func drain() async {
        setHealth(.unready(reason: "stopping"))
        parts.engine.journalHead.close()
        await server.drain(within: RuntimeLimits.drainWithin)
    }

    /// Tells health checks whenever readiness changes, as long as the service runs.
    func watchHealth() async {
        var shown: Readiness?
        var wasBehind = false
        while !Task.isCancelled {
            let readiness = readiness
            if readiness != shown {
                setHealth(readiness)
                switch readiness {
                case .ready: logger.info("ready")
                case .unready(let reason):
                    logger.info("not ready", metadata: ["reason": "\(reason)"])
                }
                shown = readiness
            }
            wasBehind = watchClock(wasBehind: wasBehind)
            // Readiness is made of many things; a look now and then is simpler than their news.
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    private func watchClock(wasBehind: Bool) -> Bool {
        let lag = parts.engine.clockLag
        clockBehind.record(Double(lag.milliseconds) / 1_000)
        let isBehind = lag > RuntimeLimits.clockLagUnnoticed
        if isBehind == wasBehind { return wasBehind }
        if isBehind {
            logger.error(
                "clock is behind the last decision; time goes on from there, a little slower",
                metadata: ["behind_ms": "\(lag.milliseconds)"])
        } else {
            logger.notice("clock has caught up")
        }
        return isBehind
    }

    private func setHealth(_ readiness: Readiness) {
        let state: HealthBoard.State = readiness.isReady ? .serving : .notServing
        server.health.setAll(state)
    }

    /// Closes what is open; nothing runs any more.
    func close() async {
        for client in clients { await client.close() }
        unlink(portsFile)
        do {
            try store.close()
        } catch {
            logger.warning("store was not closed", metadata: ["reason": "\(error)"])
        }
    }
}
