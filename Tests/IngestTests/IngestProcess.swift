import Domain
import Foundation
import RPC
import Runtime
import SimKit
import Testing

/// The program `hazwatch-ingest` on a folder of one test, to be killed and started again.
final class IngestProcess {
    private let folder: TemporaryFolder
    private var process: Process?

    init(folder: TemporaryFolder) { self.folder = folder }

    deinit { kill() }

    private static func program() throws -> URL {
        let built = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        var place = built
        // The test bundle stands beside the programs, or in a folder beside them.
        for _ in 0..<4 {
            let program = place.appendingPathComponent("hazwatch-ingest")
            if FileManager.default.isExecutableFile(atPath: program.path) { return program }
            place.deleteLastPathComponent()
        }
        throw Missing(folder: built.path)
    }

    struct Missing: Error, CustomStringConvertible {
        var folder: String
        var description: String {
            "There is no hazwatch-ingest beside the tests in \(folder); build with --build-tests."
        }
    }

    var isRunning: Bool { process != nil }

    func start() throws {
        try? FileManager.default.removeItem(atPath: folder.file("ingest/ports"))
        let process = Process()
        process.executableURL = try Self.program()
        process.arguments = [
            "--data", folder.path, "--grpc-port", "0", "--admin-port", "0", "--log-level", "error",
        ]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        self.process = process
    }

    /// As a power cut: no clean-up of any kind.
    func kill() {
        guard let process else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        self.process = nil
    }

    /// The port on which it takes calls, once it does.
    func port() async throws -> Int {
        for _ in 0..<3_000 {
            if let note = try? String(contentsOfFile: folder.file("ingest/ports"), encoding: .utf8),
                let port = note.split(separator: "\n").first.flatMap({ Int($0.dropFirst(5)) })
            {
                return port
            }
            // Another process starts, which takes real time.
            try await Task.sleep(for: .milliseconds(20))
        }
        throw RPCStatus(.unavailable, "hazwatch-ingest does not start.")
    }

    func client(
        _ role: Principal.Role, subject: String = "test", node: String = ""
    ) async throws -> RPCClient {
        let token = try await TokenKey.open(data: folder.path).issue(
            subject: subject, role: role, node: NodeID(node), life: .hours(1))
        return TestClient.onPort(try await port(), token: token)
    }
}
