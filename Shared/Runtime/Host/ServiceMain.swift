import Foundation

/// The main of a program that is one service: flags, settings, run, exit code.
package enum ServiceMain {
    /// Exit codes are those of the command line: 0 done, 1 refused, 2 usage.
    package static func run(
        _ service: any HostedService.Type, arguments: [String] = CommandLine.arguments,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) async -> Int32 {
        let keys = ConfigurationKey.host(service) + service.keys
        if arguments.contains("--help") || arguments.contains("-h") {
            writeWhole(help(service, keys), to: 1)
            return 0
        }
        let host: ServiceHost
        do {
            let sources = try sources(Array(arguments.dropFirst()), environment)
            host = try await ServiceHost.start(
                [service], sources: { _ in sources },
                extra: { services in
                    let lines = services.map { $0.announcement + "\n" }
                    return [Announcement { for line in lines { writeWhole(line, to: 1) } }]
                })
        } catch {
            writeWhole("\(error)\n", to: 2)
            return error is ConfigurationMistake ? 2 : 1
        }
        do {
            try await host.run()
            return 0
        } catch {
            writeWhole("\(service.name) ended: \(error)\n", to: 2)
            return 1
        }
    }

    /// Reads `--name value` and `--name=value`; `--config` names the file.
    package static func sources(
        _ arguments: [String], _ environment: [String: String]
    ) throws(ConfigurationMistake) -> ConfigurationSources {
        var sources = ConfigurationSources(environment: environment)
        var rest = arguments[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("--") else {
                throw ConfigurationMistake(
                    place: "flags", written: word, reason: "it is no flag",
                    advice: "Write --NAME VALUE; --help lists the names.")
            }
            let pieces = word.dropFirst(2).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = pieces.isEmpty ? "" : String(pieces[0])
            guard let value = pieces.count == 2 ? String(pieces[1]) : rest.popFirst() else {
                throw ConfigurationMistake(
                    place: "flags", written: word, reason: "its value is missing",
                    advice: "Write --NAME VALUE.")
            }
            if name == "config" {
                sources.file = value
            } else {
                sources.flags.append((name: name, value: value))
            }
        }
        return sources
    }

    static func help(_ service: any HostedService.Type, _ keys: [ConfigurationKey]) -> String {
        let prefix = "HAZWATCH_\(service.name.uppercased())_"
        var text = """
            hazwatch-\(service.name): one service of Hazwatch.

            Settings come from --config FILE (YAML, one NAME: VALUE a line), then the environment
            (\(prefix)NAME, capitals and underscores), then flags (--NAME VALUE); the later wins.


            """
        for key in keys {
            let fallback = key.fallback.map { "default \($0)" } ?? "unset by default"
            text += "  --\(key.name)\n      \(key.meaning)\n      \(key.range); \(fallback)\n"
        }
        return text
    }
}

extension RunningService {
    /// Where it can be reached, in a line for the operator.
    package var announcement: String {
        let grpc = "\(configuration.text("grpc-host")):\(ports.grpc)"
        let admin = "http://\(configuration.text("admin-host")):\(ports.admin)"
        return "\(name): gRPC on \(grpc), admin on \(admin), data in \(configuration.text("data"))"
    }
}
