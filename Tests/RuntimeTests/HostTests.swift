import Contracts
import Domain
import Foundation
import RPC
import Runtime
import ServiceLifecycle
import SimKit
import Storage
import Testing

@Suite struct HostTests {
    @Test func aServiceIsReadyWhenItsUpstreamsHaveBeenHeard() async throws {
        let host = try await TestHost([ToyService.self, MirrorService.self])
        try await host.ready()
        #expect(host.service("mirror")?.readiness == .ready)
        #expect(try await host.admin("mirror", "/readyz").status == 200)
        #expect(try await host.admin("mirror", "/healthz").body == "alive\n")
        try await host.stop()
    }

    @Test func aServiceWhoseUpstreamIsSilentIsAliveAndNotReady() async throws {
        let host = try await TestHost(
            [MirrorService.self], flags: [(name: "toy-address", value: "127.0.0.1:1")])
        let service = try #require(host.service("mirror"))
        try await host.until {
            service.readiness.reason?.contains("toy.journal has not been heard") ?? false
        }
        let ready = try await host.admin("mirror", "/readyz")
        #expect(ready.status == 503)
        #expect(ready.body.contains("toy.journal has not been heard"))
        #expect(try await host.admin("mirror", "/healthz").status == 200)
        try await host.stop()
    }

    @Test func metricsAreShownInPrometheusForm() async throws {
        let host = try await TestHost([ToyService.self])
        try await host.ledger("toy").submit(.deposit(account: "a", amount: 1))
        let metrics = try await host.admin("toy", "/metrics")
        #expect(metrics.body.contains("# TYPE engine_events_total counter\n"))
        #expect(metrics.body.contains("engine_events_total{engine=\"toy\"} 1\n"))
        try await host.stop()
    }

    @Test func whatAnotherServiceDecidedIsTakenInOnce() async throws {
        let folder = try TemporaryFolder()
        for round in 1...3 {
            let host = try await TestHost([ToyService.self, MirrorService.self], folder: folder)
            let toy = try host.ledger("toy")
            for index in 1...20 {
                try await toy.submit(.deposit(account: "a\(index % 3)", amount: Int64(index)))
                _ = try? await toy.submit(.withdraw(account: "a0", amount: 1))
            }
            let follower = try #require(host.service("mirror")?.parts.followers.first)
            try await follower.reached(toy.journalHead.head)
            let mirrored = try await host.ledger("mirror").read { ledger in
                ledger.accounts.values.map(\.balance).reduce(0, +)
            }
            #expect(mirrored == Int64(210 * round), "round \(round)")
            try await host.stop()
        }
    }

    @Test func theBoundPortsStandInAFileWhileTheServiceRuns() async throws {
        let host = try await TestHost([ToyService.self])
        let path = host.folder.file("toy/ports")
        let ports = try #require(host.service("toy")?.ports)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text == "grpc \(ports.grpc)\nadmin \(ports.admin)\n")
        try await host.stop()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func aFolderIsServedOnce() async throws {
        let host = try await TestHost([ToyService.self])
        await #expect(throws: StoreFailure.self) {
            _ = try await TestHost([ToyService.self], folder: host.folder)
        }
        try await host.stop()
        let again = try await TestHost([ToyService.self], folder: host.folder)
        try await again.stop()
    }

    @Test func aPortThatIsTakenIsNamed() async throws {
        let host = try await TestHost([ToyService.self])
        let taken = try #require(host.service("toy")?.ports)
        for (name, port) in [("grpc-port", taken.grpc), ("admin-port", taken.admin)] {
            await #expect {
                _ = try await TestHost(
                    [ToyService.self], flags: [(name: name, value: "\(port)")])
            } throws: { error in
                error is ConfigurationMistake && "\(error)".contains("127.0.0.1:\(port)")
                    && "\(error)".contains("set another \(name)")
            }
        }
        try await host.stop()
    }

    @Test func aSettingThatNobodyKnowsStopsTheStart() async throws {
        await #expect {
            _ = try await TestHost(
                [ToyService.self], flags: [(name: "greetin", value: "hello")])
        } throws: { error in
            "\(error)".contains("greetin") && "\(error)".contains("`greeting`")
        }
    }

    @Test func aStopEndsSubscriptionsAndLosesNothing() async throws {
        let folder = try TemporaryFolder()
        let host = try await TestHost([ToyService.self], folder: folder)
        let client = try await host.client(of: "toy", as: .service)
        let stream = try await client.serverStreaming(
            JournalV1.JournalService.subscribe, JournalV1.SubscribeRequest())
        var responses = stream.makeAsyncIterator()
        _ = try await responses.next()
        try await host.ledger("toy").submit(.deposit(account: "a", amount: 1))
        // It throws if the subscription had to be ended by force.
        try await host.stop()
        await #expect(throws: RPCStatus.self) {
            while try await responses.next() != nil {}
        }
        await client.close()
        let again = try await TestHost([ToyService.self], folder: folder)
        #expect(try await again.ledger("toy").read { $0.accounts["a"]?.balance } == 1)
        try await again.stop()
    }
}

