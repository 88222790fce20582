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
    }

    /// Nil: the programs are not on this machine.
    package let tool: VideoTool?
    package let stills: StillStore
    private let engine: Engine<IngestMachine>
    private let clock: any TimeSource
    private let logger: Logger
    /// Told of each picture that came.
    private let heard: @Sendable (CameraID, Instant) -> Void
    private let state: Mutex<State>

    package init(
        tool: VideoTool?, stills: StillStore, rule: CameraRounds.Rule,
        engine: Engine<IngestMachine>, clock: any TimeSource, logger: Logger,
        heard: @escaping @Sendable (CameraID, Instant) -> Void
    ) {
        (self.tool, self.stills, self.engine) = (tool, stills, engine)
        (self.clock, self.logger, self.heard) = (clock, logger, heard)
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
    ) async throws {
        guard let report = Self.report(camera, await tool.probe(source)) else {
            throw CancellationError()
        }
        try await take(report)
    }

    /// What a try or a still said of the camera, for the books.
    package func take(_ report: CameraReport) async throws {
        let now = clock.now()
        state.withLock { $0.triedAt[report.camera] = now }
        if case .picture = report.outcome { heard(report.camera, now) }
        // A commit only for what is new.
        let isNew = try await engine.read { $0.cameras.standing(after: report, at: now) != nil }
        if isNew { try await engine.submit(.registry(.cameraTried(report))) }
    }

    private static func report(_ camera: CameraID, _ probe: VideoTool.Probe) -> CameraReport? {
        switch probe {
        case .picture(let picture): CameraReport(camera, .picture(picture))
        case .fault(let fault): CameraReport(camera, .fault(fault))
        case .abandoned: nil
        }
    }

    // MARK: Rounds

    func update(_ cameras: [Camera]) async {
        let standings = (try? await engine.read { $0.cameras }) ?? CameraBook()
        let now = clock.now()
        let reachable = cameras.compactMap { camera in
            camera.address.map { (camera.id, $0) }
        }
        let offline = Set(
            cameras.map(\.id).filter { standings[$0]?.state == .offline })
        state.withLock { $0.rounds.update(reachable, offline: offline, at: now) }
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
        let isOnline = if case .picture? = report?.outcome { true } else { false }
        let now = clock.now()
        let verdict = state.withLock { state in
            state.rounds.finished(camera, isOnline: isOnline, at: now)
        }
        guard let report, verdict == .tell else { return }
        do {
            try await take(report)
        } catch {
            if Task.isCancelled { return }
            logger.warning(
                "how a camera stands was not stored",
                metadata: ["camera": "\(camera)", "reason": "\(error)"])
        }
    }
}
