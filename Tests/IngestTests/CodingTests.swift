import Domain
@testable import Ingest
import IngestCore
import Kernel
import Testing

@Suite struct CodingTests {
    @Test func whatIsWrittenReadsBackTheSame() throws {
        var random = SeededRandom(seed: 7)
        for _ in 0..<300 {
            let columns = randomColumns(&random)
            let bytes = ColumnCoding.encode(columns)
            #expect(try bytes.withUnsafeBytes { try ColumnCoding.decode($0) } == columns)
        }
    }

    @Test func chunksReadBackTheSame() throws {
        var random = SeededRandom(seed: 8)
        for _ in 0..<300 {
            let hour = Int64(random.next() % 900_000)
            let readings = (0..<Int(random.next() % 50)).map { _ in
                let measured = hour * 3_600_000 + Int64(random.next() % 3_600_000)
                return Reading(
                    measuredAt: Instant(unixMilliseconds: measured),
                    receivedAt: Instant(
                        unixMilliseconds: measured + Int64(random.next() % 90_000) - 60_000),
                    value: Double(random.next() % 1_000) / 10,
                    quality: UInt8(random.next() % 3))
            }
            let bytes = ChunkCoding.encode(readings, hour: hour)
            let again = try bytes.withUnsafeBytes { try ChunkCoding.decode($0, hour: hour) }
            #expect(again == readings)
        }
    }

    @Test func brokenBytesAreAFailureAndNoCrash() throws {
        var random = SeededRandom(seed: 9)
        let whole = ColumnCoding.encode(randomColumns(&random))
        for _ in 0..<2_000 {
            var bytes = Array(whole.prefix(Int(random.next() % UInt64(whole.count + 1))))
            for _ in 0..<3 where !bytes.isEmpty {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(random.next() % 256)
            }
            _ = try? bytes.withUnsafeBytes { try ColumnCoding.decode($0) }
            _ = try? bytes.withUnsafeBytes { try ChunkCoding.decode($0, hour: 1) }
        }
    }

    private func randomColumns(_ random: inout SeededRandom) -> ReadingColumns {
        let points = 1 + Int(random.next() % 5)
        let count = Int(random.next() % 40)
        let isAllGood = random.next() % 2 == 0
        return ReadingColumns(
            pointIDs: (0..<points).map { PointID("点-\($0)") },
            point: (0..<count).map { _ in UInt32(random.next() % UInt64(points)) },
            measuredAt: (0..<count).map { _ in
                t0.unixMilliseconds + Int64(random.next() % 1_000_000) - 500_000
            },
            value: (0..<count).map { _ in Double(bitPattern: random.next() >> 2) },
            quality: isAllGood ? [] : (0..<count).map { _ in UInt8(random.next() % 3) })
    }
}
