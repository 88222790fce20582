import ArgumentParser
import Foundation
import RPC
import Runtime

/// Where the services are, and who asks.
struct ConnectionOptions: ParsableArguments {
    @Option(
        name: .long,
        help: "Address of ingest. Default: as noted in the data folder, else localhost:7401.")
    var ingest: String?

    @Option(name: .long, help: "Address of risk. Default: the same, or localhost:7402.")
    var risk: String?

    @Option(name: .long, help: "Address of notification. Default: the same, or localhost:7403.")
    var notification: String?

    @Option(
        name: .long,
        help: """
            The file of the token. Default: HAZWATCH_TOKEN_FILE, else keys/administrator.token in \
            the data folder.
            """)
    var token: String?

    @Option(
        name: .customLong("tls-ca"),
        help: "Certificates (PEM) that the services' must descend from; turns TLS on.")
    var certificateAuthority: String?

    @OptionGroup var folder: DataFolder

    func validate() throws { try folder.mustExist() }

    /// `host:port` of a service, as given or as agreed.
    func address(_ service: ServiceName) throws -> Address {
        let given =
            switch service {
            case .ingest: ingest
            case .risk: risk
            case .notification: notification
            }
        guard let given else {
            return Address(
                host: "localhost", port: folder.port(of: service) ?? service.defaultPort)
        }
        if let address = Address(given) { return address }
        throw ValidationError("--\(service) \"\(given)\" is not an address. Write HOST:PORT.")
    }

    /// A host with a port; an IPv6 address stands in brackets.
    struct Address: Equatable, CustomStringConvertible {
        var host: String
        var port: Int

        init(host: String, port: Int) { (self.host, self.port) = (host, port) }

        init?(_ text: String) {
            guard let colon = text.lastIndex(of: ":"), let port = Int(text[colon...].dropFirst()),
                (1...65_535).contains(port)
            else { return nil }
            var host = text[..<colon]
            if host.hasPrefix("["), host.hasSuffix("]") {
                host = host.dropFirst().dropLast()
            } else if host.contains(":") {
                return nil
            }
            guard !host.isEmpty else { return nil }
            self.init(host: String(host), port: port)
        }

        var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// The token; nil if none was named and there is none in the data folder.
    func readToken() throws -> String? {
        let named = token ?? ProcessInfo.processInfo.environment["HAZWATCH_TOKEN_FILE"]
        let path = named ?? folder.administratorToken
        if named == nil, !FileManager.default.isReadableFile(atPath: path) { return nil }
        do {
            return try TokenFile.read(path)
        } catch {
            throw Failure.refused(
                "No token: \(error.reason).",
                next: "Name another, or make one with `hazwatch token issue --to FILE`.")
        }
    }

    func readTLS() throws -> ClientTLS? {
        guard let path = certificateAuthority else { return nil }
        guard let roots = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw Failure.refused(
                "The certificates \(path) cannot be read.",
                next: "Look at its name and its permissions.")
        }
        return ClientTLS(trustRoots: roots)
    }
}
