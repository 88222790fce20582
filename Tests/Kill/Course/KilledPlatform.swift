import Domain
import Foundation
import Kernel
import Logging
import NIOPosix
import RPC
import Runtime
import SimKit
import Synchronization

/// Ingest, risk and notification as programs of their own on one data folder; notification is
/// killed and started again.
final class KilledPlatform: Sendable {
    /// From a kill until the program said that it listens again.
    struct Downtime: Sendable {
        var killedAt: Instant
        var backAt: Instant
    }

    static let programs = ["ingest", "risk", "notification"].map { "hazwatch-\($0)" }

    let folder: TemporaryFolder
    let ports: [String: Int]
    private let ingest, risk, notification: Program
    private let key: TokenKey
    private let downtimesSoFar = Mutex<[Downtime]>([])
    private let killsSoFar = Mutex<[Instant]>([])

    init(on folder: TemporaryFolder, smscPort: Int) async throws {
        self.folder = folder
        try KillPlant.writeProfile(to: folder)
        key = try await TokenKey.open(data: folder.path)
        let names = ["ingest", "risk", "notification"]
        var ports: [String: Int] = [:]
        for name in names { ports[name] = try FreePort.find() }
        self.ports = ports
        func program(_ name: String, after upstreams: [String], _ more: [String]) -> Program {
            let addresses = upstreams.flatMap {
                ["--\($0)-address", "127.0.0.1:\(ports[$0] ?? 0)"]
            }
            let rules =
                name == "ingest"
                ? []
                : ["--profile", KillPlant.profile(in: folder)]
            return Program(
                "hazwatch-\(name)",
                [
                    "--data", folder.path, "--grpc-port", "\(ports[name] ?? 0)", "--admin-port",
                    "0", "--log-level", "error",
                ] + addresses + rules + more, in: folder)
        }
        ingest = program("ingest", after: [], [])
        risk = program("risk", after: ["ingest"], [])
        let gateway = ["", "backup-"].flatMap { prefix in
            [
                "--\(prefix)smpp-host", "127.0.0.1", "--\(prefix)smpp-port", "\(smscPort)",
                "--\(prefix)smpp-system-id", "hazwatch", "--\(prefix)smpp-password", "secret",
                "--\(prefix)smpp-source", "1069",
            ]
        }
        notification = program(
            "notification", after: ["ingest", "risk"],
            gateway + ["--sms-via", "smpp", "--sms-backup-via", "smpp"])
    }

    func start() async throws {
        for program in [ingest, risk, notification] {
            try program.start()
            try await program.waitUntilPrinted("gRPC on")
        }
    }

    /// When it was killed so far, and how long it was away each time.
    var kills: [Instant] { killsSoFar.withLock { $0 } }
    var downtimes: [Downtime] { downtimesSoFar.withLock { $0 } }

    /// Kills notification with signal 9, and starts it again: at once, or after it was killed once
    /// more so many microseconds into each start.
    func kill(thenWhileStarting pauses: [UInt32]) async throws {
        let killedAt = SystemTime().now()
        end(at: killedAt)
        for pause in pauses {
            try notification.start()
            // Its start takes real time, and it is to be hit somewhere in the midst of it.
            try await Task.sleep(for: .microseconds(pause))
            end(at: SystemTime().now())
        }
        try notification.start()
        try await notification.waitUntilPrinted("gRPC on")
        let back = SystemTime().now()
        downtimesSoFar.withLock { $0.append(Downtime(killedAt: killedAt, backAt: back)) }
    }

    private func end(at now: Instant) {
        killsSoFar.withLock { $0.append(now) }
        notification.end(SIGKILL)
    }

    /// How much of the time from `start` to `end` it was away.
    func away(from start: Instant, to end: Instant) -> Interval {
        let total = downtimes.reduce(Int64(0)) { total, one in
            let (from, to) = (max(start, one.killedAt), min(end, one.backAt))
            return total + max(0, (to - from).milliseconds)
        }
        return Interval(milliseconds: total)
    }

    /// Stops all three in good order; returns what each that was not well said.
    func stop() -> [String] {
        var complaints: [String] = []
        for program in [notification, risk, ingest] {
            let code = program.end(SIGTERM)
            if code != 0 {
                let end = program.printed.suffix(600)
                complaints.append("ended with code \(code.map { "\($0)" } ?? "none"): \(end)")
            }
        }
        return complaints
    }

    /// What notification has printed since its last start.
    var printed: String { notification.printed }

    // MARK: Clients

    func client(
        of service: String, as role: Principal.Role, node: String = "", subject: String = "kill-run"
    ) async throws -> RPCClient {
        let token = try await key.issue(
            subject: subject, role: role, node: NodeID(node), life: .hours(12))
        var configuration = ClientConfiguration()
        configuration.interceptor = { _ in ["authorization": "Bearer \(token)"] }
        // It is away for moments only.
        configuration.backoff.initial = .milliseconds(50)
        configuration.backoff.most = .milliseconds(500)
        return RPCClient(
            addresses: [.hostPort("127.0.0.1", ports[service] ?? 0)], configuration: configuration,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "kill") { _ in SwiftLogNoOpLogHandler() })
    }
}
