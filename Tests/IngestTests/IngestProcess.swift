import Domain
import Foundation
import RPC
import Runtime
import SimKit
import Testing

/// The program `hazwatch-ingest` on a folder of one test, to be killed and started again.
final class IngestProcess {
    private let folder: TemporaryFolder
    private let program: Program
    private(set) var isRunning = false

    init(folder: TemporaryFolder, port: Int = 0, arguments: [String] = []) {
        self.folder = folder
        program = Program(
            "hazwatch-ingest",
            [
                "--data", folder.path, "--grpc-port", "\(port)", "--admin-port", "0", "--log-level",
                "error",
            ] + arguments, in: folder)
    }

    deinit { kill() }

    var processIdentifier: Int32? { program.processIdentifier }

    func start() throws {
        try program.start()
        isRunning = true
    }

    /// As a power cut: no clean-up of any kind.
    func kill() {
        program.end(SIGKILL)
        isRunning = false
    }

    /// The port on which it takes calls, once it does.
    func port() async throws -> Int {
        // It notes its ports before it says that it listens.
        try await program.waitUntilPrinted("gRPC on")
        let note = try String(contentsOfFile: folder.file("ingest/ports"), encoding: .utf8)
        let line = try #require(note.split(separator: "\n").first)
        return try #require(Int(line.dropFirst("grpc ".count)))
    }

    func client(
        _ role: Principal.Role, subject: String = "test", node: String = ""
    ) async throws -> RPCClient {
        let token = try await TokenKey.open(data: folder.path).issue(
            subject: subject, role: role, node: NodeID(node), life: .hours(1))
        return TestClient.onPort(try await port(), token: token)
    }
}
