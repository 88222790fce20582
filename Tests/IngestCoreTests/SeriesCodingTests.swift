import Domain
import Kernel
import Testing

@testable import IngestCore

/// ING-20: what is stored is read back as it was, or the damage is named.
@Suite struct SeriesCodingTests {
    @Test func theChecksumIsThatOfTheStandard() {
        // The check value of CRC-32C, and RFC 3720 B.4.
        #expect(Array("123456789".utf8).withUnsafeBytes { Checksum.of($0) } == 0xE306_9283)
        let zeros = [UInt8](repeating: 0, count: 32)
        #expect(zeros.withUnsafeBytes { Checksum.of($0) } == 0x8A91_36AA)
        let rising = (0..<32).map { UInt8($0) }
        #expect(rising.withUnsafeBytes { Checksum.of($0) } == 0x46DD_794E)
    }

    @Test func aChecksumInPartsIsThatOfTheWhole() {
        var random = SeededRandom(seed: 3)
        let bytes = (0..<100).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let whole = bytes.withUnsafeBytes { Checksum.of($0) }
        for cut in 0...100 {
            var sum = Checksum()
            bytes[..<cut].withUnsafeBytes { sum.take($0) }
            bytes[cut...].withUnsafeBytes { sum.take($0) }
            #expect(sum.value == whole)
        }
    }

    @Test(arguments: 0..<SeriesKind.allCases.count)
    func whatIsWrittenReadsBackTheSame(kind: Int) throws {
        var random = SeededRandom(seed: UInt64(kind) + 11)
        for round in 0..<200 {
            let series = SeriesKind.allCases[kind].series(round % 150, &random)
            let key = random.next()
            let bytes = SeriesCoding.encode(series, key: key)
            let again = try bytes.withUnsafeBytes { try SeriesCoding.decode($0, key: key).series }
            #expect(same(again, series), "\(SeriesKind.allCases[kind]) \(round)")
            let partly = try bytes.withUnsafeBytes {
                try SeriesCoding.decode($0, key: key, receipts: false).series
            }
            #expect(partly.receivedAt.isEmpty)
            #expect(partly.measuredAt == series.measuredAt)
        }
    }

