import Contracts
import Domain
import Ingest
import Notification
import RPC
import Risk
import Runtime
import SimKit
import Testing

/// Circulars only once it is certain that no fall of the level is on its way.
@Suite struct HearingTests {
    private static let simulated = (name: "clock", value: "simulated")

    private static func ingest(
        _ folder: TemporaryFolder, port: Int
    ) async throws -> TestHost {
        try await TestHost(
            [IngestService.self], folder: folder,
            flags: [simulated, (name: "grpc-port", value: "\(port)")])
    }

    /// Risk and notification, which find ingest at `port`.
    private static func listeners(
        _ folder: TemporaryFolder, port: Int
    ) async throws -> TestHost {
        try await TestHost(
            [RiskService.self, NotificationService.self], folder: folder,
            flags: [simulated, (name: "ingest-address", value: "127.0.0.1:\(port)")])
    }

    private static func push(
        _ ingest: TestHost, _ value: Double, minute: Int64
    ) async throws {
        let time = Instant.t0 + .minutes(minute)
        try await ingest.advance(to: time)
        let row = IngestV1.Row(
            pointID: "x1", measuredAtUnixMs: time.unixMilliseconds, value: value)
        _ = try await ingest.push(
            [row], sequence: UInt64(minute + 1), gateway: "g1", enterprise: "e1")
    }

    /// Has risk and notification work off what ingest holds.
    private static func settle(_ ingest: TestHost, _ listeners: TestHost) async throws {
        var heads = try await ingest.ask(
            "ingest", ClockV1.ClockService.settle, ClockV1.SettleRequest()
        ).heads
        for service in listeners.services {
            heads += try await listeners.ask(
                service.name, ClockV1.ClockService.settle, ClockV1.SettleRequest(upstreams: heads)
            ).heads
        }
    }

    private static func notices(_ host: TestHost) async throws -> [NotificationV1.Notice] {
        let client = try await host.client(of: "notification", as: .administrator)
        let stream = try await client.serverStreaming(
            JournalV1.JournalService.subscribe,
            JournalV1.SubscribeRequest(
                kindPrefixes: [JournalKind.noticeQueued.rawValue], storedOnly: true))
        var notices: [NotificationV1.Notice] = []
        for try await response in stream {
            guard let entry = response.entry else { continue }
            notices.append(try NotificationV1.Notice(serialized: entry.body))
        }
        await client.close()
        return notices
    }

    @Test func afterTwoHoursDownAFallThatRiskHasNotReadYetStopsTheCirculars() async throws {
        let (folder, port) = (try TemporaryFolder(), try FreePort.find())
        let ingest = try await Self.ingest(folder, port: port)
        try await ingest.advance(to: .t0)
        try await ingest.importRegistry(TestCity.registry)
        let before = try await Self.listeners(folder, port: port)
        try await before.advance(to: .t0)
        try await Self.push(ingest, 85, minute: 0)
        try await Self.settle(ingest, before)
        #expect(try await Self.notices(before).map(\.reason).contains(.levelRaised))
        try await before.stop()
        // The level falls after ten minutes; ingest alone is there to store it.
        try await Self.push(ingest, 50, minute: 10)
        try await ingest.stop()
        let now = Instant.t0 + .minutes(120)
        try await RiskService.moveClock(in: folder, to: now)
        try await NotificationService.moveClock(in: folder, to: now)
        // Risk can be asked at once, but knows nothing new before ingest is back as well.
        let after = try await Self.listeners(folder, port: port)
        let isRiskThere = try await after.ask(
            "risk", JournalV1.JournalService.head, JournalV1.HeadRequest())
        #expect(isRiskThere.seq > 0)
        let again = try await Self.ingest(folder, port: port)
        try await Self.settle(again, after)
        let reasons = try await Self.notices(after).map(\.reason)
        #expect(reasons.contains(.closed))
        #expect(!reasons.contains(.circular))
        for host in [after, again] { try await host.stop() }
    }

    @Test func aRiskThatIsAwayHoldsCircularsBackForHalfAMinute() async throws {
        let (folder, port) = (try TemporaryFolder(), try FreePort.find())
        let ingest = try await Self.ingest(folder, port: port)
        try await ingest.advance(to: .t0)
        try await ingest.importRegistry(TestCity.registry)
        let both = try await Self.listeners(folder, port: port)
        try await both.advance(to: .t0)
        try await Self.push(ingest, 85, minute: 0)
        try await Self.settle(ingest, both)
        try await both.stop()
        let alone = try await TestHost(
            [NotificationService.self], folder: folder,
            flags: [
                Self.simulated, (name: "ingest-address", value: "127.0.0.1:\(port)"),
                (name: "risk-address", value: "127.0.0.1:1"),
            ])
        let due = Instant.t0 + .minutes(60)
        try await alone.advance(to: due)
        try await alone.advance(to: due + .seconds(29))
        #expect(try await !Self.notices(alone).map(\.reason).contains(.circular))
        try await alone.advance(to: due + .seconds(30))
        try await alone.settle()
        let circular = try #require(
            try await Self.notices(alone).first { $0.reason == .circular })
        #expect(circular.dueAtUnixMs == due.unixMilliseconds)
        #expect(circular.decidedAtUnixMs == (due + .seconds(30)).unixMilliseconds)
        for host in [alone, ingest] { try await host.stop() }
    }
}
