import Foundation
import Interop
import RPC
import Testing

/// Our client through the official cases, against us and against grpcio.
@Suite(.timeLimit(.minutes(10)))
struct OurClientTests {
    @Test(arguments: InteropCase.allCases)
    func ourServerAnswersAsDescribed(one: InteropCase) async throws {
        try await withServerHere { port in
            try await withOurClient(port: port) { try await $0.run(one) }
        }
    }

    /// A call that is cancelled before its connection stands must not keep the client open.
    @Test func aClientClosesWhileItConnects() async throws {
        try await withServerHere { port in
            for _ in 0..<50 {
                try await withOurClient(port: port) { try await $0.run(.cancelAfterBegin) }
            }
        }
    }

    /// One grpcio server for all cases; it starts slowly.
    @Test(arguments: [false, true])
    func aGrpcioServerAnswersAsDescribed(tls: Bool) async throws {
        let (server, port) = try await ForeignProcess.server(
            ForeignProcess.python,
            [ForeignProcess.scripts.appending(path: "server.py").path]
                + (tls
                    ? ["--key", ForeignProcess.key, "--certificate", ForeignProcess.certificate]
                    : []))
        let trust =
            tls ? try String(contentsOfFile: ForeignProcess.certificate, encoding: .utf8) : ""
        let result = await outcome {
            try await withOurClient(
                port: port, tls: tls ? ClientTLS(trustRoots: trust, serverName: "localhost") : nil,
                serverSeesCompression: false
            ) { client in
                for one in InteropCase.allCases {
                    await #expect(throws: Never.self, "\(one.rawValue)") {
                        try await client.run(one)
                    }
                }
            }
        }
        await server.stop()
        try result.get()
    }
}
