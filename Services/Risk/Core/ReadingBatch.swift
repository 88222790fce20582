package import Domain

/// One stored batch as ingest streams it: columns, taken over without copying.
package struct ReadingBatch: Equatable, Sendable {
    package var receivedAt: Instant
    /// The points that `point` counts in.
    package var table: [PointID]
    package var point: [UInt32]
    /// The time that the deltas start from.
    package var base: Instant
    /// Milliseconds since the reading before; since `base` for the first.
    package var measuredDelta: [Int64]
    package var value: [Double]
    /// 0 for good, anything else is not believed; empty: all are good.
    package var quality: [UInt32]

    package init(
        receivedAt: Instant, table: [PointID], point: [UInt32], base: Instant,
        measuredDelta: [Int64], value: [Double], quality: [UInt32] = []
    ) {
        (self.receivedAt, self.table, self.point) = (receivedAt, table, point)
        (self.base, self.measuredDelta) = (base, measuredDelta)
        (self.value, self.quality) = (value, quality)
    }

    package var count: Int { point.count }

    /// True if the columns fit together.
    var isWellFormed: Bool {
        measuredDelta.count == count && value.count == count
            && (quality.isEmpty || quality.count == count)
            && point.allSatisfy { $0 < table.count }
    }
}
