import Domain
import IngestCore

/// The body of a row in `chunks`: readings of one point measured within one hour.
///
/// Byte 0 is the version, 1. Then: the count of readings; for each the distance of its measured
/// time to the one before (the first: to the start of the hour), signed; for each the distance
/// from measured to received, signed; 1 if qualities follow, else 0; qualities as runs; values as
/// 8 bytes each. Numbers are written as `ByteWriter` says.
enum ChunkCoding {
    static let version: UInt8 = 1
    static let hourMilliseconds: Int64 = 3_600_000

    /// The hour since 1970-01-01T00:00:00Z that a reading stands in; none was measured before 2000.
    static func hour(of instant: Instant) -> Int64 {
        instant.unixMilliseconds / hourMilliseconds
    }

    static func encode(_ readings: [Reading], hour: Int64) -> [UInt8] {
        var writer = ByteWriter(capacity: readings.count * 14 + 8)
        writer.byte(version)
        writer.number(UInt64(readings.count))
        var before = hour * hourMilliseconds
        for reading in readings {
            writer.signed(reading.measuredAt.unixMilliseconds - before)
            before = reading.measuredAt.unixMilliseconds
        }
        for reading in readings {
            writer.signed((reading.receivedAt - reading.measuredAt).milliseconds)
        }
        let areAllGood = readings.allSatisfy { $0.quality == 0 }
        writer.byte(areAllGood ? 0 : 1)
        if !areAllGood { writer.qualities(readings.map(\.quality)) }
        writer.doubles(readings.map(\.value))
        return writer.bytes
    }

    static func decode(
        _ bytes: UnsafeRawBufferPointer, hour: Int64
    ) throws(ByteReader.Malformed) -> [Reading] {
        var reader = ByteReader(bytes)
        guard try reader.byte() == version else { throw ByteReader.Malformed() }
        let count = try reader.count()
        var readings: [Reading] = []
        readings.reserveCapacity(count)
        var time = hour * hourMilliseconds
        for _ in 0..<count {
            time = time &+ (try reader.signed())
            let measuredAt = Instant(unixMilliseconds: time)
            readings.append(
                Reading(measuredAt: measuredAt, receivedAt: measuredAt, value: 0, quality: 0))
        }
        for index in readings.indices {
            readings[index].receivedAt.unixMilliseconds &+= try reader.signed()
        }
        let qualities = try reader.byte() == 1 ? try reader.qualities(count) : []
        let values = try reader.doubles(count)
        for index in readings.indices {
            readings[index].value = values[index]
            if !qualities.isEmpty { readings[index].quality = qualities[index] }
        }
        return readings
    }
}
