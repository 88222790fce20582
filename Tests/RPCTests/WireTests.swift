import NIOCore
import Testing

@testable import RPC

/// What stands in headers, both ways.
struct WireTests {
    static let timeouts: [(text: String, nanoseconds: Int64?)] = [
        ("1n", 1), ("5u", 5_000), ("10m", 10_000_000), ("2S", 2_000_000_000),
        ("3M", 180_000_000_000), ("1H", 3_600_000_000_000), ("99999999n", 99_999_999),
        ("99999999H", .max), ("0S", 0),
        ("", nil), ("S", nil), ("1", nil), ("1s", nil), ("-1S", nil), ("1.5S", nil), (" 1S", nil),
        ("123456789S", nil), ("1x", nil), ("٣S", nil),
    ]

    @Test(arguments: timeouts)
    func timeoutIsDigitsAndAUnit(row: (text: String, nanoseconds: Int64?)) {
        let parsed = Array(row.text.utf8).withUnsafeBytes { GRPCTimeout.parse($0) }
        #expect(parsed == row.nanoseconds)
    }

    static let amounts: [(nanoseconds: Int64, text: String)] = [
        (1, "1n"), (99_999_999, "99999999n"), (100_000_000, "100000u"), (100_000_001, "100001u"),
        (3_600_000_000_000, "3600000m"), (86_400_000_000_000, "86400000m"), (-5, "0n"),
    ]

    @Test(arguments: amounts)
    func timeoutIsRoundedUpToEightDigits(row: (nanoseconds: Int64, text: String)) {
        #expect(GRPCTimeout.format(nanoseconds: row.nanoseconds) == row.text)
    }

    @Test func longestTimeoutIsStillAHeader() {
        let text = GRPCTimeout.format(nanoseconds: .max)
        #expect(text.utf8.count <= 9)
        #expect(Array(text.utf8).withUnsafeBytes { GRPCTimeout.parse($0) } != nil)
    }

    static let messages: [(text: String, encoded: String)] = [
        ("plain", "plain"), ("100%", "100%25"), ("tab\t", "tab%09"), ("é", "%C3%A9"),
        ("\n☺\r", "%0A%E2%98%BA%0D"), ("", ""), (" a b ", "%20a b%20"), ("  ", "%20%20"),
    ]

    @Test(arguments: messages)
    func statusMessagesArePercentEncoded(row: (text: String, encoded: String)) {
        let encoded = PercentEncoding.encode(row.text, limit: 1_000)
        #expect(String(decoding: encoded, as: UTF8.self) == row.encoded)
        #expect(PercentEncoding.decode(encoded) == row.text)
    }

    @Test func brokenEscapesStayAsTheyAre() {
        #expect(PercentEncoding.decode(Array("50% of %zz %4".utf8)) == "50% of %zz %4")
    }

    @Test func longMessagesAreCutBetweenCharacters() {
        let encoded = PercentEncoding.encode(String(repeating: "é", count: 100), limit: 20)
        #expect(String(decoding: encoded, as: UTF8.self) == "%C3%A9%C3%A9%C3%A9")
    }