    @Test func everyFlippedBitIsFound() throws {
        var random = SeededRandom(seed: 5)
        let series = SeriesKind.sensor.series(70, &random)
        var bytes = SeriesCoding.encode(series, key: 7)
        for bit in 0..<bytes.count * 8 {
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            let damage = damage(bytes, key: 7)
            if bit >= 8 { #expect(damage == .checksum) } else { #expect(damage != nil) }
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        }
        #expect(damage(bytes, key: 7) == nil)
        #expect(damage(bytes, key: 8) == .checksum, "in the place of another")
    }

    @Test func bytesThatAreCutOffOrMadeUpAreAFailureAndNoCrash() {
        var random = SeededRandom(seed: 9)
        for round in 0..<400 {
            let series = SeriesKind.allCases[round % SeriesKind.allCases.count]
                .series(1 + round % 90, &random)
            let bytes = SeriesCoding.encode(series, key: 1)
            for cut in 0..<min(bytes.count, 40) {
                #expect(damage(Array(bytes[..<cut]), key: 1) != nil)
                #expect(damage(Array(bytes.dropLast(cut + 1)), key: 1) != nil)
            }
            // Content that makes no sense under a checksum that fits.
            var writer = ByteWriter(capacity: 0)
            writer.append(bytes)
            var broken = writer.bytes
            for _ in 0..<3 {
                let place = 5 + Int(random.next() % UInt64(broken.count - 5))
                broken[place] = UInt8(truncatingIfNeeded: random.next())
            }
            if round % 3 == 0 { broken.removeLast(Int(random.next() % 5) % (broken.count - 5)) }
            _ = damage(sealed(broken, key: 1), key: 1)
            _ = sealed(broken, key: 1).withUnsafeBytes { try? GroupCoding.decode($0, key: 1) }
        }
    }

    @Test func whatDoesNotFitIsStoredWhole() throws {
        let odd: [Double] = [
            .nan, -.nan, .signalingNaN, .infinity, -.infinity, 0, -0.0, .leastNonzeroMagnitude,
            -.leastNonzeroMagnitude,
            .greatestFiniteMagnitude, .leastNormalMagnitude, .pi, 0.1 + 0.2, 1e300, 23.4,
            Double(bitPattern: 0x7FF8_0000_0000_1234),
        ]
        let times: [Int64] = [
            .min, .max, 0, -1, 1, .min + 1, .max - 1, 5, 4, 3, 3, 3, 946_684_800_000, -9, 8, 7,
        ]
        let series = ReadingSeries(
            measuredAt: times, receivedAt: times.reversed(), value: odd,
            quality: odd.indices.map { UInt8(truncatingIfNeeded: $0 * 17) })
        let bytes = SeriesCoding.encode(series, key: 0)
        let again = try bytes.withUnsafeBytes { try SeriesCoding.decode($0, key: 0).series }
        #expect(same(again, series))
    }

    @Test(arguments: [(360, 1.70), (1_440, 1.65)])
    func aReadingTakesLittleSpace(count: Int, bytesMax: Double) {
        var random = SeededRandom(seed: 1)
        let series = SeriesKind.sensor.series(count, &random)
        let size = Double(SeriesCoding.encode(series, key: 0).count) / Double(count)
        #expect(size <= bytesMax)
    }

    @Test func floatsOfDevicesAndGapsTakeLittleSpaceToo() {
        var random = SeededRandom(seed: 2)
        var series = SeriesKind.sensor.series(1_440, &random)
        let before = SeriesCoding.encode(series, key: 0).count
        series.value = series.value.map { Double(Float($0)) }
        #expect(SeriesCoding.encode(series, key: 0).count == before)
        for index in 700..<1_440 {
            series.measuredAt[index] += 7_200_000
            series.receivedAt[index] += 7_200_000
        }
        #expect(SeriesCoding.encode(series, key: 0).count < before + 500)
    }

    @Test func whatIsReceivedAtOnceTakesItsRoomOnce() throws {
        var random = SeededRandom(seed: 8)
        let series = SeriesKind.sensor.series(1_440, &random)
        let alone = SeriesCoding.encode(series, key: 3)
        let sharing = SeriesCoding.encode(series, receipts: 70_000, key: 3)
        #expect(sharing.count < alone.count - 300)
        let column = SeriesCoding.encode(receipts: series.receivedAt, key: 9)
        let receipts = try column.withUnsafeBytes {
            try SeriesCoding.decodeReceipts($0, key: 9)
        }
        #expect(receipts == series.receivedAt)
        #expect(throws: ChunkDamage.checksum) {
            try column.withUnsafeBytes { try SeriesCoding.decodeReceipts($0, key: 10) }
        }
        let chunk = try sharing.withUnsafeBytes { try SeriesCoding.decode($0, key: 3) }
        #expect(chunk.receipts == 70_000 && chunk.series.receivedAt.isEmpty)
        #expect(same(try chunk.received(receipts), series))
        #expect(throws: ChunkDamage.receipts) { try chunk.received(Array(receipts.dropLast())) }
        // The first keeps what the second is found to share; few times are not worth it.
        var shared = SharedReceipts()
        var other = series.receivedAt
        other[7] += 1
        let columns = [series.receivedAt, series.receivedAt, series.receivedAt, other, [1], [1]]
        let places = columns.map { shared.place(of: $0) }
        #expect(places.map { $0?.number } == [nil, 1, 1, nil, nil, nil])
        #expect(places.map { $0?.isNew } == [nil, true, false, nil, nil, nil])
    }

