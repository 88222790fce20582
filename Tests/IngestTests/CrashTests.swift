import Contracts
import Domain
import Foundation
import Ingest
import Kernel
import RPC
import SimKit
import Testing

/// Kills the real program at random moments while a gateway pushes (ING-20: nothing is lost).
@Suite(
    .serialized,
    .enabled(if: Program.isBuilt("hazwatch-ingest"), "The program hazwatch-ingest is not built."))
struct CrashTests {
    static let batches: UInt64 = 6_000
    static let kills = 12

    /// The second has a flush every few moments, so that kills come into the midst of them.
    @Test(.timeLimit(.minutes(10)), arguments: [(UInt64(1), 10_000_000), (2, 300)])
    func whatWasAcknowledgedIsThereOnceAfterEveryKill(
        seed: UInt64, flushReadings: Int
    ) async throws {
        let folder = try TemporaryFolder()
        let process = IngestProcess(
            folder: folder, arguments: ["--flush-readings", "\(flushReadings)"])
        try process.start()
        let administrator = try await process.client(.administrator)
        _ = try await administrator.unary(
            IngestV1.RegistryService.import,
            IngestV1.ImportRequest(fileName: "city.yaml", content: Array(cityYAML.utf8)))
        await administrator.close()
        var random = SeededRandom(seed: seed)
        var acknowledged: UInt64 = 0
        var killed = 0
        while acknowledged < Self.batches {
            let isLast = killed == Self.kills
            let most = isLast ? Self.batches : acknowledged + 50 + random.next() % 400
            acknowledged = try await push(
                after: acknowledged, killing: isLast ? nil : process, at: most, of: process)
            if isLast || process.isRunning { break }
            killed += 1
            try process.start()
        }
        // Each kill costs 550 batches at most.
        #expect(killed >= 10, "seed \(seed)")
        #expect(acknowledged == Self.batches, "seed \(seed)")
        process.kill()
        try process.start()
        let reader = try await process.client(.service)
        let pages = try await reader.serverStreaming(
            IngestV1.ReadingsService.range, IngestV1.RangeRequest(pointID: "t1"))
        var values: [Double] = []
        for try await page in pages { values += page.readings.map(\.value) }
        // Not compared as a whole: thousands of numbers tell less than the first that is wrong.
        #expect(values.count == Int(Self.batches), "seed \(seed)")
        let wrong = values.enumerated().first { $0.element != Double($0.offset + 1) }
        #expect(wrong == nil, "seed \(seed)")
        await reader.close()
        process.kill()
        let report = try ReadingsAudit.verify(folder: folder.file("ingest/readings"))
        #expect(report.findings == [], "seed \(seed)")
        #expect(report.readingCount > 0, "seed \(seed)")
    }

    /// Sends the batches after the last acknowledged one, a hundred beyond `most`, and kills at the
    /// answer to `most`; without a victim it sends all. Returns the last acknowledged.
    private func push(
        after last: UInt64, killing victim: IngestProcess?, at most: UInt64,
        of process: IngestProcess
    ) async throws -> UInt64 {
        let client = try await process.client(.gateway, subject: "g1", node: "e1")
        var acknowledged = last
        let end = victim == nil ? Self.batches : min(Self.batches, most + 100)
        do {
            let call = try await client.bidirectional(IngestV1.ReadingsService.push)
            async let sending: Void = {
                for sequence in (last + 1)...end { try await call.send(columns(sequence)) }
                call.finish()
            }()
            for try await answer in call.responses {
                #expect(answer.sequence == acknowledged + 1)
                #expect(answer.stored == 2)
                acknowledged = answer.sequence
                if let victim, acknowledged >= most { victim.kill() }
            }
            try await sending
        } catch is RPCStatus where victim != nil {
            // The stream broke because its server was killed.
        }
        await client.close()
        return acknowledged
    }
}
