import RPC
import Runtime
import SimKit
import Testing

@Suite struct HealthTests {
    @Test func healthIsOpenAndFollowsReadiness() async throws {
        let host = try await TestHost([ToyService.self, MirrorService.self])
        try await host.ready()
        for name in ["", "hazwatch.journal.v1.JournalService"] {
            try await host.until { try await Self.isServing(host, "mirror", name) }
        }
        try await host.stop()
    }

    @Test func aServiceThatHasNotHeardItsUpstreamDoesNotServe() async throws {
        let host = try await TestHost(
            [MirrorService.self], flags: [(name: "toy-address", value: "127.0.0.1:1")])
        #expect(try await !Self.isServing(host, "mirror", ""))
        try await host.stop()
    }

    private static func isServing(_ host: TestHost, _ name: String, _ service: String)
        async throws -> Bool
    {
        let client = try await host.client(of: name, as: nil)
        let response = try await client.unary(
            GrpcHealthV1.Health.check, GrpcHealthV1.HealthCheckRequest(service: service))
        await client.close()
        return response.status == .serving
    }
}
