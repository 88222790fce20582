package import Domain
package import IngestCore
import Logging
package import Runtime
import ServiceLifecycle

/// Looks at the watch, and hands what has changed to the engine.
///
/// A sweep is the only thing that makes silence a finding: so nothing is called silent before what
/// was received has been looked at.
package actor WatchSweep {
    private let watch: LiveWatch
    private let engine: Engine<IngestMachine>
    private let log: any BatchLog
    private let clock: any TimeSource
    /// Since when we have been listening: our own stop is nobody's silence. Distant past: it was
    /// so short that it hid nothing.
    private let listeningSince: Instant
    /// What was measured before the start has been looked at.
    private var hasRecalled = false
    /// What could not be stored is handed over again: the watch says a change only once.
    private var unsaid: [Observation] = []
    private var filed: [PointID] = []
    /// True until the books were told that somebody listens.
    private var isFirst = true

    package init(
        watch: LiveWatch, engine: Engine<IngestMachine>, log: any BatchLog,
        clock: any TimeSource, listeningSince: Instant
    ) {
        (self.watch, self.engine, self.log, self.clock) = (watch, engine, log, clock)
        self.listeningSince = listeningSince
    }

    /// Sweeps until nothing more has changed.
    package func sweep() async throws {
        if !hasRecalled {
            try await watch.recall(from: log)
            hasRecalled = true
        }
        while true {
            let now = clock.now()
            try await takeFilings(at: now)
            var found = unsaid
            unsaid = []
            found += watch.sweep(at: now, max: IngestLimits.sweepMax)
            let isDue = try await isDue(at: now, found)
            if found.isEmpty, !isDue, !isFirst { return }
            do {
                try await engine.submit(.watch(.observed(found, listeningSince: listeningSince)))
                isFirst = false
            } catch {
                unsaid = found + unsaid
                throw error
            }
            if found.count < IngestLimits.sweepMax { return }
        }
    }

    private func isDue(at now: Instant, _ found: [Observation]) async throws -> Bool {
        do {
            let nextDue = try await engine.read { $0.watch.nextDue }
            return nextDue.map { $0 <= now } ?? false
        } catch {
            unsaid = found + unsaid
            throw error
        }
    }

    /// What filings have out of service is no finding of the watch; what is said of units is held
    /// against what they show.
    private func takeFilings(at now: Instant) async throws {
        let (points, declared) = try await engine.read {
            ($0.filings.pointsOutOfService, $0.declarations(at: now))
        }
        watch.setDeclared(declared)
        if points == filed { return }
        filed = points
        watch.setFiled(points, at: now)
    }
}

/// Sweeps every few seconds. On a simulated clock nobody waits: each settling sweeps.
struct WatchJob: Service {
    let sweep: WatchSweep
    let keeper: DayKeeper
    /// The links that are open at this moment.
    let openLinks: @Sendable () -> [NodeID]
    let watch: LiveWatch
    let clock: any TimeSource
    let logger: Logger

    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await repeatedly() }
            try? await gracefulShutdown()
            group.cancelAll()
        }
        do {
            try await keeper.flush()
        } catch {
            logger.warning("counts of the day were not stored", metadata: ["reason": "\(error)"])
        }
    }

    /// One look: what has changed, and what the day asks for.
    func lookOnce() async throws {
        // However far a simulated clock was moved, a line that is open is heard.
        for node in openLinks() {
            watch.hear(PresenceSubject(.link, node.text), at: clock.now())
        }
        try await sweep.sweep()
        try await keeper.keep()
    }

    private func repeatedly() async {
        if clock.steady() == nil { return }
        while !Task.isCancelled {
            do {
                try await lookOnce()
                try await clock.sleep(until: clock.now() + IngestLimits.sweepEvery)
            } catch {
                if Task.isCancelled { return }
                logger.warning("a sweep was not stored", metadata: ["reason": "\(error)"])
                // In real time: a full disk is not mended by moving a simulated clock.
                try? await Task.sleep(for: .seconds(5))
            }
        }
    }
}
