import Foundation
import Testing

/// Our server, asked by clients of other makers.
@Suite(.timeLimit(.minutes(10)))
struct OurServerTests {
    /// The official cases, health, and reflection without stubs.
    @Test(arguments: [false, true]) func aGrpcioClientIsSatisfied(tls: Bool) async throws {
        _ = try await withOurServer(tls: tls) { address in
            let result = try await ForeignProcess.run(
                ForeignProcess.python,
                [ForeignProcess.scripts.appending(path: "client.py").path]
                    + (tls ? ["--ca", ForeignProcess.certificate] : []) + [address, "all"])
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output.matches(of: /(?m) ok$/).count == 19, "\(result.output)")
        }
    }

    /// The official cases, with a look at which messages came compressed.
    @Test func aCPlusPlusClientIsSatisfied() async throws {
        _ = try await withOurServer { address in
            let result = try await ForeignProcess.run(
                ForeignProcess.made.appending(path: "cpp/client"), [address, "all"])
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output.matches(of: /(?m) ok$/).count == 15, "\(result.output)")
        }
    }

    /// h2load calls every HTTP 200 a success; so the answers are weighed, the trailers of another
    /// client read, and the server's own count compared.
    @Test func underLoadEveryCallIsAnsweredOK() async throws {
        let frame = FileManager.default.temporaryDirectory
            .appending(path: "hazwatch-empty-\(UUID().uuidString)")
        try Data(count: 5).write(to: frame)
        defer { try? FileManager.default.removeItem(at: frame) }
        let headers = ["-H", "content-type: application/grpc", "-H", "te: trailers"]
        let ended = try await withOurServer { address in
            let path = "http://\(address)/grpc.testing.TestService/EmptyCall"
            let load = try await ForeignProcess.run(
                URL(filePath: "/usr/bin/h2load"),
                ["-n", "20000", "-c", "8", "-m", "32", "-d", frame.path] + headers + [path])
            #expect(load.output.contains("20000 succeeded, 0 failed, 0 errored"), "\(load.output)")
            // 20000 answers of five bytes; an error would have none.
            #expect(load.output.contains("(100000) data"), "\(load.output)")

            let trailers = try await ForeignProcess.run(
                URL(filePath: "/usr/bin/nghttp"),
                ["-v", "-n", "-m", "50", "-d", frame.path] + headers + [path])
            let text = trailers.output
            #expect(text.matches(of: /grpc-status: 0/).count == 50, "\(text.suffix(4_000))")
            #expect(!text.contains(/grpc-status: [1-9]/), "\(text.suffix(4_000))")
        }
        #expect(ended.status == 0)
        #expect(ended.output.hasSuffix("calls OK=20050\n"), "\(ended.output)")
    }
}
