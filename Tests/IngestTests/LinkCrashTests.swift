import Contracts
import Domain
import Foundation
import Ingest
import Kernel
import RPC
import Runtime
import SimKit
import Testing

/// Kills either side of a link with SIGKILL while batches flow (ING-20, ING-26, ING-27).
@Suite(
    .serialized,
    .enabled(if: Program.isBuilt("hazwatch-ingest"), "The program hazwatch-ingest is not built."))
struct LinkCrashTests {
    static let batches: UInt64 = 1_500
    static let kills = 8

    /// What the lower platform acknowledged is at the superior once, whoever was killed when.
    @Test(.timeLimit(.minutes(10)), arguments: [UInt64(1)])
    func whatWasAcknowledgedBelowIsAboveOnce(seed: UInt64) async throws {
        let (top, bottom) = (try TemporaryFolder(), try TemporaryFolder())
        let port = try FreePort.find()
        let above = IngestProcess(folder: top, port: port)
        try above.start()
        try await importFile(LinkedHosts.bodies, into: above)
        let token = top.file("link.token")
        try await TokenKey.open(data: top.path).issue(
            subject: "lower", role: .link, node: NodeID("d2"), life: .hours(1)
        ).write(toFile: token, atomically: true, encoding: .utf8)
        let below = IngestProcess(
            folder: bottom,
            arguments: ["--superior", "127.0.0.1:\(port)", "--superior-token", token])
        try below.start()
        try await importFile(LinkedHosts.bodies + LinkedHosts.plant(2), into: below)

        var random = SeededRandom(seed: seed)
        var acknowledged: UInt64 = 0
        for kill in 0..<Self.kills {
            let most = acknowledged + 20 + random.next() % 150
            let victim = kill.isMultiple(of: 2) ? above : below
            acknowledged = try await push(after: acknowledged, upTo: most, killing: victim, below)
            try victim.start()
        }
        acknowledged = try await push(
            after: acknowledged, upTo: Self.batches, killing: nil, below)
        #expect(acknowledged == Self.batches, "seed \(seed)")
        let reader = try await above.client(.service)
        var values: [Double] = []
        let end = ContinuousClock.now + .seconds(120)
        while values.count < Int(Self.batches), ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(100))
            values = try await self.values(by: reader)
        }
        // Not compared as a whole: hundreds of numbers tell less than the first that is wrong.
        #expect(values.count == Int(Self.batches), "seed \(seed)")
        let wrong = values.enumerated().first { $0.element != Double($0.offset + 1) }
        #expect(wrong == nil, "seed \(seed)")
        await reader.close()
        above.kill()
        below.kill()
    }

    private func values(by reader: RPCClient) async throws -> [Double] {
        // Refused until the point has come up.
        guard
            let pages = try? await reader.serverStreaming(
                IngestV1.ReadingsService.range, IngestV1.RangeRequest(pointID: "x2"))
        else { return [] }
        var values: [Double] = []
        var iterator = pages.makeAsyncIterator()
        while let page = try? await iterator.next() { values += page.readings.map(\.value) }
        return values
    }

    private func importFile(_ text: String, into process: IngestProcess) async throws {
        let client = try await process.client(.administrator)
        _ = try await client.unary(
            IngestV1.RegistryService.import,
            IngestV1.ImportRequest(fileName: "registry.yaml", content: Array(text.utf8)))
        await client.close()
    }

    /// Pushes below and kills at the answer to `most`; returns the last acknowledged.
    private func push(
        after last: UInt64, upTo most: UInt64, killing victim: IngestProcess?,
        _ below: IngestProcess
    ) async throws -> UInt64 {
        let client = try await below.client(.gateway, subject: "g2", node: "e2")
        var acknowledged = last
        let end = victim == nil ? most : most + 50
        do {
            let call = try await client.bidirectional(IngestV1.ReadingsService.push)
            async let sending: Void = {
                for sequence in (last + 1)...end {
                    try await call.send(columns(sequence, gateway: "g2", points: ["x2"]))
                }
                call.finish()
            }()
            for try await answer in call.responses {
                #expect(answer.stored + (answer.repeated ? 1 : 0) >= 1)
                acknowledged = answer.sequence
                if let victim, acknowledged == most { victim.kill() }
            }
            try await sending
        } catch is RPCStatus where victim != nil {
            // The stream broke because its server was killed.
        }
        await client.close()
        return acknowledged
    }
}
