import Contracts
import Domain
import Logging
import NotificationCore
import RPC
import Runtime
import ServiceLifecycle

/// Holds circulars back after a start until the levels have been heard (decision 0015).
///
/// A level that fell while the service was down must not be followed by a circular. An upstream
/// that does not answer holds them back for a short while only.
struct LevelsHeard: Service {
    let engine: Engine<NotificationMachine>
    let risk: RPCClient
    /// Follows risk's journal.
    let levels: any HostedFollower
    /// Opens once circulars may go.
    let gate: HeadSignal
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown { await waitAndRelease() }
        try? await gracefulShutdown()
    }

    private func waitAndRelease() async {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { (try? await hear()) != nil }
            group.addTask {
                try? await Task.sleep(for: ServiceLimits.levelsHeardWithin.duration)
                return false
            }
            if await group.next() == false, !Task.isCancelled {
                logger.warning("risk was not heard; circulars go by the levels known last")
            }
            group.cancelAll()
        }
        if Task.isCancelled { return }
        // Open first: a machine that is loaded anew asks the gate.
        gate.advance(to: 1)
        do {
            try await engine.submit(.levelsHeard)
        } catch {
            logger.warning(
                "engine did not take in that levels were heard",
                metadata: ["reason": "\(error)"])
        }
    }

    private func hear() async throws {
        let head = try await risk.unary(
            JournalV1.JournalService.head, JournalV1.HeadRequest(),
            options: CallOptions(waitForReady: true))
        try await levels.reached(head.seq)
    }
}
