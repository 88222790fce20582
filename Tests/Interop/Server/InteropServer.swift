import ArgumentParser
import Foundation
import Interop
import Logging
import NIOPosix
import RPC
import UnixSignals

/// Serves `grpc.testing.TestService`, so that any official interop client can be pointed at us.
@main
struct InteropServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hazwatch-interop-server",
        abstract: "Serves grpc.testing.TestService for gRPC's interop clients.",
        discussion: """
            Prints the port it has bound, then runs until SIGTERM or SIGINT, and at last prints how \
            many calls ended with which status.
            """)

    @Option(help: "The port to listen on; 0 takes a free one.")
    var port = 0

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The certificate chain, PEM. With it the server speaks TLS.")
    var tlsCert: String?

    @Option(help: "The private key of the certificate, PEM.")
    var tlsKey: String?

    func validate() throws {
        guard (tlsCert == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-cert and --tls-key belong together; give both or none.")
        }
    }

    func run() async throws {
        var router = RPCRouter()
        TestService().register(in: &router)
        let tally = CallTally()
        let server = RPCServer(
            configuration: ServerConfiguration(address: .hostPort(host, port), tls: try tls()),
            router: router, interceptors: [tally], group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "hazwatch-interop-server"))
        // From here on a signal does not end the process by itself.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let bound = try await server.start()
        Self.say("\(bound)")
        for await _ in signals { break }
        await server.drain(within: .seconds(5))
        Self.say(tally.summary)
    }

    private func tls() throws -> ServerTLS? {
        guard let tlsCert, let tlsKey else { return nil }
        return ServerTLS(
            certificateChain: try String(contentsOfFile: tlsCert, encoding: .utf8),
            privateKey: try String(contentsOfFile: tlsKey, encoding: .utf8))
    }

    /// One line to standard output, at once.
    private static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}
