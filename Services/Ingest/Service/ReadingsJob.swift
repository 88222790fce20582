import Domain
import Logging
import Runtime
import ServiceLifecycle

/// Keeps the batch log from growing for ever, and closes it at the end.
struct ReadingsJob: Service {
    let log: SQLiteBatchLog
    /// Closed by the host when calls are to end.
    let journalHead: HeadSignal
    let clock: any TimeSource
    let retention: Interval
    let logger: Logger

    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await endFollowersWithTheJournal() }
            group.addTask { await removeOldReadings() }
            try? await gracefulShutdown()
            group.cancelAll()
        }
        do {
            try log.close()
        } catch {
            logger.warning("readings were not closed", metadata: ["reason": "\(error)"])
        }
    }

    /// Subscriptions to the journal and to readings end together, before the server drains.
    private func endFollowersWithTheJournal() async {
        var position: UInt64 = 0
        while let head = try? await journalHead.head(past: position) { position = head }
        log.head.close()
    }

    private func removeOldReadings() async {
        while !Task.isCancelled {
            do {
                try await log.remove(before: clock.now() - retention)
                try await clock.sleep(until: clock.now() + .hours(1))
            } catch {
                if Task.isCancelled { return }
                logger.warning(
                    "old readings were not removed", metadata: ["reason": "\(error)"])
                // In real time: a full disk is not mended by moving a simulated clock.
                try? await Task.sleep(for: .seconds(60))
            }
        }
    }
}
