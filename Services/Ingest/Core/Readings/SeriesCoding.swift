/// The bytes in which readings of one point are stored; docs/READINGS-FORMAT.md has each of them.
///
/// Whatever goes in comes out, bit for bit: times in any order, values that are no numbers. The
/// checksum covers the key of the row as well, so that a chunk in a wrong place is found.
package enum SeriesCoding {
    package static let version: UInt8 = 1
    private static let checksumAt = 1
    private static let hasQualities: UInt8 = 1

    /// The readings must have `receivedAt`.
    package static func encode(_ series: ReadingSeries, key: UInt64) -> [UInt8] {
        precondition(
            series.receivedAt.count == series.count && series.value.count == series.count,
            "The columns of a series have equal length.")
        var writer = ByteWriter(capacity: series.count * 3 + 48)
        let isAllGood = series.quality.allSatisfy { $0 == 0 }
        writer.byte(version)
        writer.half(0)
        writer.byte(isAllGood ? 0 : hasQualities)
        writer.number(UInt64(series.count))
        LineCoding.encode(series.measuredAt, into: &writer)
        ValueCoding.encode(series.value, into: &writer)
        if !isAllGood { writer.qualities(series.quality) }
        // Near to the first measured time, so that the first number is small.
        let first = series.measuredAt.first ?? 0
        LineCoding.encode(series.receivedAt.map { $0 &- first }, into: &writer)
        writer.seal(at: checksumAt, key: key)
        return writer.bytes
    }

    /// Without `receipts` the series has no `receivedAt`: it takes less time. A chunk in order
    /// whose first reading was not measured before `end` may be given as empty.
    package static func decode(
        _ bytes: UnsafeRawBufferPointer, key: UInt64, before end: Int64 = .max,
        receipts: Bool = true
    ) throws(ChunkDamage) -> ReadingSeries {
        guard bytes.count > checksumAt + 4 else { throw .tooShort }
        guard bytes[0] == version else { throw .version(bytes[0]) }
        let sum = UInt32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: checksumAt, as: UInt32.self))
        guard checksum(of: bytes, at: checksumAt, key: key) == sum else { throw .checksum }
        do throws(ByteReader.Malformed) {
            return try readings(in: bytes, before: end, receipts: receipts)
        } catch {
            throw .malformed
        }
    }

    private static func readings(
        in bytes: UnsafeRawBufferPointer, before end: Int64, receipts: Bool
    ) throws(ByteReader.Malformed) -> ReadingSeries {
        var reader = ByteReader(
            UnsafeRawBufferPointer(rebasing: bytes[(checksumAt + 4)...]))
        let marks = try reader.byte()
        guard marks <= hasQualities else { throw ByteReader.Malformed() }
        let number = try reader.number()
        guard number <= UInt64(bytes.count) * 32 else { throw ByteReader.Malformed() }
        let count = Int(number)
        var series = ReadingSeries()
        var peeking = reader
        if count > 0, end < .max, try peeking.signed() >= end { return series }
        series.measuredAt = try LineCoding.decode(count, from: &reader)
        series.value = try ValueCoding.decode(count, from: &reader)
        if marks & hasQualities != 0 { series.quality = try reader.qualities(count) }
        guard receipts else { return series }
        let first = series.measuredAt.first ?? 0
        series.receivedAt = try LineCoding.decode(count, from: &reader).map { $0 &+ first }
        guard reader.isAtEnd else { throw ByteReader.Malformed() }
        return series
    }
}

/// Why stored bytes cannot be read.
package enum ChunkDamage: Error, Sendable, Equatable, CustomStringConvertible {
    case tooShort
    case version(UInt8)
    case checksum
    case malformed

    package var description: String {
        switch self {
        case .tooShort: "it is too short"
        case .version(let version): "it has the version \(version), which this program cannot read"
        case .checksum: "its checksum does not fit"
        case .malformed: "its checksum fits, but its content makes no sense"
        }
    }
}
