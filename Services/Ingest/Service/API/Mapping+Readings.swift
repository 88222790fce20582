package import Contracts
import Domain
package import IngestCore

extension IncomingBatch {
    /// The columns of a request; times that overflow become ones that are refused.
    init(_ columns: IngestV1.Columns) {
        var times: [Int64] = []
        times.reserveCapacity(columns.measuredDeltaMs.count)
        var time = columns.baseUnixMs
        for delta in columns.measuredDeltaMs {
            let (next, overflow) = time.addingReportingOverflow(delta)
            time = overflow ? (delta < 0 ? .min : .max) : next
            times.append(time)
        }
        self.init(
            point: columns.point, measuredAt: times, value: columns.value,
            quality: columns.quality)
    }

    /// The rows of a request and the table that they count in.
    static func rows(_ rows: [IngestV1.Row]) -> (batch: IncomingBatch, table: [PointID]) {
        var table: [PointID] = []
        var places: [String: UInt32] = [:]
        var batch = IncomingBatch(point: [], measuredAt: [], value: [])
        for row in rows {
            let place = places[row.pointID] ?? UInt32(table.count)
            if place == table.count {
                places[row.pointID] = place
                table.append(PointID(row.pointID))
            }
            batch.point.append(place)
            batch.measuredAt.append(row.measuredAtUnixMs)
            batch.value.append(row.value)
            batch.quality.append(UInt32(bitPattern: row.quality.rawValue))
        }
        if batch.quality.allSatisfy({ $0 == 0 }) { batch.quality = [] }
        return (batch, table)
    }
}

extension IngestV1.Columns {
    /// Stored columns as they travel: with a complete table of points.
    package init(_ columns: ReadingColumns) {
        var deltas: [Int64] = []
        deltas.reserveCapacity(columns.count)
        let base = columns.measuredAt.first ?? 0
        var before = base
        for time in columns.measuredAt {
            deltas.append(time - before)
            before = time
        }
        self.init(
            pointIDs: columns.pointIDs.map(\.text), point: columns.point, baseUnixMs: base,
            measuredDeltaMs: deltas, value: columns.value,
            quality: columns.quality.map(UInt32.init))
    }
}

extension CommonV1.Reading {
    init(_ reading: Reading, of point: PointID) {
        self.init(
            pointID: point.text, measuredAtUnixMs: reading.measuredAt.unixMilliseconds,
            receivedAtUnixMs: reading.receivedAt.unixMilliseconds, value: reading.value,
            quality: CommonV1.Quality(rawValue: Int32(reading.quality)))
    }
}

extension IngestV1.Bucket {
    init(_ bucket: ReadingBucket) {
        self.init(
            startUnixMs: bucket.start.unixMilliseconds, min: bucket.min, max: bucket.max,
            mean: bucket.mean, count: UInt32(clamping: bucket.count),
            badCount: UInt32(clamping: bucket.badCount))
    }
}

extension ReadingColumns {
    /// The readings of some points only, with a table of their own; nil if none is left.
    func filtered(_ isWanted: (PointID) -> Bool) -> ReadingColumns? {
        let wanted = pointIDs.map(isWanted)
        if wanted.allSatisfy({ $0 }) { return self }
        var places = [UInt32](repeating: 0, count: pointIDs.count)
        var result = ReadingColumns()
        for index in pointIDs.indices where wanted[index] {
            places[index] = UInt32(result.pointIDs.count)
            result.pointIDs.append(pointIDs[index])
        }
        for index in 0..<count where wanted[Int(point[index])] {
            result.point.append(places[Int(point[index])])
            result.measuredAt.append(measuredAt[index])
            result.value.append(value[index])
            if !quality.isEmpty { result.quality.append(quality[index]) }
        }
        return result.count == 0 ? nil : result
    }
}
