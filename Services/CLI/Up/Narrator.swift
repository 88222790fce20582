import Contracts
import Domain
import RPC
import ServiceLifecycle

/// Says what the services decide, line by line, as it happens.
struct Narrator: Service {
    let options: ConnectionOptions
    let zone: Zone

    /// What people watch for; the registry and each attempt of a delivery would drown it.
    private static let watched: [(service: ServiceName, kinds: [String])] = [
        (.ingest, ["ingest.camera_changed"]), (.risk, ["risk."]),
        (.notification, ["notification."]),
    ]

    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            for (service, kinds) in Self.watched {
                group.addTask { await follow(service, kinds) }
            }
            try? await gracefulShutdown()
            group.cancelAll()
        }
    }

    private func follow(_ service: ServiceName, _ kinds: [String]) async {
        var after: UInt64?
        while !Task.isCancelled {
            do {
                try await Connection.with(service, options) { connection in
                    let start = try await start(connection, after)
                    after = start
                    let answers = try await connection.stream(
                        JournalV1.JournalService.subscribe,
                        JournalV1.SubscribeRequest(afterSeq: start, kindPrefixes: kinds))
                    for try await answer in answers {
                        guard let entry = answer.entry else { continue }
                        if Self.isWorthALine(entry) {
                            Terminal.out(JournalText.line(entry, zone: zone))
                        }
                        after = entry.seq
                    }
                }
            } catch {
                // The services are in this process: if one is away, it is starting or stopping.
                try? await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    private func start(_ connection: Connection, _ after: UInt64?) async throws -> UInt64 {
        if let after { return after }
        return try await connection.unary(
            JournalV1.JournalService.head, JournalV1.HeadRequest()
        ).seq
    }

    static func isWorthALine(_ entry: JournalV1.Entry) -> Bool {
        guard entry.kind == JournalKind.noticeDelivery.rawValue else { return true }
        guard let notice = try? NotificationV1.Notice(serialized: entry.body) else { return true }
        return notice.state == .delivered || notice.state == .failed
            || notice.state == .confirmed
    }
}