    @Test func base64OfEveryLengthComesBack() {
        for length in 0...70 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 200) }
            let text = Base64.encode(bytes)
            #expect(!text.contains(UInt8(ascii: "=")))
            #expect(Base64.decode(text) == bytes)
            let padding = [UInt8](repeating: UInt8(ascii: "="), count: (4 - text.count % 4) % 4)
            #expect(Base64.decode(text + padding) == bytes)
        }
    }

    @Test(arguments: ["A", "AAAAA", "AA=A", "A===", "AA==A", "A*AA", "AA="])
    func brokenBase64IsRefused(text: String) {
        #expect(Base64.decode(text.utf8) == nil)
    }

    @Test func statusDetailsComeBack() {
        let details = [
            RPCStatus.Detail(typeURL: "type.googleapis.com/test.One", value: [1, 2, 3]),
            RPCStatus.Detail(typeURL: "type.googleapis.com/test.Empty", value: []),
        ]
        let status = RPCStatus(.notFound, "no such tank", details: details)
        let bytes = StatusDetails.encode(status)
        #expect(StatusDetails.decode(bytes) == details)
        // google.rpc.Status: code = 1, message = 2.
        #expect(bytes.starts(with: [0x08, 5, 0x12, 12]))
    }

    @Test func brokenDetailsAreNone() {
        #expect(StatusDetails.decode([0x1A, 0x7F, 1]) == [])
        #expect(StatusDetails.decode([0xFF]) == [])
    }

    static let httpStatuses: [(Int, RPCStatus.Code)] = [
        (400, .internal), (401, .unauthenticated), (403, .permissionDenied),
        (404, .unimplemented), (429, .unavailable), (502, .unavailable), (503, .unavailable),
        (504, .unavailable), (500, .unknown), (302, .unknown),
    ]

    @Test(arguments: httpStatuses)
    func httpStatusBecomesACode(row: (Int, RPCStatus.Code)) {
        #expect(StatusMapping.code(httpStatus: row.0) == row.1)
    }

    static let resetCodes: [(UInt32, RPCStatus.Code)] = [
        (0x0, .internal), (0x1, .internal), (0x2, .internal), (0x3, .internal), (0x7, .unavailable),
        (0x8, .cancelled), (0xB, .resourceExhausted), (0xC, .permissionDenied), (0x99, .internal),
    ]

    @Test(arguments: resetCodes)
    func resetCodeBecomesACode(row: (UInt32, RPCStatus.Code)) {
        #expect(StatusMapping.code(resetCode: row.0) == row.1)
    }

    @Test func metadataThatHTTPCannotCarryIsLeftOut() {
        var metadata = Metadata()
        metadata.add("good", "value")
        metadata.add("Upper", "is lowered")
        metadata.add("grpc-status", "0")
        metadata.add("te", "gzip")
        metadata.add("bad name", "x")
        metadata.add("bad-value", "line\nbreak")
        metadata.add("key-bin", bytes: [0, 255])
        var headers = HeaderList()
        headers.add(metadata)
        let names = headers.withFields { fields, count in
            (0..<count).map { index -> String in
                let field = UnsafeBufferPointer(start: fields, count: count)[index]
                return String(
                    decoding: UnsafeBufferPointer(start: field.name, count: field.namelen),
                    as: UTF8.self)
            }
        }
        #expect(names == ["good", "upper", "key-bin"])
    }
}

/// Compression, and what it must not do.
struct GzipTests {
    private func compressed(_ bytes: [UInt8]) throws -> ByteBuffer {
        let compressor = try #require(GzipCompressor())
        var output = ByteBuffer()
        bytes.withUnsafeBytes { compressor.compress($0, into: &output) }
        return output
    }

    private func decompressed(_ input: ByteBuffer, limit: Int) throws -> [UInt8] {
        let decompressor = try #require(GzipDecompressor())
        var output = ByteBuffer()
        try input.withUnsafeReadableBytes { bytes in
            try decompressor.decompress(bytes, limit: limit, into: &output)
        }
        return Array(output.readableBytesView)
    }

    @Test(arguments: [0, 1, 100, 1_023, 1_024, 100_000])
    func whatIsCompressedComesBack(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }
        #expect(try decompressed(compressed(bytes), limit: count) == bytes)
    }

    @Test func aBombStopsAtTheLimit() throws {
        let bomb = try compressed([UInt8](repeating: 0, count: 50 << 20))
        #expect(bomb.readableBytes < 100_000)
        #expect(throws: GzipDecompressor.Failure.tooLarge) {
            try decompressed(bomb, limit: 1 << 20)
        }
    }

    @Test func oneByteMoreThanTheLimitIsTooLarge() throws {
        let input = try compressed([UInt8](repeating: 1, count: 1_001))
        #expect(throws: GzipDecompressor.Failure.tooLarge) { try decompressed(input, limit: 1_000) }
    }

    @Test func cutOrChangedBytesAreMalformed() throws {
        let whole = try compressed(Array("something to compress".utf8))
        var cut = whole
        cut.moveWriterIndex(to: whole.writerIndex - 3)
        #expect(throws: GzipDecompressor.Failure.malformed) { try decompressed(cut, limit: 100) }
        var longer = whole
        longer.writeBytes([1, 2, 3])
        #expect(throws: GzipDecompressor.Failure.malformed) { try decompressed(longer, limit: 100) }
        let garbage = ByteBuffer(bytes: [1, 2, 3, 4])
        #expect(throws: GzipDecompressor.Failure.malformed) {
            try decompressed(garbage, limit: 100)
        }
        #expect(throws: GzipDecompressor.Failure.malformed) {
            try decompressed(ByteBuffer(), limit: 100)
        }
    }

    @Test func aDecompressorWorksAgainAfterAFailure() throws {
        let decompressor = try #require(GzipDecompressor())
        var output = ByteBuffer()
        #expect(throws: GzipDecompressor.Failure.malformed) {
            try [UInt8(9)].withUnsafeBytes {
                try decompressor.decompress($0, limit: 10, into: &output)
            }
        }
        output.clear()
        let good = try compressed([5, 6, 7])
        try good.withUnsafeReadableBytes {
            try decompressor.decompress($0, limit: 10, into: &output)
        }
        #expect(Array(output.readableBytesView) == [5, 6, 7])
    }
}