/// A toy with two jobs beside each other, one of which fails at once.
private enum BrokenToy: HostedService {
    struct Broken: Error, Equatable {}

    private struct Job: Service {
        var isBroken: Bool

        func run() async throws {
            if isBroken { throw Broken() }
            try await gracefulShutdown()
        }
    }

    static let name = "toy"

    static func assemble(_ context: ServiceContext) async throws -> ServiceParts {
        var parts = try await ToyService.assemble(context)
        parts.jobs = [Job(isBroken: false), Job(isBroken: true)]
        return parts
    }
}

@Suite(.timeLimit(.minutes(10))) struct BrokenServiceTests {
    @Test func aJobThatFailsEndsTheProcessAlsoWhileOthersRunOn() async throws {
        let host = try await TestHost([BrokenToy.self])
        await #expect(throws: BrokenToy.Broken()) { try await host.ended() }
    }
}

@Suite struct ClockServiceTests {
    private static let simulated = [(name: "clock", value: "simulated")]

    @Test func aReplayMovesTimeFromDeadlineToDeadline() async throws {
        let folder = try TemporaryFolder()
        let host = try await TestHost(
            [ToyService.self, MirrorService.self], folder: folder, flags: Self.simulated)
        let toy = try await host.client(of: "toy", as: .administrator)
        let mirror = try await host.client(of: "mirror", as: .administrator)
        let t0 = Instant.t0.unixMilliseconds
        let advanced = try await toy.unary(
            ClockV1.ClockService.advance, ClockV1.AdvanceRequest(toUnixMs: t0))
        #expect(advanced.nowUnixMs == t0)
        let engine = try host.ledger("toy")
        try await engine.submit(.remind(account: "a", number: 1, after: .minutes(30)))
        try await engine.submit(.deposit(account: "a", amount: 4))
        let settled = try await toy.unary(
            ClockV1.ClockService.settle, ClockV1.SettleRequest())
        #expect(settled.nextDueUnixMs == t0 + 1_800_000)
        #expect(settled.heads == [ClockV1.Upstream(name: "toy.journal", head: 2)])
        let following = try await mirror.unary(
            ClockV1.ClockService.settle,
            ClockV1.SettleRequest(
                upstreams: settled.heads + [ClockV1.Upstream(name: "unknown", head: 99)]))
        #expect(following.heads == [ClockV1.Upstream(name: "mirror.journal", head: 1)])
        #expect(following.nextDueUnixMs == 0)
        _ = try await toy.unary(
            ClockV1.ClockService.advance,
            ClockV1.AdvanceRequest(toUnixMs: settled.nextDueUnixMs))
        let after = try await toy.unary(ClockV1.ClockService.settle, ClockV1.SettleRequest())
        #expect(after.heads.first?.head == 4, "the reminder fell due and was sent")
        #expect(after.nextDueUnixMs == 0)
        for client in [toy, mirror] { await client.close() }
        try await host.stop()
        let again = try await TestHost([ToyService.self], folder: folder, flags: Self.simulated)
        #expect(again.service("toy")?.clock.now() == .t0 + .minutes(30))
        try await again.stop()
    }

    @Test func theClockNeverGoesBack() async throws {
        let host = try await TestHost([ToyService.self], flags: Self.simulated)
        let client = try await host.client(of: "toy", as: .administrator)
        for (to, now) in [(5_000, 5_000), (4_000, 5_000), (6_000, 6_000)] as [(Int64, Int64)] {
            let response = try await client.unary(
                ClockV1.ClockService.advance, ClockV1.AdvanceRequest(toUnixMs: to))
            #expect(response.nowUnixMs == now)
        }
        await client.close()
        try await host.stop()
    }

    @Test func onlyAnAdministratorMovesTimeAndOnlyASimulatedOne() async throws {
        let simulated = try await TestHost([ToyService.self], flags: Self.simulated)
        let officer = try await simulated.client(of: "toy", as: .officer, node: NodeID("toy"))
        await #expect {
            try await officer.unary(
                ClockV1.ClockService.advance, ClockV1.AdvanceRequest(toUnixMs: 1))
        } throws: { error in
            (error as? RPCStatus)?.code == .permissionDenied
        }
        await officer.close()
        try await simulated.stop()
        let real = try await TestHost([ToyService.self])
        let administrator = try await real.client(of: "toy", as: .administrator)
        await #expect {
            try await administrator.unary(
                ClockV1.ClockService.advance, ClockV1.AdvanceRequest(toUnixMs: 1))
        } throws: { error in
            (error as? RPCStatus)?.code == .unimplemented
        }
        await administrator.close()
        try await real.stop()
    }
}
