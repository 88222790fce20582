import Domain
import IngestCore

/// The body of a row in `batches`.
///
/// Byte 0 is the version, 1. Then: the count of point ids and each as a text; the count of
/// readings; the index of each reading's point; the first measured time and for each further
/// reading its distance to the one before, signed; 1 if qualities follow, else 0; qualities as
/// runs; values as 8 bytes each. Numbers are written as `ByteWriter` says.
enum ColumnCoding {
    static let version: UInt8 = 1

    static func encode(_ columns: ReadingColumns) -> [UInt8] {
        var writer = ByteWriter(capacity: columns.count * 14 + columns.pointIDs.count * 24 + 16)
        writer.byte(version)
        writer.number(UInt64(columns.pointIDs.count))
        for id in columns.pointIDs { writer.text(id.text) }
        writer.number(UInt64(columns.count))
        for point in columns.point { writer.number(UInt64(point)) }
        var before: Int64 = 0
        for time in columns.measuredAt {
            writer.signed(time &- before)
            before = time
        }
        writer.byte(columns.quality.isEmpty ? 0 : 1)
        writer.qualities(columns.quality)
        writer.doubles(columns.value)
        return writer.bytes
    }

    static func decode(
        _ bytes: UnsafeRawBufferPointer
    ) throws(ByteReader.Malformed) -> ReadingColumns {
        var reader = ByteReader(bytes)
        guard try reader.byte() == version else { throw ByteReader.Malformed() }
        var columns = ReadingColumns()
        for _ in 0..<(try reader.count()) { columns.pointIDs.append(PointID(try reader.text())) }
        let count = try reader.count()
        columns.point.reserveCapacity(count)
        columns.measuredAt.reserveCapacity(count)
        for _ in 0..<count {
            let point = try reader.number()
            guard point < UInt64(columns.pointIDs.count) else { throw ByteReader.Malformed() }
            columns.point.append(UInt32(point))
        }
        var time: Int64 = 0
        for _ in 0..<count {
            time = time &+ (try reader.signed())
            columns.measuredAt.append(time)
        }
        if try reader.byte() == 1 { columns.quality = try reader.qualities(count) }
        columns.value = try reader.doubles(count)
        return columns
    }
}
