package import Domain

/// A batch as it stands in a journal segment: its points are numbers of the store.
package struct JournalBatch: Sendable, Equatable {
    package var gateway: GatewayID
    package var sequence: UInt64
    package var fingerprint: UInt64
    package var receivedAt: Instant
    /// The number of each point that `columns.point` counts in; `columns.pointIDs` is empty.
    package var points: [UInt32]
    package var columns: ReadingColumns

    package init(
        gateway: GatewayID, sequence: UInt64, fingerprint: UInt64, receivedAt: Instant,
        points: [UInt32], columns: ReadingColumns
    ) {
        (self.gateway, self.sequence, self.fingerprint) = (gateway, sequence, fingerprint)
        (self.receivedAt, self.points, self.columns) = (receivedAt, points, columns)
        self.columns.pointIDs = []
    }
}

/// The bytes of a group: the batches of one commit; docs/READINGS-FORMAT.md has each of them.
package enum GroupCoding {
    package static let version: UInt8 = 1
    private static let checksumAt = 1
    private static let hasQualities: UInt8 = 1

    /// The bytes of one batch within a group; made by whoever sends it, not by the one writer.
    package static func encode(_ batch: JournalBatch) -> [UInt8] {
        let columns = batch.columns
        var writer = ByteWriter(capacity: columns.count * 4 + batch.points.count / 16 + 64)
        writer.text(batch.gateway.text)
        writer.number(batch.sequence)
        writer.word(batch.fingerprint)
        writer.signed(batch.receivedAt.unixMilliseconds)
        writer.number(UInt64(batch.points.count))
        LineCoding.encode(batch.points, into: &writer)
        writer.number(UInt64(columns.count))
        LineCoding.encode(columns.point, into: &writer)
        LineCoding.encode(columns.measuredAt, into: &writer)
        ValueCoding.encode(columns.value, into: &writer)
        writer.byte(columns.quality.isEmpty ? 0 : hasQualities)
        writer.qualities(columns.quality)
        return writer.bytes
    }

    /// Joins batches to a group; `key` is the position of the first.
    package static func group(_ batches: [[UInt8]], key: UInt64) -> [UInt8] {
        var writer = ByteWriter(capacity: batches.reduce(16) { $0 + $1.count + 4 })
        writer.byte(version)
        writer.half(0)
        writer.number(UInt64(batches.count))
        for batch in batches {
            writer.number(UInt64(batch.count))
            writer.append(batch)
        }
        writer.seal(at: checksumAt, key: key)
        return writer.bytes
    }

    package static func decode(
        _ bytes: UnsafeRawBufferPointer, key: UInt64
    ) throws(ChunkDamage) -> [JournalBatch] {
        guard bytes.count > checksumAt + 4 else { throw .tooShort }
        guard bytes[0] == version else { throw .version(bytes[0]) }
        let sum = UInt32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: checksumAt, as: UInt32.self))
        guard checksum(of: bytes, at: checksumAt, key: key) == sum else { throw .checksum }
        do throws(ByteReader.Malformed) {
            var reader = ByteReader(
                UnsafeRawBufferPointer(rebasing: bytes[(checksumAt + 4)...]))
            var batches: [JournalBatch] = []
            for _ in 0..<(try reader.count()) {
                let size = try reader.count()
                let left = reader.leftCount
                batches.append(try batch(from: &reader))
                guard left - reader.leftCount == size else { throw ByteReader.Malformed() }
            }
            guard reader.isAtEnd else { throw ByteReader.Malformed() }
            return batches
        } catch {
            throw .malformed
        }
    }

    private static func batch(
        from reader: inout ByteReader
    ) throws(ByteReader.Malformed) -> JournalBatch {
        let gateway = GatewayID(try reader.text())
        let sequence = try reader.number()
        let fingerprint = try reader.word()
        let receivedAt = Instant(unixMilliseconds: try reader.signed())
        let points: [UInt32] = try LineCoding.decode(try many(&reader), from: &reader)
        let count = try many(&reader)
        var columns = ReadingColumns()
        columns.point = try LineCoding.decode(count, from: &reader)
        guard columns.point.allSatisfy({ Int($0) < points.count }) else {
            throw ByteReader.Malformed()
        }
        columns.measuredAt = try LineCoding.decode(count, from: &reader)
        columns.value = try ValueCoding.decode(count, from: &reader)
        let marks = try reader.byte()
        guard marks <= hasQualities else { throw ByteReader.Malformed() }
        if marks & hasQualities != 0 { columns.quality = try reader.qualities(count) }
        return JournalBatch(
            gateway: gateway, sequence: sequence, fingerprint: fingerprint,
            receivedAt: receivedAt, points: points, columns: columns)
    }

    /// A number of things of which 32 take a byte at least.
    private static func many(_ reader: inout ByteReader) throws(ByteReader.Malformed) -> Int {
        let number = try reader.number()
        guard number <= UInt64(reader.leftCount) * 32 else { throw ByteReader.Malformed() }
        return Int(number)
    }
}
