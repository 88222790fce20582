import Contracts
import Foundation
import Logging
import NIOPosix
import RPC
import Runtime
import SimKit
import Testing

/// Certificates are made anew for each run, by the openssl of the machine.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")))
struct TLSHostTests {
    private struct Pair {
        var certificate: String
        var key: String
    }

    private static func pair(_ name: String, in folder: TemporaryFolder) throws -> Pair {
        let pair = Pair(
            certificate: folder.file("\(name).pem"), key: folder.file("\(name).key"))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "2", "-subj", "/CN=\(name)", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", pair.key, "-out", pair.certificate,
        ]
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return pair
    }

    private static func flags(_ server: Pair, _ client: Pair) -> [(name: String, value: String)] {
        [
            ("tls-certificate", server.certificate), ("tls-key", server.key),
            ("tls-client-roots", client.certificate),
        ].map { (name: $0.0, value: $0.1) }
    }

    @Test func servicesFollowEachOtherOverMutualTLS() async throws {
        let folder = try TemporaryFolder()
        let server = try Self.pair("server", in: folder)
        let client = try Self.pair("client", in: folder)
        let toy = try await TestHost([ToyService.self], flags: Self.flags(server, client))
        let address = "127.0.0.1:\(toy.service("toy")?.ports.grpc ?? 0)"
        let key = toy.folder.file("keys/token.pem")
        let trusted = [
            ("toy-address", address), ("token-key", key),
            ("upstream-tls-roots", server.certificate),
        ].map { (name: $0.0, value: $0.1) }
        let shown = [
            ("upstream-tls-certificate", client.certificate), ("upstream-tls-key", client.key),
        ].map { (name: $0.0, value: $0.1) }
        let mirror = try await TestHost([MirrorService.self], flags: trusted + shown)
        try await mirror.ready()
        try await mirror.stop()
        let token = try await toy.token(.service)
        for (pair, isWelcome) in [(client, true), (server, false), (nil, false)] {
            let status = try await Self.status(address: address, pair, server, token)
            #expect((status == nil) == isWelcome, "\(String(describing: status))")
        }
        try await toy.stop()
    }

    /// How a call ends for one who shows the certificate of `pair`; nil if it goes well.
    private static func status(
        address: String, _ pair: Pair?, _ server: Pair, _ token: String
    ) async throws -> RPCStatus? {
        func text(_ path: String) throws -> String {
            try String(contentsOfFile: path, encoding: .utf8)
        }
        let tls = ClientTLS(
            trustRoots: try text(server.certificate),
            certificateChain: try pair.map { try text($0.certificate) },
            privateKey: try pair.map { try text($0.key) })
        let port = try #require(Int(address.split(separator: ":")[1]))
        let client = RPCClient(
            addresses: [.hostPort("127.0.0.1", port)],
            configuration: ClientConfiguration(tls: tls),
            group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "client") { _ in SwiftLogNoOpLogHandler() })
        var options = CallOptions(timeout: .seconds(120))
        options.metadata.add("authorization", "Bearer \(token)")
        var ending: RPCStatus?
        do {
            _ = try await client.unary(
                JournalV1.JournalService.head, JournalV1.HeadRequest(), options: options)
        } catch {
            ending = error
        }
        await client.close()
        return ending
    }

    @Test func halfOfTheSettingsIsRefused() async throws {
        let folder = try TemporaryFolder()
        let server = try Self.pair("server", in: folder)
        for (name, value, missing) in [
            ("tls-certificate", server.certificate, "tls-key"),
            ("tls-key", server.key, "tls-certificate"),
            ("tls-certificate", folder.file("none.pem"), "cannot be read"),
        ] {
            await #expect {
                _ = try await TestHost([ToyService.self], flags: [(name: name, value: value)])
            } throws: { error in
                error is ConfigurationMistake && "\(error)".contains(missing)
            }
        }
    }
}
