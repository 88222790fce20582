import Foundation
import SimKit
import Testing

/// A service as a program of its own, for those who keep it running.
@Suite(
    .enabled(if: Program.isBuilt("hazwatch-ingest"), "The program hazwatch-ingest is not built."))
struct ProgramTests {
    /// As soon as it says that it listens, and so before anything else has happened.
    @Test(.timeLimit(.minutes(10)), arguments: [SIGTERM, SIGINT])
    func aProgramThatSaysItRunsIsStoppedAtOnceAndInOrder(signal: Int32) async throws {
        let folder = try TemporaryFolder()
        let program = Program(
            "hazwatch-ingest",
            ["--data", folder.path, "--grpc-port", "0", "--admin-port", "0"], in: folder)
        for _ in 0..<3 {
            try program.start()
            try await program.waitUntilPrinted("gRPC on")
            #expect(program.end(signal) == 0, "\(program.printed)")
        }
    }
}
