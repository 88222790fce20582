import ArgumentParser
import Domain
import Foundation
import Runtime
import ServiceLifecycle

/// Runs all services in one process.
struct UpCommand: AsyncParsableCommand {
    enum Clock: String, ExpressibleByArgument, CaseIterable { case system, simulated }

    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Run all services in one process and say what is going on; Ctrl-C stops.",
        discussion: """
            The first start makes the signing key and the token of the first administrator, \
            readable by you alone. Settings of a service come from its environment \
            (HAZWATCH_RISK_GRPC_PORT=7412) or from --set (risk.grpc-port=7412).
            """)

    @OptionGroup var folder: DataFolder

    @Flag(name: .long, help: "Load the demo city and let its plants run.")
    var demo = false

    @Option(
        name: .customLong("demo-speed"),
        help:
            "Let time in the demo city pass this many times faster, 2 to 600, on simulated clocks.")
    var demoSpeed: Int?

    @Option(name: .long, help: "The policy profile: which rules apply; an id or a file.")
    var profile: String = "mem-2021"

    @Option(name: .long, help: "system, or simulated: time stands still until a replay moves it.")
    var clock: Clock = .system

    @Option(
        name: .long,
        help: "A setting of one service, SERVICE.NAME=VALUE; may be given more than once.")
    var set: [String] = []

    @Option(
        name: .long, help: "The zone in which times are shown, such as +08:00.",
        transform: { text in
            guard let zone = TimeText.zone(text) else {
                throw ValidationError("\"\(text)\" is not a zone. Write it like +08:00.")
            }
            return zone
        })
    var zone: Zone = .beijing

    /// The clock that the services run on.
    var runningClock: Clock { demoSpeed == nil ? clock : .simulated }

    func validate() throws {
        if demo, clock == .simulated {
            throw ValidationError(
                "The demo city moves its clocks itself; write --demo-speed 60 instead of --clock.")
        }
        if let demoSpeed, !demo || !(2...600).contains(demoSpeed) {
            throw ValidationError("--demo-speed is 2 to 600 and goes with --demo.")
        }
        _ = try settings()
    }

    func run() async throws {
        let installation = try await open()
        let cameras = demo ? try await DemoCameras.open(in: folder) : nil
        let host = try await start(demo ? DemoProvider() : nil, cameras, installation)
        try await host.run()
        Terminal.out("已停止 stopped.")
    }

    private func open() async throws -> Installation {
        do {
            return try await Installation.open(folder)
        } catch {
            throw Failure.refused(
                "The data folder \(folder.path) cannot be used: \(error)",
                next: "Name another with --data DIR.")
        }
    }

    private func start(
        _ provider: DemoProvider?, _ cameras: DemoCameras?, _ installation: Installation
    ) async throws -> ServiceHost {
        let settings = try settings()
        do {
            return try await ServiceHost.start(
                Platform.services, sources: { sources(of: $0, provider, settings) },
                extra: { services in
                    let banner = Banner(
                        command: self, installation: installation, services: services
                    ).lines
                    let shown = Announcement { banner.forEach(Terminal.out) }
                    return try [shown] + extra(provider, cameras)
                })
        } catch let mistake as ConfigurationMistake {
            throw Failure.usage("\(mistake)", next: "")
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure.refused("The services cannot start: \(error)", next: "")
        }
    }

    // What runs beside the services.
    private func extra(
        _ provider: DemoProvider?, _ cameras: DemoCameras?
    ) throws -> [any Service] {
        let options = try ConnectionOptions.parse(["--data", folder.path])
        var services: [any Service] = [Narrator(options: options, zone: zone)]
        if let provider, let cameras {
            services +=
                [
                    provider, cameras,
                    DemoCity(
                        options: options, folder: folder, zone: zone, speed: demoSpeed,
                        cameraPort: cameras.port),
                ] as [any Service]
        }
        return services
    }

    private func sources(
        of service: any HostedService.Type, _ provider: DemoProvider?, _ settings: [Setting]
    ) -> ConfigurationSources {
        var flags = [
            (name: "data", value: folder.path), (name: "clock", value: runningClock.rawValue),
            // What is decided is told in lines of our own; logs are for what goes wrong.
            (name: "log-level", value: "warning"),
        ]
        if service.keys.contains(where: { $0.name == "profile" }) {
            flags.append((name: "profile", value: profile))
        }
        if service.name == ServiceName.notification.rawValue, let provider {
            flags += provider.settings
        }
        if service.name == ServiceName.ingest.rawValue, demo {
            flags += DemoCameras.settings(isFast: demoSpeed != nil)
        }
        for setting in settings where setting.service == service.name {
            flags.removeAll { $0.name == setting.name }
            flags.append((name: setting.name, value: setting.value))
        }
        return ConfigurationSources(
            environment: ProcessInfo.processInfo.environment, flags: flags)
    }

    struct Setting {
        var service: String
        var name: String
        var value: String
    }

    private func settings() throws -> [Setting] {
        try set.map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let names = (parts.first ?? "").split(separator: ".", maxSplits: 1)
            guard parts.count == 2, names.count == 2,
                ServiceName(rawValue: String(names[0])) != nil
            else {
                throw ValidationError(
                    "--set \"\(text)\" must look like risk.grpc-port=7412; the services are "
                        + ServiceName.allCases.map(\.rawValue).joined(separator: ", ") + ".")
            }
            return Setting(
                service: String(names[0]), name: String(names[1]), value: String(parts[1]))
        }
    }
}
