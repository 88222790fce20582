import Domain
import IngestCore
import Logging
import Runtime
import ServiceLifecycle

/// Flushes and merges what was stored, gives up what is old, and closes the log at the end.
struct ReadingsJob: Service {
    let log: SQLiteBatchLog
    /// Closed by the host when calls are to end.
    let journalHead: HeadSignal
    let clock: any TimeSource
    let keeping: Retention
    let following: Retention
    /// What the superior has not taken; nil: there is no superior.
    var owed: (@Sendable () -> OwedSegments)?
    let logger: Logger

    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await endFollowersWithTheJournal() }
            group.addTask { await maintain() }
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

    private func maintain() async {
        while !Task.isCancelled {
            do {
                let doubt = try await log.maintain(
                    keeping: keeping, following: following, owed: owed?(), at: clock.now())
                if let doubt { tell(doubt) }
                try await clock.sleep(until: clock.now() + .hours(1))
            } catch {
                if Task.isCancelled { return }
                logger.warning(
                    "readings were not flushed or removed", metadata: ["reason": "\(error)"])
                // In real time: a full disk is not mended by moving a simulated clock.
                try? await Task.sleep(for: .seconds(60))
            }
        }
    }

    private func tell(_ doubt: RetentionDoubt) {
        switch doubt {
        case .clockAhead(let lead):
            logger.error(
                "old readings are kept: our clock is too far ahead of the newest to be believed",
                metadata: [
                    "newest_hours_ago": "\(lead.milliseconds / 3_600_000)",
                    "advice": "put the clock right, or see why no gateway sends",
                ])
        case .muchAtOnce(let length):
            logger.error(
                "many readings became old at once; they are removed bit by bit, each hour",
                metadata: [
                    "hours_of_readings": "\(length.milliseconds / 3_600_000)",
                    "advice": "stop ingest if its clock is wrong, and put it right",
                ])
        }
    }
}
