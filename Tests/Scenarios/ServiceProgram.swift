import Foundation
import Runtime
import SimKit
import Synchronization

@testable import CLI

/// One service as a program of its own, which a test kills and starts again.
final class ServiceProgram: Sendable {
    struct NotStarted: Error, CustomStringConvertible {
        var description: String
    }

    let service: ServiceName
    let port: Int
    private let folder: TemporaryFolder
    private let arguments: [String]
    private let running = Mutex<Running?>(nil)

    private struct Running {
        var id: Int32
        var guardian: Process
        var alive: Pipe
    }

    /// The three services on one data folder, each on a port of its own that a restart keeps.
    static func platform(on folder: TemporaryFolder) throws -> [ServiceProgram] {
        let ports = try ServiceName.allCases.map { _ in try FreePort.find() }
        let addresses = zip(ServiceName.allCases, ports).map { service, port in
            (service: service, flags: ["--\(service)-address", "127.0.0.1:\(port)"])
        }
        return zip(ServiceName.allCases, ports).map { service, port in
            let upstreams = addresses.prefix { $0.service != service }.flatMap(\.flags)
            return ServiceProgram(service, port: port, on: folder, upstreams)
        }
    }

    private init(
        _ service: ServiceName, port: Int, on folder: TemporaryFolder, _ upstreams: [String]
    ) {
        (self.service, self.port, self.folder) = (service, port, folder)
        arguments =
            [
                "--data", folder.path, "--grpc-port", "\(port)", "--admin-port", "0",
                "--clock", "simulated", "--log-level", "critical",
            ] + upstreams
    }

    /// Whether the programs stand beside the tests.
    static var areBuilt: Bool {
        ServiceName.allCases.allSatisfy {
            FileManager.default.isExecutableFile(atPath: program($0))
        }
    }

    private static func program(_ service: ServiceName) -> String {
        let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: tests ?? "").deletingLastPathComponent()
            .appendingPathComponent("hazwatch-\(service)").path
    }

    /// Starts the program; the replay waits for it as it waits for any service that is away.
    ///
    /// A shell stands between, which ends the program when the test's end of the pipe closes: a
    /// test that is broken off leaves nothing behind.
    func start() throws {
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/bin/sh")
        child.arguments = ["-c", Self.guardian, "guardian", Self.program(service)] + arguments
        let (alive, said) = (Pipe(), Pipe())
        child.standardInput = alive
        child.standardOutput = said
        child.standardError = FileHandle.nullDevice
        try child.run()
        let line = String(decoding: said.fileHandleForReading.availableData, as: UTF8.self)
        guard let id = Int32(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw NotStarted(description: "\(service) did not start: \(line)")
        }
        running.withLock { $0 = Running(id: id, guardian: child, alive: alive) }
    }

    /// Prints the id of the program, waits until its input ends, and kills the program.
    private static let guardian = """
        "$@" </dev/null >/dev/null 2>&1 &
        echo $!
        cat >/dev/null
        kill -9 $!
        """

    /// Waits until it has noted its port; a test may not go on with half a platform.
    func waitUntilListening() async throws {
        let note = folder.file("\(service)/ports")
        for _ in 0..<500 {
            if FileManager.default.fileExists(atPath: note) { return }
            // Another process starts in real time.
            try await Task.sleep(for: .milliseconds(20))
        }
        throw NotStarted(description: "\(service) has not started within 10 s")
    }

    /// Kills it with signal 9, `microseconds` from now, and starts it again.
    func killSoon(microseconds: Int64) {
        Thread.detachNewThread { [self] in
            usleep(UInt32(microseconds))
            end()
            try? start()
        }
    }

    /// Ends it for good.
    func stop() {
        end()
    }

    private func end() {
        guard let child = running.withLock({ $0.take() }) else { return }
        kill(child.id, SIGKILL)
        // Its shell reaps it once the pipe is closed; then its lock on the store is gone.
        try? child.alive.fileHandleForWriting.close()
        child.guardian.waitUntilExit()
    }
}
