package import Domain
package import IngestCore
package import Runtime

/// Where batches of readings are kept: the seam behind which a store can be exchanged.
///
/// A batch is on disk when its ticket says so, and is given out to followers and questions only
/// then. `(gateway, sequence)` is stored once, whatever is sent how often.
package protocol BatchLog: Sendable {
    /// Hands a batch over to be stored together with what waits; never blocks.
    func append(_ batch: SealedBatch) -> AppendTicket

    /// The highest position that is on disk, 0 if there is none, and news of its growth.
    var head: HeadSignal { get }

    /// When the batch was received that was received last of those on disk; nil if there is none.
    var lastReceivedAt: Instant? { get }

    /// The stored batches after a position in order, at most `limit`; empty at the head.
    func batches(after position: UInt64, limit: Int) async throws(BatchLogFailure) -> [StoredBatch]

    /// The reading of each point with the latest measured time; nil for points without any.
    func latest(of points: [PointID]) -> [Reading?]

    /// The readings of one point measured in `from..<to`, oldest first; without `receipts` their
    /// `receivedAt` is left out, which is faster.
    func series(
        of point: PointID, from: Instant, to: Instant, receipts: Bool
    ) async throws(BatchLogFailure) -> ReadingSeries

    /// A span of measured time outside of which no reading of the point is kept; nil if none is.
    func span(of point: PointID) async throws(BatchLogFailure) -> ClosedRange<Instant>?

    /// Whether the last commit worked, and if not, why; becomes ready again by itself.
    var readiness: Readiness { get }

    /// Gives up what was received before `instant`: batches in whole segments, readings in whole
    /// days of which nothing was received later.
    func remove(before instant: Instant) async throws(BatchLogFailure)
}

extension BatchLog {
    /// The readings of one point measured in `from..<to`, oldest first.
    package func readings(
        of point: PointID, from: Instant, to: Instant
    ) async throws(BatchLogFailure) -> [Reading] {
        let series = try await series(of: point, from: from, to: to, receipts: true)
        return (0..<series.count).map { series.reading(at: $0) }
    }
}

/// A checked batch that is to be stored.
package struct SealedBatch: Sendable, Equatable {
    package var gateway: GatewayID
    package var sequence: UInt64
    /// Stands for all that the gateway sent, so that a repeat can be told from another batch.
    package var fingerprint: UInt64
    package var receivedAt: Instant
    package var columns: ReadingColumns

    package init(
        gateway: GatewayID, sequence: UInt64, fingerprint: UInt64, receivedAt: Instant,
        columns: ReadingColumns
    ) {
        (self.gateway, self.sequence, self.fingerprint) = (gateway, sequence, fingerprint)
        (self.receivedAt, self.columns) = (receivedAt, columns)
    }
}

/// A batch as it was stored.
package struct StoredBatch: Sendable, Equatable {
    package var position: UInt64
    package var gateway: GatewayID
    package var sequence: UInt64
    package var fingerprint: UInt64
    package var receivedAt: Instant
    package var columns: ReadingColumns
}

/// What became of a batch.
package enum AppendOutcome: Sendable, Equatable {
    /// It is on disk now, with so many readings.
    case stored(Int)
    /// It was on disk before, with so many readings; nothing was stored now.
    case repeated(Int)
}

/// Why a batch was not stored or could not be read; nothing of it is on disk.
package enum BatchLogFailure: Error, Sendable, Equatable {
    case diskFull
    case cannotWrite(reason: String)
    case cannotRead(reason: String)
    /// More waits to be stored than is kept in memory.
    case overloaded
    /// The sequence was stored before with other readings, or so long ago that nobody can tell:
    /// the gateway may have begun to count anew.
    case sequenceReused(GatewayID, sequence: UInt64, highest: UInt64)
    case closed
}
