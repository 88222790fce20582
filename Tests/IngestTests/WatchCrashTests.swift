import Contracts
import Domain
import Ingest
import IngestCore
import RPC
import Runtime
import SimKit
import Testing

/// Kills the real program during a silence and during a flat line (ING-12, ING-18, ING-19).
@Suite(
    .serialized,
    .enabled(if: Program.isBuilt("hazwatch-ingest"), "The program hazwatch-ingest is not built."))
struct WatchCrashTests {
    /// Minutes after which the program is killed: before and after the silence is a finding,
    /// before and after the flat line is one, and in the moment in which each ends.
    private static let kills: [Int64] = [4, 12, 24, 60, 108, 132, 156]

    /// Both ends of the gap, and every finding with its times, are as without a kill.
    @Test(.timeLimit(.minutes(10))) func aKillChangesNoGapAndNoFinding() async throws {
        let quiet = try await Self.run(killing: [])
        let gap = quiet.gaps.filter { $0.hasPrefix("point t1") }
        #expect(gap == ["point t1 from 0 to 28"])
        #expect(quiet.findings.contains { $0.hasPrefix("offline/point/t1/1 ended from 0 to ") })
        #expect(quiet.findings.contains { $0.hasPrefix("flatLine/point/q9/1 assigned from 8 to ") })
        let killed = try await Self.run(killing: Self.kills)
        #expect(killed.gaps == quiet.gaps)
        #expect(killed.findings == quiet.findings)
        #expect(killed.presence == quiet.presence)
    }

    private struct Outcome {
        var gaps: [String]
        var findings: [String]
        var presence: [String]
    }

    /// Three hours of plant time, in steps of four minutes: t1 is silent for the first 28 minutes,
    /// q9 stands still from the eighth to the 160th.
    private static func run(killing kills: [Int64]) async throws -> Outcome {
        let process = IngestProcess(
            folder: try TemporaryFolder(), arguments: ["--clock", "simulated"])
        try process.start()
        var desk = try await WatchDesk(process)
        try await desk.advance(to: t0)
        for yaml in [cityYAML, processUnitYAML] {
            _ = try await desk.administrator.unary(
                IngestV1.RegistryService.import,
                IngestV1.ImportRequest(fileName: "city.yaml", content: Array(yaml.utf8)))
        }
        var number: UInt64 = 0
        for minute in stride(from: Int64(0), through: 180, by: 4) {
            let time = t0 + .minutes(minute)
            try await desk.advance(to: time)
            let isFlat = (8..<160).contains(minute)
            var values = ["x1": Double(minute % 12), "q9": isFlat ? 50 : 40 + Double(minute % 16)]
            if minute == 0 || minute >= 28 { values["t1"] = 20 + Double(minute % 8) }
            number += 1
            try await desk.push(number, values, at: time)
            try await desk.settle()
            if kills.contains(minute) {
                process.kill()
                await desk.close()
                try process.start()
                desk = try await WatchDesk(process)
            }
        }
        let outcome = try await desk.outcome()
        await desk.close()
        return outcome
    }

    /// Who talks to one run of the process.
    private struct WatchDesk {
        let administrator, service, gateway: RPCClient

        init(_ process: IngestProcess) async throws {
            administrator = try await process.client(.administrator)
            service = try await process.client(.service)
            gateway = try await process.client(.gateway, subject: "g1", node: "e1")
        }

        func close() async {
            for client in [administrator, service, gateway] { await client.close() }
        }

        func advance(to instant: Instant) async throws {
            _ = try await service.unary(
                ClockV1.ClockService.advance,
                ClockV1.AdvanceRequest(toUnixMs: instant.unixMilliseconds))
        }

        func settle() async throws {
            _ = try await service.unary(ClockV1.ClockService.settle, ClockV1.SettleRequest())
        }

        func push(_ number: UInt64, _ values: [String: Double], at time: Instant) async throws {
            let rows = values.keys.sorted().map { point in
                IngestV1.Row(
                    pointID: point, measuredAtUnixMs: time.unixMilliseconds,
                    value: values[point] ?? 0, quality: .good)
            }
            let call = try await gateway.bidirectional(IngestV1.ReadingsService.push)
            try await call.send(
                IngestV1.PushRequest(gatewayID: "g1", sequence: number, rows: rows))
            call.finish()
            for try await answer in call.responses { #expect(answer.stored == UInt32(rows.count)) }
        }

        func outcome() async throws -> Outcome {
            let gaps = try await service.unary(
                IngestV1.PresenceService.listGaps,
                IngestV1.ListGapsRequest(fromUnixMs: t0.unixMilliseconds))
            let findings = try await service.unary(
                IngestV1.FindingService.listFindings,
                IngestV1.ListFindingsRequest(withClosed: true, pageSize: 100))
            let presence = try await service.unary(
                IngestV1.PresenceService.listPresence, IngestV1.ListPresenceRequest())
            return Outcome(
                gaps: gaps.gaps.map {
                    "\($0.kind) \($0.id) from \(minutes($0.fromUnixMs)) to \(minutes($0.toUnixMs))"
                },
                findings: findings.findings.map { one in
                    let clues = one.clues.map { "\($0.name) \($0.text)" }.joined(separator: ", ")
                    return "\(one.id) \(one.state) from \(minutes(one.firstUnixMs)) to "
                        + "\(minutes(one.lastUnixMs)) gone \(minutes(one.goneUnixMs)): \(clues)"
                },
                presence: presence.presence.map { "\($0.kind) \($0.id) \($0.state)" })
        }

        private func minutes(_ time: Int64) -> String {
            time == 0 ? "-" : "\((time - t0.unixMilliseconds) / 60_000)"
        }
    }
}
