import SimKit
import Storage
import Testing

@testable import Runtime

/// A toy whose engine stands on a disk that the test breaks and mends.
private enum FaultyToy: HostedService {
    static let disk = FaultyDisk()
    static let name = "toy"

    static func assemble(_ context: ServiceContext) async throws -> ServiceParts {
        var context = context
        context.store = try Store(
            path: context.folder + "/faulty.sqlite", migrations: [.shared], options: disk.options)
        return try await ToyService.assemble(context)
    }
}

@Suite struct HealthTests {
    @Test func healthIsOpenAndFollowsReadiness() async throws {
        let host = try await TestHost([ToyService.self, MirrorService.self])
        try await host.ready()
        for name in ["", "hazwatch.journal.v1.JournalService"] {
            try await host.until { try await host.isServing("mirror", name) }
        }
        try await host.stop()
    }

    @Test func aServiceThatHasNotHeardItsUpstreamDoesNotServe() async throws {
        let host = try await TestHost(
            [MirrorService.self], flags: [(name: "toy-address", value: "127.0.0.1:1")])
        #expect(try await !host.isServing("mirror"))
        try await host.stop()
    }

    @Test func aServiceWhoseUpstreamFellSilentIsNotReadyAndNamesIt() async throws {
        let host = try await TestHost([ToyService.self, MirrorService.self])
        try await host.ready()
        let parts = try #require(host.service("mirror")?.parts)
        let heard = try #require(parts.followers.first?.status.heardAt)
        #expect(RunningService.readiness(of: parts, at: heard + .seconds(60)).isReady)
        // Long after any beat that may have come since.
        let later = RunningService.readiness(of: parts, at: heard + .seconds(3_600))
        let reason = try #require(later.reason)
        #expect(reason.contains("toy.journal has not been heard for "))
        try await host.ledger("toy").submit(.deposit(account: "a", amount: 1))
        try await parts.followers.first?.reached(1)
        #expect(try #require(parts.followers.first?.status.heardAt) > heard)
        #expect(host.service("mirror")?.readiness == .ready)
        try await host.stop()
    }

    @Test func aServiceWhoseStoreCannotBeWrittenSaysSoUntilItCanWithoutBeingAsked() async throws {
        let host = try await TestHost([FaultyToy.self])
        try await host.until { try await host.isServing("toy") }
        FaultyToy.disk.breakDown()
        await #expect(throws: EngineFailure.self) {
            try await host.ledger("toy").submit(.deposit(account: "a", amount: 1))
        }
        let ready = try await host.admin("toy", "/readyz")
        #expect(ready.status == 503)
        #expect(ready.body.contains("the store of toy cannot be written: the disk is full"))
        #expect(try await host.admin("toy", "/healthz").status == 200)
        try await host.until { try await !host.isServing("toy") }
        let metrics = try await host.admin("toy", "/metrics").body
        #expect(metrics.contains("store_writable{store=\"toy\"} 0.0\n"))
        FaultyToy.disk.mend()
        // Nobody sends anything: the engine tries by itself.
        try await host.until { try await host.isServing("toy") }
        #expect(try await host.admin("toy", "/readyz").status == 200)
        let mended = try await host.admin("toy", "/metrics").body
        #expect(mended.contains("store_writable{store=\"toy\"} 1.0\n"))
        try await host.stop()
    }
}
