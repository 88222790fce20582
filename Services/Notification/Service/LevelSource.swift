import Contracts
import Domain
import Logging
import NotificationCore
import RPC
import Runtime
import Storage

/// The journal of risk, kept back where the registry copy does not hold what it speaks of.
///
/// Levels and registry come on streams of their own. The level of a source that was imported a
/// moment ago must not find a registry without its persons.
struct LevelSource: Sendable {
    let risk: RPCClient
    /// Follows ingest's journal.
    let registry: any HostedFollower
    let knows: @Sendable (HazardSourceID) async throws -> Bool
    let logger: Logger

    func open(
        after: Cursor, _ take: @Sendable (JournalV1.SubscribeResponse) async throws -> Void
    ) async throws {
        var wait = RegistryWait(
            knows: knows, hear: { [registry] in try await registry.hear() }, logger: logger)
        // A telephone may have changed while the service was down.
        try await wait.waitForNews()
        let stream = try await risk.serverStreaming(
            JournalV1.JournalService.subscribe,
            JournalV1.SubscribeRequest(after, kindPrefixes: [JournalKind.levelChanged.rawValue]),
            options: CallOptions(waitForReady: true))
        for try await response in stream {
            let news = try response.entry.flatMap { try LevelNews($0) }
            if let news { try await wait.wait(for: news.source) }
            try await take(response)
        }
    }
}
