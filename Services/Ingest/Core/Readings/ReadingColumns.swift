package import Domain

/// Many readings as columns of equal length; reading `i` is (`point[i]`, `measuredAt[i]`, …).
package struct ReadingColumns: Sendable, Equatable {
    /// The points that `point` counts in.
    package var pointIDs: [PointID]
    package var point: [UInt32]
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package var measuredAt: [Int64]
    package var value: [Double]
    /// Quality by its number on the wire; empty: all are good.
    package var quality: [UInt8]

    package init(
        pointIDs: [PointID] = [], point: [UInt32] = [], measuredAt: [Int64] = [],
        value: [Double] = [], quality: [UInt8] = []
    ) {
        (self.pointIDs, self.point, self.measuredAt) = (pointIDs, point, measuredAt)
        (self.value, self.quality) = (value, quality)
    }

    package var count: Int { point.count }

    package func quality(at index: Int) -> UInt8 { quality.isEmpty ? 0 : quality[index] }
}

/// One stored reading 实时数据: its four facts beside the point.
package struct Reading: Sendable, Equatable {
    package var measuredAt: Instant
    package var receivedAt: Instant
    package var value: Double
    package var quality: UInt8

    package init(measuredAt: Instant, receivedAt: Instant, value: Double, quality: UInt8) {
        (self.measuredAt, self.receivedAt) = (measuredAt, receivedAt)
        (self.value, self.quality) = (value, quality)
    }
}
