import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import RPC

@Suite(.timeLimit(.minutes(10)))
struct TLSTests {
    private static let whoIsThere = RPCMethod<Blob, Blob>(
        service: "test.TLS", name: "WhoIsThere", kind: .unary)

    /// Answers with the certificate that the client has shown.
    private static var router: RPCRouter {
        var router = Echo.router
        router.unary(whoIsThere) { _, call in Blob(call.peer.certificate ?? []) }
        return router
    }

    private static func server(mutual: Bool) throws -> ServerConfiguration {
        let certificates = try Certificates.shared.get()
        return ServerConfiguration(
            tls: ServerTLS(
                certificateChain: certificates.server.certificate,
                privateKey: certificates.server.key,
                clientTrustRoots: mutual ? certificates.authority : nil))
    }

    private static func client(
        _ identity: (certificate: String, key: String)? = nil, trust: String? = nil,
        name: String? = nil
    ) throws -> ClientConfiguration {
        ClientConfiguration(
            tls: ClientTLS(
                trustRoots: try trust ?? Certificates.shared.get().authority, serverName: name,
                certificateChain: identity?.certificate, privateKey: identity?.key))
    }

    @Test func callsWorkOverTLS() async throws {
        try await withRig(
            Self.router, server: Self.server(mutual: false), client: Self.client()
        ) { rig in
            let large = Blob(count: 2 << 20)
            let answer = try await rig.client.unary(Echo.unary, large)
            #expect(answer == large)
            let nobody = try await rig.client.unary(Self.whoIsThere, "")
            #expect(nobody == Blob([]))
        }
    }

    @Test func mutualTLSShowsWhoTheClientIs() async throws {
        let certificates = try Certificates.shared.get()
        try await withRig(
            Self.router, server: Self.server(mutual: true),
            client: Self.client(certificates.client, name: "localhost")
        ) { rig in
            let shown = try await rig.client.unary(Self.whoIsThere, "")
            let expected = try NIOSSLCertificate(
                bytes: Array(certificates.client.certificate.utf8), format: .pem)
            #expect(try shown.bytes == expected.toDERBytes())
        }
    }

    @Test(arguments: [true, false])
    func mutualTLSRefusesStrangers(withCertificate: Bool) async throws {
        let identity = try withCertificate ? Certificates.shared.get().stranger : nil
        try await withRig(
            Self.router, server: Self.server(mutual: true), client: Self.client(identity)
        ) { rig in
            let status = await status { _ = try await rig.client.unary(Echo.unary, "") }
            #expect(status.code == .unavailable)
        }
    }

    @Test func aServerOfAnotherAuthorityIsNotTrusted() async throws {
        let other = try Certificates.shared.get().stranger.certificate
        try await withRig(
            Self.router, server: Self.server(mutual: false), client: Self.client(trust: other)
        ) { rig in
            let status = await status { _ = try await rig.client.unary(Echo.unary, "") }
            #expect(status.code == .unavailable)
            #expect(status.message.lowercased().contains("certificate"))
        }
    }

    @Test func aServerOfAnotherNameIsNotTrusted() async throws {
        let elsewhere = try Certificates.shared.get().elsewhere
        let server = ServerConfiguration(
            tls: ServerTLS(certificateChain: elsewhere.certificate, privateKey: elsewhere.key))
        try await withRig(Self.router, server: server, client: Self.client()) { rig in
            let status = await status { _ = try await rig.client.unary(Echo.unary, "") }
            #expect(status.code == .unavailable)
        }
        try await withRig(
            Self.router, server: server, client: Self.client(name: "elsewhere.test")
        ) { rig in
            let answer = try await rig.client.unary(Echo.unary, "expected name")
            #expect(answer == "expected name")
        }
    }

    @Test func aClientWithoutTLSIsNotAnswered() async throws {
        var quick = ClientConfiguration()
        quick.connectTimeout = .milliseconds(500)
        try await withRig(
            Self.router, server: Self.server(mutual: false), client: quick
        ) { rig in
            let status = await status { _ = try await rig.client.unary(Echo.unary, "") }
            #expect(status.code == .unavailable)
        }
    }

    @Test func aClientThatDoesNotOfferHTTP2IsClosed() async throws {
        try await withRig(Self.router, server: Self.server(mutual: false)) { rig in
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.certificateVerification = .none
            tls.applicationProtocols = ["http/1.1"]
            let context = try NIOSSLContext(configuration: tls)
            let channel = try await ClientBootstrap(group: rig.group)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: context, serverHostname: "localhost"))
                    }
                }
                .connect(host: "127.0.0.1", port: rig.port).get()
            try await channel.closeFuture.get()
            #expect(await eventually { rig.server.connectionCount == 0 })
        }
    }

    @Test func brokenPEMIsAnErrorAtStart() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = RPCServer(
            configuration: ServerConfiguration(
                tls: ServerTLS(certificateChain: "no PEM", privateKey: "neither")),
            router: Echo.router, group: group, logger: quiet)
        await #expect(throws: (any Error).self) { _ = try await server.start() }
        try await group.shutdownGracefully()
    }
}