    @Test func groupsReadBackTheSame() throws {
        var random = SeededRandom(seed: 21)
        for round in 0..<200 {
            let batches = (0..<(round % 5)).map { _ in journalBatch(&random) }
            let bytes = GroupCoding.group(batches.map(GroupCoding.encode), key: 42)
            let again = try bytes.withUnsafeBytes { try GroupCoding.decode($0, key: 42) }
            #expect(again == batches)
            #expect(throws: ChunkDamage.checksum) {
                try bytes.withUnsafeBytes { try GroupCoding.decode($0, key: 43) }
            }
        }
    }

    private func journalBatch(_ random: inout SeededRandom) -> JournalBatch {
        let points = 1 + Int(random.next() % 5)
        let count = Int(random.next() % 140)
        let isAllGood = random.next() % 2 == 0
        return JournalBatch(
            gateway: GatewayID("网关-\(random.next() % 9)"), sequence: random.next() >> 1,
            fingerprint: random.next(), receivedAt: t0,
            points: (0..<points).map { _ in UInt32(truncatingIfNeeded: random.next()) },
            columns: ReadingColumns(
                point: (0..<count).map { _ in UInt32(random.next() % UInt64(points)) },
                measuredAt: (0..<count).map { _ in
                    t0.unixMilliseconds + Int64(random.next() % 1_000_000) - 500_000
                },
                value: (0..<count).map { _ in Double(random.next() % 10_000) / 10 },
                quality: isAllGood ? [] : (0..<count).map { _ in UInt8(random.next() % 3) }))
    }

    private func damage(_ bytes: [UInt8], key: UInt64) -> ChunkDamage? {
        do {
            _ = try bytes.withUnsafeBytes { try SeriesCoding.decode($0, key: key) }
            return nil
        } catch {
            return error as? ChunkDamage
        }
    }

    private func sealed(_ bytes: [UInt8], key: UInt64) -> [UInt8] {
        var writer = ByteWriter(capacity: bytes.count)
        writer.append(bytes)
        writer.seal(at: 1, key: key)
        return writer.bytes
    }
}

/// Equal bit for bit: a NaN equals itself here.
private func same(_ left: ReadingSeries, _ right: ReadingSeries) -> Bool {
    let areGood = right.quality.allSatisfy { $0 == 0 }
    return left.measuredAt == right.measuredAt && left.receivedAt == right.receivedAt
        && left.value.map(\.bitPattern) == right.value.map(\.bitPattern)
        && left.quality == (areGood ? [] : right.quality)
}

enum SeriesKind: CaseIterable {
    /// Every 10 s within 50 ms, received within 4 ms after that, at 0.1.
    case sensor
    case constant
    case floats
    case bits
    case outOfOrder
    case everyResolution

    func series(_ count: Int, _ random: inout SeededRandom) -> ReadingSeries {
        var series = ReadingSeries()
        var tenths = Int64(random.next() % 5_000)
        for index in 0..<count {
            var measured = t0.unixMilliseconds + Int64(index) * 10_000
            var received = measured + 60
            var value = Double(tenths) / 10
            var quality: UInt8 = index % 97 > 90 ? 2 : 0
            switch self {
            case .sensor:
                measured += random.integer(in: 0...49)
                received += random.integer(in: 0...3)
                if random.chance(1, of: 4) { tenths += random.integer(in: -1...1) }
            case .constant: quality = 0
            case .floats: value = Double(Float(value) * 1.7)
            case .bits:
                value = Double(bitPattern: random.next())
                measured = Int64(bitPattern: random.next())
                received = Int64(bitPattern: random.next())
                quality = UInt8(truncatingIfNeeded: random.next())
            case .outOfOrder:
                measured += random.integer(in: -90_000_000...90_000_000)
                tenths += random.integer(in: -900...900)
            case .everyResolution:
                let power = [1.0, 10, 1_000, 1e6, 1e9, 1e12][Int(random.next() % 6)]
                value = Double(random.integer(in: -2_000_000...2_000_000)) / power
            }
            series.measuredAt.append(measured)
            series.receivedAt.append(received)
            series.value.append(value)
            series.quality.append(quality)
        }
        return series
    }
}
