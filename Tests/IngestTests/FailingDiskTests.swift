import Contracts
import Domain
import Foundation
import Ingest
import RPC
import SimKit
import Testing

/// ING-20: the real program on a disk that refuses writes and lies about what it has stored; strace
/// lets the system calls fail.
@Suite(
    .serialized,
    .enabled(if: Program.isBuilt("hazwatch-ingest"), "The program hazwatch-ingest is not built."),
    .enabled(if: FailingCalls.arePossible, "strace is not installed."))
struct FailingDiskTests {
    static let batches: UInt64 = 240

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            "fsync,fdatasync:error=EIO:when=3+4", "fsync,fdatasync:error=EIO:when=10+31",
            "pwrite64:error=ENOSPC:when=5+60",
        ])
    func whatWasAcknowledgedIsThereOnceWhateverFails(fault: String) async throws {
        let folder = try TemporaryFolder()
        let process = IngestProcess(folder: folder, arguments: ["--flush-readings", "40"])
        try process.start()
        let administrator = try await process.client(.administrator)
        _ = try await administrator.unary(
            IngestV1.RegistryService.import,
            IngestV1.ImportRequest(fileName: "city.yaml", content: Array(cityYAML.utf8)))
        await administrator.close()
        var refusals = 0
        for life: UInt64 in 0..<4 {
            // At a start a disk that fails ends the program, and whoever watches it tries again.
            _ = try await process.port()
            let calls = FailingCalls(fault, of: try #require(process.processIdentifier))
            try calls.begin()
            let client = try await process.client(.gateway, subject: "g1", node: "e1")
            let share = Self.batches / 4
            for sequence in (life * share + 1)...((life + 1) * share) {
                refusals += try await push(columns(sequence), by: client)
            }
            await client.close()
            process.kill()
            calls.end()
            try process.start()
        }
        #expect(refusals > 0, "nothing failed")
        let reader = try await process.client(.service)
        let pages = try await reader.serverStreaming(
            IngestV1.ReadingsService.range, IngestV1.RangeRequest(pointID: "t1"))
        var values: [Double] = []
        for try await page in pages { values += page.readings.map(\.value) }
        #expect(values == (1...Int(Self.batches)).map(Double.init))
        await reader.close()
        process.kill()
        let report = try ReadingsAudit.verify(folder: folder.file("ingest/readings"))
        #expect(report.findings == [])
    }

    /// Sends a batch until it is acknowledged; returns how often it was refused.
    private func push(_ batch: IngestV1.PushRequest, by client: RPCClient) async throws -> Int {
        for attempt in 0..<500 {
            do {
                let call = try await client.bidirectional(IngestV1.ReadingsService.push)
                try await call.send(batch)
                call.finish()
                for try await answer in call.responses where answer.sequence == batch.sequence {
                    return attempt
                }
            } catch {
                #expect([.unavailable, .resourceExhausted].contains(error.code), "\(error)")
            }
        }
        Issue.record("batch \(batch.sequence) was never taken")
        return 0
    }
}

/// System calls of a process that fail as strace is told.
private final class FailingCalls {
    static var arePossible: Bool {
        FileManager.default.isExecutableFile(atPath: "/usr/bin/strace")
    }

    private let tracer = Process()
    private let note = Pipe()

    init(_ fault: String, of process: Int32) {
        tracer.executableURL = URL(fileURLWithPath: "/usr/bin/strace")
        let calls = fault.prefix { $0 != ":" }
        tracer.arguments = [
            "-f", "-p", "\(process)", "-e", "trace=\(calls)", "-e", "inject=\(fault)", "-o",
            "/dev/null",
        ]
        tracer.standardError = note
    }

    /// Returns once it has taken hold of the process.
    func begin() throws {
        try tracer.run()
        _ = note.fileHandleForReading.availableData
    }

    func end() {
        tracer.terminate()
        tracer.waitUntilExit()
    }
}
