import Interop
import Logging
import NIOCore
import NIOPosix
import RPC

/// Our server of the test service, in a process of its own, for clients of other makers.
func withOurServer(
    tls: Bool = false, _ body: (_ address: String) async throws -> Void
) async throws -> ForeignProcess.Ended {
    let arguments =
        tls ? ["--tls-cert", ForeignProcess.certificate, "--tls-key", ForeignProcess.key] : []
    let (server, port) = try await ForeignProcess.server(ForeignProcess.interopServer, arguments)
    let result = await outcome { try await body("127.0.0.1:\(port)") }
    let ended = await server.stop()
    try result.get()
    return ended
}

/// What came of it, so that servers and clients are closed in any case.
func outcome(_ body: () async throws -> Void) async -> Result<Void, any Error> {
    do {
        return .success(try await body())
    } catch {
        return .failure(error)
    }
}

/// Our client against the server at the port.
func withOurClient(
    port: Int, tls: ClientTLS? = nil, serverSeesCompression: Bool = true,
    _ body: (InteropClient) async throws -> Void
) async throws {
    let client = RPCClient(
        addresses: [.hostPort("127.0.0.1", port)], configuration: ClientConfiguration(tls: tls),
        group: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "interop"))
    let result = await outcome {
        try await body(InteropClient(client: client, serverSeesCompression: serverSeesCompression))
    }
    await client.close()
    try result.get()
}

/// Our server of the test service in this process.
func withServerHere(_ body: (_ port: Int) async throws -> Void) async throws {
    var router = RPCRouter()
    TestService().register(in: &router)
    let server = RPCServer(
        router: router, group: MultiThreadedEventLoopGroup.singleton,
        logger: Logger(label: "interop"))
    let port = try await server.start()
    let result = await outcome { try await body(port) }
    await server.drain(within: .seconds(5))
    try result.get()
}
