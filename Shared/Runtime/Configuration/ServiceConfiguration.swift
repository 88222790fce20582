import Configuration

/// The settings of one service, checked, with where each comes from.
package struct ServiceConfiguration: Sendable {
    /// Such as `risk`.
    package let service: String
    package let keys: [ConfigurationKey]
    private let reader: ConfigReader
    private let places: [String: String]

    init(
        service: String, keys: [ConfigurationKey], reader: ConfigReader, places: [String: String]
    ) {
        (self.service, self.keys, self.reader, self.places) = (service, keys, reader, places)
    }

    private func key(_ name: String) -> ConfigurationKey {
        guard let key = keys.first(where: { $0.name == name }) else {
            preconditionFailure("The service \(service) declares no setting \(name).")
        }
        return key
    }

    /// What is set for `name`, or its default; nil if it is unset and has none.
    package func optional(_ name: String) -> String? {
        let key = key(name)
        return reader.string(forKey: ConfigKey([name]), isSecret: key.isSecret) ?? key.fallback
    }

    /// What is set for `name`, which has a default.
    package func text(_ name: String) -> String {
        guard let text = optional(name) else {
            preconditionFailure("The setting \(name) has no default; read it as optional.")
        }
        return text
    }

    /// A whole number, inside the range of its key.
    package func integer(_ name: String) -> Int {
        guard let number = Int(text(name)) else {
            preconditionFailure("The setting \(name) is no whole number by its key.")
        }
        return number
    }

    package func truth(_ name: String) -> Bool { text(name) == "true" }

    /// Where the setting was found.
    package func place(_ name: String) -> String { places[name] ?? "default" }

    /// What is set, with where it comes from unless it is the default; secrets are not shown.
    package var shown: [(name: String, value: String)] {
        keys.compactMap { key in
            guard let value = optional(key.name) else { return nil }
            let place = places[key.name].map { " (\($0))" } ?? ""
            return (key.name, (key.isSecret ? "(secret)" : value) + place)
        }
    }
}
