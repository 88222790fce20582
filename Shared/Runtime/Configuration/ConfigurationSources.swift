import Configuration
import Foundation
import Policy

/// Where settings come from, in rising order: file, environment, flags.
package struct ConfigurationSources: Sendable {
    /// The path of a YAML file with one level of keys.
    package var file: String?
    package var environment: [String: String]
    /// Names without hyphens in front, such as `grpc-port`.
    package var flags: [(name: String, value: String)]

    package init(
        file: String? = nil, environment: [String: String] = [:],
        flags: [(name: String, value: String)] = []
    ) {
        (self.file, self.environment, self.flags) = (file, environment, flags)
    }

    /// One setting as it was found.
    struct Found {
        var name: String
        /// As the operator wrote it, such as `HAZWATCH_RISK_GRPC_PORT`.
        var written: String
        var value: String
        var place: String
    }

    /// Reads and checks everything; a setting that nobody knows is refused, not passed over.
    package func read(service: String, keys: [ConfigurationKey]) throws -> ServiceConfiguration {
        let sources = [
            ("flags", fromFlags(of: service)), ("environment", fromEnvironment(service: service)),
            ("file", try fromFile()),
        ]
        var providers: [InMemoryProvider] = []
        var places: [String: String] = [:]
        for (source, settings) in sources {
            var values: [AbsoluteConfigKey: ConfigValue] = [:]
            for setting in settings {
                let key = try Self.key(of: setting, keys)
                let content = ConfigContent.string(setting.value)
                values[AbsoluteConfigKey([key.name])] = ConfigValue(
                    content, isSecret: key.isSecret)
                if places[key.name] == nil { places[key.name] = setting.place }
            }
            providers.append(InMemoryProvider(name: source, values: values))
        }
        return ServiceConfiguration(
            service: service, keys: keys, reader: ConfigReader(providers: providers),
            places: places)
    }

    private static func key(of setting: Found, _ keys: [ConfigurationKey]) throws
        -> ConfigurationKey
    {
        guard let key = keys.first(where: { $0.name == setting.name }) else {
            let nearest = EditDistance.nearest(to: setting.name, among: keys.map(\.name))
            throw ConfigurationMistake(
                place: setting.place, written: setting.written, reason: "it is not known",
                advice: nearest.map { "Did you mean `\($0)`?" } ?? "Take it away.")
        }
        if let mistake = key.mistake(in: setting.value) {
            let shown = key.isSecret ? "" : ", not `\(setting.value)`"
            throw ConfigurationMistake(
                place: setting.place, written: setting.written, reason: mistake + shown,
                advice: "It is for: \(key.meaning)")
        }
        return key
    }

    private func fromFlags(of service: String) -> [Found] {
        flags.map {
            Found(
                name: $0.name, written: "--\($0.name)", value: $0.value,
                place: "flags of \(service)")
        }
    }

    private func fromEnvironment(service: String) -> [Found] {
        let prefix = "HAZWATCH_\(service.uppercased())_"
        return environment.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }.map {
            let name = $0.key.dropFirst(prefix.count).lowercased()
            return Found(
                name: name.replacingOccurrences(of: "_", with: "-"), written: $0.key,
                value: $0.value, place: "environment")
        }
    }

    private func fromFile() throws -> [Found] {
        guard let file else { return [] }
        func mistake(_ line: Int, _ reason: String) -> ConfigurationMistake {
            ConfigurationMistake(
                place: "\(file):\(line)", written: "the file", reason: reason,
                advice: "Write one setting a line, as in `grpc-port: 7402`.")
        }
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw ConfigurationMistake(
                place: file, written: "the file", reason: "it cannot be read",
                advice: "Look at its name and owner.")
        }
        let tree: ProfileNode?
        do {
            tree = try YAMLTree.read(text)
        } catch {
            throw mistake(error.line, error.reason)
        }
        guard let root = tree else { return [] }
        guard case .map(let entries) = root.content else {
            throw mistake(root.line.number, "it holds no settings")
        }
        return try entries.map { entry in
            guard case .scalar(let value) = entry.value.content else {
                throw mistake(entry.line.number, "`\(entry.key)` must have a plain value")
            }
            return Found(
                name: entry.key, written: entry.key, value: value,
                place: "\(file):\(entry.line.number)")
        }
    }
}

/// A setting that cannot be used, with where it stands and what to write.
package struct ConfigurationMistake: Error, Hashable, CustomStringConvertible {
    package var place: String
    package var written: String
    package var reason: String
    package var advice: String

    package var description: String {
        "Setting \(written) (\(place)) cannot be used: \(reason). \(advice)"
    }
}
