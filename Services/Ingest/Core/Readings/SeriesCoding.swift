/// The bytes in which readings of one point are stored; docs/READINGS-FORMAT.md has each of them.
///
/// Whatever goes in comes out, bit for bit: times in any order, values that are no numbers. The
/// checksum covers the key of the row as well, so that a chunk in a wrong place is found.
package enum SeriesCoding {
    package static let version: UInt8 = 1
    private static let checksumAt = 1
    private static let hasQualities: UInt8 = 1
    private static let sharesReceipts: UInt8 = 2

    /// The readings must have `receivedAt`; with `receipts` it stands in the column of that number,
    /// and not in the chunk.
    package static func encode(
        _ series: ReadingSeries, receipts: UInt32? = nil, key: UInt64
    ) -> [UInt8] {
        precondition(
            series.receivedAt.count == series.count && series.value.count == series.count,
            "The columns of a series have equal length.")
        var writer = ByteWriter(capacity: series.count * 3 + 48)
        let isAllGood = series.quality.allSatisfy { $0 == 0 }
        writer.byte(version)
        writer.half(0)
        writer.byte((isAllGood ? 0 : hasQualities) | (receipts == nil ? 0 : sharesReceipts))
        writer.number(UInt64(series.count))
        LineCoding.encode(series.measuredAt, into: &writer)
        ValueCoding.encode(series.value, into: &writer)
        if !isAllGood { writer.qualities(series.quality) }
        if let receipts {
            writer.number(UInt64(receipts))
        } else {
            // Near to the first measured time, so that the first number is small.
            let first = series.measuredAt.first ?? 0
            LineCoding.encode(series.receivedAt.map { $0 &- first }, into: &writer)
        }
        writer.seal(at: checksumAt, key: key)
        return writer.bytes
    }

    /// Without `receipts` the series has no `receivedAt`: it takes less time; nor has one that
    /// shares it. A chunk in order whose first reading was not measured before `end` may be given
    /// as empty.
    package static func decode(
        _ bytes: UnsafeRawBufferPointer, key: UInt64, before end: Int64 = .max,
        receipts: Bool = true
    ) throws(ChunkDamage) -> Chunk {
        try opened(bytes, key: key) { reader throws(ByteReader.Malformed) in
            try chunk(in: &reader, size: bytes.count, before: end, receipts: receipts)
        }
    }

    /// When readings were received, as a column that chunks share.
    package static func encode(receipts: [Int64], key: UInt64) -> [UInt8] {
        var writer = ByteWriter(capacity: receipts.count + 32)
        writer.byte(version)
        writer.half(0)
        writer.number(UInt64(receipts.count))
        LineCoding.encode(receipts, into: &writer)
        writer.seal(at: checksumAt, key: key)
        return writer.bytes
    }

    package static func decodeReceipts(
        _ bytes: UnsafeRawBufferPointer, key: UInt64
    ) throws(ChunkDamage) -> [Int64] {
        try opened(bytes, key: key) { reader throws(ByteReader.Malformed) in
            let number = try reader.number()
            guard number <= UInt64(bytes.count) * 32 else { throw ByteReader.Malformed() }
            let receipts = try LineCoding.decode(Int(number), from: &reader, as: Int64.self)
            guard reader.isAtEnd else { throw ByteReader.Malformed() }
            return receipts
        }
    }

    /// Reads on behind version and checksum, if they are good.
    private static func opened<T>(
        _ bytes: UnsafeRawBufferPointer, key: UInt64,
        _ body: (inout ByteReader) throws(ByteReader.Malformed) -> T
    ) throws(ChunkDamage) -> T {
        guard bytes.count > checksumAt + 4 else { throw .tooShort }
        guard bytes[0] == version else { throw .version(bytes[0]) }
        let sum = UInt32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: checksumAt, as: UInt32.self))
        guard checksum(of: bytes, at: checksumAt, key: key) == sum else { throw .checksum }
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[(checksumAt + 4)...]))
        do throws(ByteReader.Malformed) {
            return try body(&reader)
        } catch {
            throw .malformed
        }
    }

    private static func chunk(
        in reader: inout ByteReader, size: Int, before end: Int64, receipts: Bool
    ) throws(ByteReader.Malformed) -> Chunk {
        let marks = try reader.byte()
        guard marks <= hasQualities | sharesReceipts else { throw ByteReader.Malformed() }
        let number = try reader.number()
        guard number <= UInt64(size) * 32 else { throw ByteReader.Malformed() }
        let count = Int(number)
        var series = ReadingSeries()
        var peeking = reader
        if count > 0, end < .max, try peeking.signed() >= end { return Chunk(series: series) }
        series.measuredAt = try LineCoding.decode(count, from: &reader)
        series.value = try ValueCoding.decode(count, from: &reader)
        if marks & hasQualities != 0 { series.quality = try reader.qualities(count) }
        guard receipts else { return Chunk(series: series) }
        var shared: UInt32?
        if marks & sharesReceipts != 0 {
            shared = UInt32(exactly: try reader.number())
            if shared == nil { throw ByteReader.Malformed() }
        } else {
            let first = series.measuredAt.first ?? 0
            series.receivedAt = try LineCoding.decode(count, from: &reader).map { $0 &+ first }
        }
        guard reader.isAtEnd else { throw ByteReader.Malformed() }
        return Chunk(series: series, receipts: shared)
    }
}

/// What a chunk holds.
package struct Chunk: Equatable, Sendable {
    package var series: ReadingSeries
    /// The number of the column that says when they were received; nil: the series says it, if
    /// that was asked for.
    package var receipts: UInt32?

    package init(series: ReadingSeries, receipts: UInt32? = nil) {
        (self.series, self.receipts) = (series, receipts)
    }

    /// The readings with the column that they share.
    package func received(_ receipts: [Int64]) throws(ChunkDamage) -> ReadingSeries {
        guard receipts.count == series.count else { throw .receipts }
        var whole = series
        whole.receivedAt = receipts
        return whole
    }
}

/// Why stored bytes cannot be read.
package enum ChunkDamage: Error, Sendable, Equatable, CustomStringConvertible {
    case tooShort
    case version(UInt8)
    case checksum
    case malformed
    /// The column that says when the readings were received is not there, or not theirs.
    case receipts

    package var description: String {
        switch self {
        case .tooShort: "it is too short"
        case .version(let version): "it has the version \(version), which this program cannot read"
        case .checksum: "its checksum does not fit"
        case .malformed: "its checksum fits, but its content makes no sense"
        case .receipts: "what says when its readings were received is missing"
        }
    }
}
