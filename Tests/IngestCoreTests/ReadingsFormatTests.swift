import Domain
import IngestCore
import Testing

/// The worked examples of docs/READINGS-FORMAT.md.
@Suite struct ReadingsFormatTests {
    private let chunk = bytes(
        """
        01 35 1e 60 53 01 03 80 c0 dd 8c 9b 5f 8c 9c 01 00 05 c0 03 05 ac 03 02 09 02 00 01 02 78
        a2 9c 01 01 01 01
        """)
    private let group = bytes(
        """
        01 f1 df 66 83 01 2d 02 67 31 05 ef cd ab 89 67 45 23 01 f8 c0 dd 8c 9b 5f 02 0e 02 00 00
        02 00 02 00 00 80 c0 dd 8c 9b 5f 0a 00 00 09 fa 01 0b e9 07 00 00
        """)
    private let start: Int64 = 1_635_724_800_000

    @Test func theChunkOfTheManualIsReadAndWrittenAsItSays() throws {
        let series = ReadingSeries(
            measuredAt: [start, start + 10_020, start + 19_980],
            receivedAt: [start + 60, start + 10_060, start + 20_061], value: [21.5, 21.6, 21.4],
            quality: [0, 0, 2])
        let key: UInt64 = 1 << 32 | 7
        let again = try chunk.withUnsafeBytes { try SeriesCoding.decode($0, key: key) }
        #expect(again == Chunk(series: series))
        #expect(SeriesCoding.encode(series, key: key) == chunk)
    }

    @Test func theGroupOfTheManualIsReadAndWrittenAsItSays() throws {
        let batch = JournalBatch(
            gateway: GatewayID("g1"), sequence: 5, fingerprint: 0x0123_4567_89AB_CDEF,
            receivedAt: Instant(unixMilliseconds: start + 60), points: [7, 8],
            columns: ReadingColumns(
                point: [0, 1], measuredAt: [start, start + 5], value: [21.5, 1.25]))
        #expect(try group.withUnsafeBytes { try GroupCoding.decode($0, key: 42) } == [batch])
        #expect(GroupCoding.group([GroupCoding.encode(batch)], key: 42) == group)
    }
}

private func bytes(_ text: String) -> [UInt8] {
    text.split { $0 == " " || $0 == "\n" }.compactMap { UInt8($0, radix: 16) }
}
