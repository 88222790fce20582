import Foundation
package import Logging
package import NIOCore
package import RPC

// How settings become connections.

extension ServiceConfiguration {
    /// The server as the settings state it.
    func server() throws -> ServerConfiguration {
        var server = ServerConfiguration(
            address: .hostPort(text("grpc-host"), integer("grpc-port")))
        guard let certificate = try file("tls-certificate") else {
            if optional("tls-key") != nil || optional("tls-client-roots") != nil {
                throw mistake("tls-certificate", "it is unset beside tls-key or tls-client-roots")
            }
            return server
        }
        guard let key = try file("tls-key") else {
            throw mistake("tls-key", "it is unset beside tls-certificate")
        }
        server.tls = ServerTLS(
            certificateChain: certificate, privateKey: key,
            clientTrustRoots: try file("tls-client-roots"))
        return server
    }

    /// Binds what `name`-host and `name`-port say; a port that is taken is named in a sentence.
    func listening(_ name: String, _ bind: () async throws -> Int) async throws -> Int {
        do {
            return try await bind()
        } catch {
            throw ConfigurationMistake(
                place: place("\(name)-port"), written: "\(name)-port",
                reason: "\(text("\(name)-host")):\(text("\(name)-port")) cannot be listened on "
                    + "(\(error))",
                advice: "Stop the program that uses it, or set another \(name)-port.")
        }
    }

    /// A client of an upstream: of this process if it runs here, else at its address.
    func client(
        of upstream: String, known: RunningService?, tokens: TokenSource,
        group: any EventLoopGroup, logger: Logger
    ) throws -> RPCClient {
        let addresses =
            if let known {
                [RPCAddress.hostPort(known.configuration.text("grpc-host"), known.ports.grpc)]
            } else {
                try addresses("\(upstream)-address")
            }
        return RPCClient(
            addresses: addresses,
            configuration: try client(tls: "upstream-tls", tokens: tokens), group: group,
            logger: logger)
    }

    /// A client of what the setting `name` names as HOST:PORT, with TLS by the settings
    /// `NAME-tls-roots`, `-certificate` and `-key`.
    package func client(
        to name: String, tokens: TokenSource, group: any EventLoopGroup, logger: Logger
    ) throws -> RPCClient {
        RPCClient(
            addresses: try addresses(name),
            configuration: try client(tls: "\(name)-tls", tokens: tokens), group: group,
            logger: logger)
    }

    private func client(
        tls prefix: String, tokens: TokenSource
    ) throws -> ClientConfiguration {
        var client = ClientConfiguration()
        // A follower waits for its upstream; a minute lost after each restart would be too long.
        client.backoff.initial = .milliseconds(100)
        client.backoff.most = .seconds(5)
        client.interceptor = { _ in try await tokens.metadata() }
        if let roots = try file("\(prefix)-roots") {
            client.tls = ClientTLS(
                trustRoots: roots, certificateChain: try file("\(prefix)-certificate"),
                privateKey: try file("\(prefix)-key"))
        }
        return client
    }

    private func addresses(_ name: String) throws -> [RPCAddress] {
        try text(name).split(separator: ",").map { address in
            let text = address.trimmingCharacters(in: .whitespaces)
            guard let colon = text.lastIndex(of: ":"), colon != text.startIndex,
                let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port)
            else { throw mistake(name, "`\(text)` is not HOST:PORT") }
            let host = text[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
            return .hostPort(host, port)
        }
    }

    private func file(_ name: String) throws -> String? {
        guard let path = optional(name) else { return nil }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw mistake(name, "the file \(path) cannot be read")
        }
        return text
    }

    /// What is wrong with a setting, and what it is for.
    package func mistake(_ name: String, _ reason: String) -> ConfigurationMistake {
        let key = keys.first { $0.name == name }
        return ConfigurationMistake(
            place: place(name), written: name, reason: reason,
            advice: "It is for: \(key?.meaning ?? name)")
    }
}

extension TokenKey {
    /// The key that the settings name.
    static func open(_ configuration: ServiceConfiguration) async throws -> TokenKey {
        if let path = configuration.optional("token-key") { return try await open(path: path) }
        return try await open(data: configuration.text("data"))
    }

    /// The key of a data folder.
    package static func open(data: String) async throws -> TokenKey {
        try PrivateFile.createFolder("\(data)/keys")
        return try await open(path: "\(data)/keys/token.pem")
    }
}
