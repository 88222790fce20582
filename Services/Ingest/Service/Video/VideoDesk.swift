package import Domain
package import IngestCore
package import Logging
package import Runtime
import Synchronization

/// Tries cameras and takes stills for whoever asks: the rounds, and callers.
package final class VideoDesk: Sendable {
    package enum Busy: Error {
        /// The same camera is being asked at this moment.
        case sameCamera
        /// As many cameras are being asked as may be.
        case allPlaces
    }

    private struct State {
        var rounds: CameraRounds
        var triedAt: [CameraID: Instant] = [:]
        var asked: Set<CameraID> = []
        var areCountsOld = true
    }

    /// Nil: the programs are not on this machine.
    package let tool: VideoTool?
    package let stills: StillStore
    private let engine: Engine<IngestMachine>
    private let clock: any TimeSource
    private let metrics: CameraMetrics
    private let logger: Logger
    /// Told of each picture that came.
    private let heard: @Sendable (CameraID, Instant) -> Void
    private let state: Mutex<State>

    package init(
        tool: VideoTool?, stills: StillStore, rule: CameraRounds.Rule,
        engine: Engine<IngestMachine>, clock: any TimeSource, metrics: CameraMetrics,
        logger: Logger, heard: @escaping @Sendable (CameraID, Instant) -> Void
    ) {
        (self.tool, self.stills, self.engine) = (tool, stills, engine)
        (self.clock, self.metrics) = (clock, metrics)
        (self.logger, self.heard) = (logger, heard)
        state = Mutex(State(rounds: CameraRounds(rule)))
    }

    /// When it was last tried since the service started.
    package func triedAt(_ camera: CameraID) -> Instant? {
        state.withLock { $0.triedAt[camera] }
    }

    // MARK: Callers

    /// Gives a caller one of the few places, so that broken cameras do not pile up as processes.
    package func place<Answer: Sendable>(
        for camera: CameraID, _ body: () async throws -> Answer
    ) async throws -> Answer {
        let busy = state.withLock { state -> Busy? in
            if state.asked.contains(camera) { return .sameCamera }
            if state.asked.count >= IngestLimits.videoCallsMax { return .allPlaces }
            state.asked.insert(camera)
            return nil
        }
        if let busy { throw busy }
        defer { state.withLock { _ = $0.asked.remove(camera) } }
        return try await body()
    }

    /// Tries a camera for a caller, who hears of the first failure already.
    package func probe(
        _ camera: CameraID, _ source: VideoSource, by tool: VideoTool
    ) async throws -> CameraReport {
        guard let report = Self.report(camera, await tool.probe(source)) else {
            throw CancellationError()
        }
        try await take(report)
        return report
    }

    /// What a caller's try or still said of the camera.
    package func take(_ report: CameraReport) async throws {
        let now = clock.now()
        state.withLock { state in
            state.rounds.heard(report.camera, isOnline: report.outcome.isOnline, at: now)
        }
        try await store(report, at: now)
    }

    private func store(_ report: CameraReport, at now: Instant) async throws {
        metrics.count(report.outcome)
        state.withLock { $0.triedAt[report.camera] = now }
        if report.outcome.isOnline { heard(report.camera, now) }
        // A commit only for what is new.
        let isNew = try await engine.read { $0.cameras.standing(after: report, at: now) != nil }
        if !isNew { return }
        try await engine.submit(.camera(report))
        state.withLock { $0.areCountsOld = true }
    }

    private static func report(_ camera: CameraID, _ probe: VideoTool.Probe) -> CameraReport? {
        switch probe {
        case .picture(let picture): CameraReport(camera, .picture(picture))
        case .fault(let fault): CameraReport(camera, .fault(fault))
        case .abandoned: nil
        }
    }

    // MARK: Rounds

    /// Takes over which cameras there are; what is kept of those that went, goes.
    func update(_ registry: Registry) async {
        let standings = (try? await engine.read { $0.cameras }) ?? CameraBook()
        let now = clock.now()
        let entries = registry.cameras.values.compactMap { camera -> CameraRounds.Entry? in
            guard let address = camera.address, let node = registry.node(of: .camera(camera))
            else { return nil }
            return CameraRounds.Entry(camera.id, address, of: node)
        }
        let ids = Set(registry.cameras.values.map(\.id))
        state.withLock { state in
            state.rounds.update(entries, standings: standings, at: now)
            state.triedAt = state.triedAt.filter { ids.contains($0.key) }
            state.areCountsOld = true
        }
        // Stills beside a store that is new were not taken by it.
        if registry.nodes.values.isEmpty { return }
        let gone = await stills.keepOnly(ids)
        if gone > 0 {
            logger.notice(
                "stills of cameras that are not registered any more were removed",
                metadata: ["cameras": "\(gone)"])
        }
    }

    /// Tells the metrics how cameras stand, if that is not what they were told.
    func showCounts(_ registry: Registry) async {
        let areOld = state.withLock { state in
            defer { state.areCountsOld = false }
            return state.areCountsOld
        }
        guard areOld, let counts = try? await engine.read({ $0.cameras.counts(of: registry) })
        else { return }
        metrics.show(counts)
    }

    /// Whose turn it is; each must be tried.
    func next() -> [CameraID] {
        let now = clock.now()
        return state.withLock { state in state.rounds.next(at: now).map { $0.0 } }
    }

    /// Tries a camera whose turn it is.
    func goRound(_ camera: CameraID, _ source: VideoSource?, by tool: VideoTool) async {
        let probe = if let source { await tool.probe(source) } else { VideoTool.Probe.abandoned }
        let report = Self.report(camera, probe)
        let now = clock.now()
        let verdict = state.withLock { state in
            state.rounds.finished(camera, isOnline: report?.outcome.isOnline, at: now)
        }
        guard let report, verdict == .tell else { return }
        do {
            try await store(report, at: now)
        } catch {
            if Task.isCancelled { return }
            logger.warning(
                "how a camera stands was not stored",
                metadata: ["camera": "\(camera)", "reason": "\(error)"])
        }
    }
}
