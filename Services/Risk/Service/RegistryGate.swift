import Contracts
import Domain
import Logging
import RPC
import Runtime

/// Keeps readings back until the registry copy is as new as they are.
///
/// Readings and registry come on streams of their own. A reading of a point that was imported a
/// moment ago must not be judged before the point is known: its alarm would be lost.
struct RegistryGate: Sendable {
    let ingest: RPCClient
    /// Follows ingest's journal.
    let registry: any HostedFollower
    /// The points of a table that the registry copy does not hold.
    let unknownPoints: @Sendable ([PointID]) async throws -> [PointID]
    let logger: Logger

    /// Opens the stream of readings after a position, and hands over batches that can be judged.
    func open(
        after position: UInt64,
        _ take: @Sendable (IngestV1.FollowResponse) async throws -> Void
    ) async throws {
        try await registry.hear()
        let stream = try await ingest.serverStreaming(
            IngestV1.ReadingsService.follow, IngestV1.FollowRequest(afterPosition: position),
            options: CallOptions(waitForReady: true))
        // Gateways send the same table over and over; only a new one is looked up.
        var known: Set<[String]> = []
        for try await response in stream {
            let table = response.columns?.pointIDs ?? []
            // A heartbeat.
            if table.isEmpty {
                try await take(response)
                continue
            }
            if !known.contains(table), try await areKnown(table) {
                if known.count >= RiskLimits.tablesRememberedMax { known = [] }
                known.insert(table)
            }
            try await take(response)
        }
    }

    /// How far the stream of readings reaches.
    func head() async throws -> UInt64 {
        try await ingest.unary(
            IngestV1.ReadingsService.head, IngestV1.HeadRequest(),
            options: CallOptions(
                timeout: RuntimeLimits.headAnsweredWithin, waitForReady: true)
        ).position
    }

    private func areKnown(_ table: [String]) async throws -> Bool {
        let points = table.map(PointID.init)
        if try await unknownPoints(points).isEmpty { return true }
        try await registry.hear()
        let unknown = try await unknownPoints(points)
        if unknown.isEmpty { return true }
        let named = unknown.prefix(RiskLimits.pointsNamedMax).map(\.text)
        logger.warning(
            "readings of points that the registry does not hold are not judged",
            metadata: [
                "count": "\(unknown.count)",
                "points": "\(named.joined(separator: ", "))",
            ])
        return false
    }
}
