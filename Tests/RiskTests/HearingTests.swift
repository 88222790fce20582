import Contracts
import Domain
import Ingest
import RPC
import Risk
import Runtime
import SimKit
import Testing

/// Half an hour at HH by time alone: only once it is certain that the end is not on its way.
@Suite struct HearingTests {
    /// Ingest and risk in hosts of their own, so that one can be away while the other goes on.
    private struct Machines {
        let ingest: TestHost
        var folder: TemporaryFolder { ingest.folder }
        static let simulated = (name: "clock", value: "simulated")

        init(_ flags: [(name: String, value: String)] = [Self.simulated]) async throws {
            ingest = try await TestHost([IngestService.self], flags: flags)
        }

        func risk(
            _ flags: [(name: String, value: String)] = [Self.simulated]
        ) async throws -> TestHost {
            let address = "127.0.0.1:\(ingest.service("ingest")?.ports.grpc ?? 0)"
            return try await TestHost(
                [RiskService.self], folder: folder,
                flags: flags + [(name: "ingest-address", value: address)])
        }

        /// Pushes a reading and waits until ingest has stored it.
        func push(
            _ value: Double, measured: Int64, received: Int64, sequence: UInt64
        ) async throws {
            try await ingest.advance(to: .t0 + .minutes(received))
            let row = IngestV1.Row(
                pointID: "x1", measuredAtUnixMs: (Instant.t0 + .minutes(measured)).unixMilliseconds,
                value: value)
            let answer = try await ingest.push(
                [row], sequence: sequence, gateway: "g1", enterprise: "e1")
            #expect(answer.stored == 1)
        }

        /// Has risk work off what ingest holds.
        func settle(_ risk: TestHost) async throws {
            let upstream = try await ingest.ask(
                "ingest", ClockV1.ClockService.settle, ClockV1.SettleRequest())
            _ = try await risk.ask(
                "risk", ClockV1.ClockService.settle,
                ClockV1.SettleRequest(upstreams: upstream.heads))
        }
    }

    private static func levels(_ risk: TestHost) async throws -> [CommonV1.WarningLevel] {
        let client = try await risk.client(of: "risk", as: .administrator)
        let stream = try await client.serverStreaming(
            JournalV1.JournalService.subscribe,
            JournalV1.SubscribeRequest(
                kindPrefixes: [JournalKind.levelChanged.rawValue], storedOnly: true))
        var levels: [CommonV1.WarningLevel] = []
        for try await response in stream {
            guard let entry = response.entry else { continue }
            levels.append(try RiskV1.Warning(serialized: entry.body).level)
        }
        await client.close()
        return levels
    }

    @Test func anEndThatWasStoredWhileRiskWasDownIsHeardBeforeTheHalfHour() async throws {
        let machines = try await Machines()
        try await machines.ingest.advance(to: .t0)
        try await machines.ingest.importRegistry(TestCity.registry)
        let before = try await machines.risk()
        try await before.advance(to: .t0)
        try await machines.push(95, measured: 0, received: 0, sequence: 1)
        try await machines.settle(before)
        #expect(try await Self.levels(before) == [.orange])
        try await before.stop()
        for minute in 6...20 as ClosedRange<Int64> {
            try await machines.push(
                50, measured: minute, received: minute, sequence: UInt64(minute))
        }
        try await RiskService.moveClock(in: machines.folder, to: .t0 + .minutes(31))
        let after = try await machines.risk()
        try await machines.settle(after)
        #expect(try await Self.levels(after) == [.orange, .blue])
        try await after.stop()
        try await machines.ingest.stop()
    }

    @Test func aGatewayThatSendsItsBufferBatchByBatchTurnsNothingRed() async throws {
        let line = try await Line()
        try await line.host.advance(to: .t0 + .minutes(60))
        for (sequence, reading) in [(0, 95), (20, 96), (40, 50)].enumerated() {
            let row = IngestV1.Row(
                pointID: "x1",
                measuredAtUnixMs: (Instant.t0 + .minutes(Int64(reading.0))).unixMilliseconds,
                value: Double(reading.1))
            _ = try await line.host.push(
                [row], sequence: UInt64(sequence + 1), gateway: "g1", enterprise: "e1")
            // Each batch is worked off before the next one comes.
            try await line.host.settle()
        }
        #expect(try await Self.levels(line.host) == [.orange, .blue])
        try await line.host.stop()
    }

    @Test func anIngestThatIsAwayHoldsTheHalfHourBackForHalfAMinute() async throws {
        let machines = try await Machines()
        try await machines.ingest.advance(to: .t0)
        try await machines.ingest.importRegistry(TestCity.registry)
        let risk = try await machines.risk()
        try await risk.advance(to: .t0)
        try await machines.push(95, measured: 0, received: 0, sequence: 1)
        try await machines.settle(risk)
        try await machines.ingest.stop()
        let due = Instant.t0 + .minutes(30)
        try await risk.advance(to: due)
        try await risk.advance(to: due + .seconds(29))
        #expect(try await Self.levels(risk) == [.orange])
        try await risk.advance(to: due + .seconds(30))
        // Nothing was heard that would speak against it, and that is no good news.
        try await risk.settle()
        #expect(try await Self.levels(risk) == [.orange, .red])
        try await risk.stop()
    }

    @Test func aPlatformWithoutReadingsBecomesReady() async throws {
        let host = try await TestHost([IngestService.self, RiskService.self])
        try await host.ready()
        #expect(try await host.admin("risk", "/readyz").status == 200)
        try await host.stop()
    }

    @Test func riskIsReadyOnceItHasWorkedOffWhatIngestHolds() async throws {
        let machines = try await Machines([])
        try await machines.ingest.importRegistry(TestCity.registry)
        let now = SystemTime().now()
        for number in 1...50 as ClosedRange<Int64> {
            let row = IngestV1.Row(
                pointID: "x1", measuredAtUnixMs: (now - .seconds(100 - number)).unixMilliseconds,
                value: 95)
            _ = try await machines.ingest.push(
                [row], sequence: UInt64(number), gateway: "g1", enterprise: "e1")
        }
        let risk = try await machines.risk([])
        try await risk.until { try await risk.isServing("risk") }
        let readings = risk.service("risk")?.parts.followers.first { $0.name == "ingest.readings" }
        #expect(readings?.status.position == 50)
        #expect(try await Self.levels(risk) == [.orange])
        try await risk.stop()
        try await machines.ingest.stop()
    }
}
