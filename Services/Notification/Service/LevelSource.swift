import Contracts
import Domain
import Logging
import NotificationCore
import RPC
import Runtime

/// The journal of risk, kept back where the registry copy does not hold what it speaks of.
///
/// Levels and registry come on streams of their own. The level of a source that was imported a
/// moment ago must not find a registry without its persons.
struct LevelSource: Sendable {
    let risk: RPCClient
    let ingest: RPCClient
    /// Follows ingest's journal.
    let registry: any HostedFollower
    let knows: @Sendable (HazardSourceID) async throws -> Bool
    let logger: Logger

    func open(
        after seq: UInt64, _ take: @Sendable (JournalV1.SubscribeResponse) async throws -> Void
    ) async throws {
        await hearRegistryForAWhile()
        let stream = try await risk.serverStreaming(
            JournalV1.JournalService.subscribe,
            JournalV1.SubscribeRequest(
                afterSeq: seq, kindPrefixes: [JournalKind.levelChanged.rawValue]),
            options: CallOptions(waitForReady: true))
        for try await response in stream {
            if let entry = response.entry { try await waitUntilKnown(entry) }
            try await take(response)
        }
    }

    /// News of the registry come first, if there are any: a telephone may have changed while the
    /// service was down. Levels do not wait long for an ingest that does not answer.
    private func hearRegistryForAWhile() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await hearRegistry() }
            group.addTask {
                try? await Task.sleep(for: ServiceLimits.registryHeardWithin.duration)
            }
            _ = await group.next()
            group.cancelAll()
        }
    }

    private func hearRegistry() async throws {
        let head = try await ingest.unary(
            JournalV1.JournalService.head, JournalV1.HeadRequest(),
            options: CallOptions(waitForReady: true))
        try await registry.reached(head.seq)
    }

    private func waitUntilKnown(_ entry: JournalV1.Entry) async throws {
        guard let news = try LevelNews(entry), try await !knows(news.source) else { return }
        try await hearRegistry()
        if try await !knows(news.source) {
            logger.error(
                "level of a hazard source that the registry does not hold; its recipients fail",
                metadata: ["source": "\(news.source)"])
        }
    }
}
