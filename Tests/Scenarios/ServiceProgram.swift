import Foundation
import Runtime
import SimKit
import Synchronization

@testable import CLI

/// One service as a program of its own, which a test kills and starts again.
final class ServiceProgram: Sendable {
    let service: ServiceName
    let port: Int
    private let program: Program
    /// Held while it is being killed or started, so that two kills at a time do not start it twice;
    /// true once it is to stay away.
    private let isOver = Mutex(false)

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
        (self.service, self.port) = (service, port)
        program = Program(
            "hazwatch-\(service)",
            [
                "--data", folder.path, "--grpc-port", "\(port)", "--admin-port", "0",
                "--clock", "simulated", "--log-level", "critical",
            ] + upstreams, in: folder)
    }

    /// Whether the programs stand beside the tests.
    static var areBuilt: Bool {
        ServiceName.allCases.allSatisfy { Program.isBuilt("hazwatch-\($0)") }
    }

    /// Starts it and waits until it listens.
    func start() async throws {
        try program.start()
        try await program.waitUntilPrinted("gRPC on")
    }

    /// Kills it with signal 9, `microseconds` from now, and starts it again; the replay waits for
    /// it as it waits for any service that is away.
    func killSoon(microseconds: Int64) {
        Thread.detachNewThread { [self] in
            usleep(UInt32(microseconds))
            isOver.withLock { isOver in
                program.end(SIGKILL)
                if !isOver { try? program.start() }
            }
        }
    }

    func stop() {
        isOver.withLock { isOver in
            isOver = true
            program.end(SIGTERM)
        }
    }
}
