import Domain
import IngestCore
import Logging
import Runtime
import ServiceLifecycle

/// Tries every camera that has an address, again and again.
struct VideoJob: Service {
    let desk: VideoDesk
    let registry: RegistrySnapshot
    let logger: Logger

    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await goRounds() }
            try? await gracefulShutdown()
            group.cancelAll()
        }
    }

    private func goRounds() async {
        let finished = HeadSignal()
        await withDiscardingTaskGroup { tries in
            var version: UInt64?
            var isToldOfNoTool = false
            while !Task.isCancelled {
                let seen = finished.head
                let view = registry.current
                if view.directory.version != version {
                    version = view.directory.version
                    await desk.update(view.registry)
                    if desk.tool == nil, !isToldOfNoTool {
                        isToldOfNoTool = tellOfNoTool(view.registry)
                    }
                }
                await desk.showCounts(view.registry)
                if let tool = desk.tool {
                    for id in desk.next() {
                        let source = view.registry.cameras[id].flatMap { VideoSource($0) }
                        tries.addTask {
                            await desk.goRound(id, source, by: tool)
                            finished.advance(to: finished.head + 1)
                        }
                    }
                }
                do {
                    // New cameras are looked for, and the clock of the service may be moved.
                    _ = try await finished.news(past: seen, within: IngestLimits.roundsLookEvery)
                } catch {
                    break
                }
            }
            tries.cancelAll()
        }
    }

    /// Once there are cameras that could be tried; true if it was told.
    private func tellOfNoTool(_ registry: Registry) -> Bool {
        guard registry.cameras.values.contains(where: { $0.address != nil }) else { return false }
        logger.warning(
            "cameras are not tried: ffprobe and ffmpeg are not on this machine",
            metadata: [
                "advice": "install the package ffmpeg, or set video-programs, and start again"
            ])
        return true
    }
}
