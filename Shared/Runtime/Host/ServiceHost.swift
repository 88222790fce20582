import NIOCore
import NIOPosix
package import ServiceLifecycle
import Logging

/// One process with one or several services, from their settings to their end.
package struct ServiceHost: Sendable {
    package let services: [RunningService]
    private let group: ServiceGroup

    /// Builds the services in the given order, each after its upstreams, and binds their ports;
    /// nothing is followed or done before `run`.
    ///
    /// `extra` runs beside them and is stopped first. Signals are listened to unless a test runs
    /// several hosts in one process.
    package static func start(
        _ types: [any HostedService.Type],
        sources: (any HostedService.Type) throws -> ConfigurationSources,
        extra: @Sendable ([RunningService]) async throws -> [any Service] = { _ in [] },
        isListeningToSignals: Bool = true
    ) async throws -> ServiceHost {
        // All settings are checked before anything is opened.
        let configurations = try types.map { type in
            try sources(type).read(
                service: type.name, keys: ConfigurationKey.host(type) + type.keys)
        }
        FreedMemory.goesBack()
        let loops = MultiThreadedEventLoopGroup.singleton
        var services: [RunningService] = []
        do {
            for (type, configuration) in zip(types, configurations) {
                services.append(
                    try await RunningService.start(
                        type, configuration, known: services, group: loops))
            }
            let extra = try await extra(services)
            return ServiceHost(services, extra: extra, isListeningToSignals: isListeningToSignals)
        } catch {
            for service in services.reversed() {
                await service.admin.stop()
                await service.drain()
                await service.close()
            }
            throw error
        }
    }

    private init(
        _ services: [RunningService], extra: [any Service], isListeningToSignals: Bool
    ) {
        self.services = services
        let fronts = services.map { service in
            UntilShutdown {
                await service.watchHealth()
            } end: {
                await service.drain()
            }
        }
        let admins = services.map { service in UntilShutdown { await service.admin.stop() } }
        let stages: [[any Service]] = [
            admins,
            services.map(\.parts.engine),
            services.flatMap(\.parts.jobs),
            fronts,
            // Before the fronts, so that a service that stops beside them is no upstream lost.
            services.flatMap { service in service.parts.followers as [any Service] },
            extra,
        ]
        let logger = services.first?.logger ?? Logger(label: "host")
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .notice)
        var configuration = ServiceGroupConfiguration(
            services: stages.map {
                ServiceGroupConfiguration.ServiceConfiguration(service: Stage(services: $0))
            },
            gracefulShutdownSignals: isListeningToSignals ? [.sigterm, .sigint] : [],
            logger: quiet)
        // SIGTERM ends within 10 s: what has not stopped by then is cancelled.
        configuration.maximumGracefulShutdownDuration = .seconds(8)
        group = ServiceGroup(configuration: configuration)
    }

    /// Runs until a signal, `stop`, or a service that fails; then everything is closed.
    package func run() async throws {
        var failure: (any Error)?
        do { try await group.run() } catch { failure = error }
        for service in services.reversed() { await service.close() }
        if let failure { throw failure }
    }

    /// Ends `run`, as a signal does.
    package func stop() async {
        await group.triggerGracefulShutdown()
    }
}
