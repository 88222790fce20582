import CMessageArena
import CMessages
import Contracts
import RPC
import Testing

/// What a stranger sends to make us spend memory or stack, or to slip text past us.
struct LimitTests {
    /// The reason for which `bytes` are refused as a `type`; nil if they are taken.
    func refusal(_ type: any RPCMessage.Type, _ bytes: [UInt8]) -> MessageDecodingError? {
        do throws(MessageDecodingError) {
            _ = try type.init(serialized: bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [4 << 20, 1 << 20, 64 << 10])
    func aBombOfEmptySubmessagesIsRefused(size: Int) {
        // Field 3 of PushRequest, a row, of length 0: two bytes that would become over a hundred.
        let bomb = (0..<size).map { $0.isMultiple(of: 2) ? UInt8(0x1A) : 0 }
        #expect(refusal(IngestV1.PushRequest.self, bomb)?.reason == .tooMuchMemory)
    }

    @Test func aFewEmptySubmessagesAreTaken() throws {
        let push = IngestV1.PushRequest(rows: Array(repeating: .init(), count: 500))
        #expect(try IngestV1.PushRequest(serialized: push.serialized()) == push)
    }

    @Test func aFullBatchOfRowsIsTaken() throws {
        let rows = (0..<20_000).map {
            IngestV1.Row(pointID: "p\($0)", measuredAtUnixMs: 1_635_724_800_000, value: 0.5)
        }
        let push = IngestV1.PushRequest(gatewayID: "gw-1", sequence: 1, rows: rows)
        #expect(try IngestV1.PushRequest(serialized: push.serialized()) == push)
    }

    @Test func aFullBatchOfColumnsIsTaken() throws {
        let columns = IngestV1.Columns(
            pointIDs: ["p"], point: Array(repeating: 0, count: 100_000), baseUnixMs: 1,
            measuredDeltaMs: Array(repeating: 1, count: 100_000),
            value: Array(repeating: 0.1, count: 100_000))
        #expect(try IngestV1.Columns(serialized: columns.serialized()) == columns)
    }

    @Test func manyShortIdsAreTaken() throws {
        let ids = (0..<50_000).map { "p\($0 % 10)" }
        let request = IngestV1.LatestRequest(pointIDs: ids)
        #expect(try IngestV1.LatestRequest(serialized: request.serialized()).pointIDs == ids)
    }

    @Test func unknownFieldsCostNoMoreThanTheLimit() {
        // Field 15, a varint, a million times.
        let unknown = (0..<(2 << 20)).map { $0.isMultiple(of: 2) ? UInt8(0x78) : 1 }
        #expect(refusal(JournalV1.HeadRequest.self, unknown)?.reason == .tooMuchMemory)
    }

    @Test func textThatIsNotUTF8IsRefusedWithItsField() {
        let bad: [[UInt8]] = [
            [0x80], [0xC0, 0x80], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF],
            [0xE0, 0x80, 0x80], Array("eight ok".utf8) + [0xE5, 0x8E],
        ]
        for text in bad {
            let error = refusal(CommonV1.Reading.self, [0x0A, UInt8(text.count)] + text)
            #expect(
                error
                    == .init(reason: .notUTF8, message: "hazwatch.common.v1.Reading", field: 1))
        }
    }

    @Test(arguments: 0..<18) func aNULInsideOfTextIsRefusedWhereverItStands(place: Int) {
        var text = Array("point-0000000001é".utf8)
        text[place] = 0
        let error = refusal(CommonV1.Reading.self, [0x0A, UInt8(text.count)] + text)
        #expect(error?.reason == (place < 17 ? .embeddedNUL : .notUTF8))
    }

    @Test func aNULThatWeWriteIsReplaced() throws {
        let mistake = CommonV1.Mistake(text: "a\u{0}b\u{0}")
        let again = try CommonV1.Mistake(serialized: mistake.serialized())
        #expect(again.text == "a\u{FFFD}b\u{FFFD}")
    }

    @Test func aMistakeInsideOfASubmessageIsNamedThere() {
        let inner: [UInt8] = [0x0A, 0x01, 0xFF]
        let error = refusal(IngestV1.LatestResponse.self, [0x0A, UInt8(inner.count)] + inner)
        #expect(
            error?.description
                == "field 1 of hazwatch.common.v1.Reading: the string is not UTF-8; "
                + "encode it as UTF-8 or send bytes")
    }

    @Test func aSubmessageSentTwiceIsRefused() {
        let error = refusal(IngestV1.PushRequest.self, [0x22, 0, 0x22, 0])
        #expect(error?.reason == .submessageRepeated)
        #expect(error?.field == 4)
    }

    @Test func aCutOffMessageIsRefusedAtEveryPlace() {
        let whole = JournalV1.Entry(
            seq: 300, atUnixMs: -1, kind: "risk.level_changed", body: [1, 2, 3]
        ).serialized()
        for count in 1..<whole.count
        where refusal(JournalV1.Entry.self, Array(whole[..<count])) == nil {
            // Only between two fields it is whole again, and then it is shorter.
            let shorter = try? JournalV1.Entry(serialized: Array(whole[..<count])).serialized()
            #expect(shorter == Array(whole[..<count]))
        }
        #expect(refusal(JournalV1.Entry.self, Array(whole.dropLast())) != nil)
    }

    @Test func packedNumbersWithoutEndAreRefused() {
        let endless = Array(repeating: UInt8(0x80), count: 11)
        #expect(refusal(IngestV1.Columns.self, [0x12, 11] + endless)?.reason == .malformed)
        #expect(refusal(IngestV1.Columns.self, [0x12, 1, 0x80])?.reason == .malformed)
        #expect(
            refusal(IngestV1.Columns.self, [0x2A, 7] + endless.prefix(7))?.reason == .malformed)
    }

    @Test(arguments: [(64, HAZWATCH_DECODED), (65, HAZWATCH_TOO_DEEP), (2_000, HAZWATCH_TOO_DEEP)])
    func messagesInsideEachOtherAreTakenTo64(depth: Int, result: hazwatch_decoding_result) {
        // No message of ours holds itself, so one is made: field 1 is the message again.
        let field = UnsafeMutablePointer<ProtobufCFieldDescriptor>.allocate(capacity: 1)
        let ranges = UnsafeMutablePointer<ProtobufCIntRange>.allocate(capacity: 2)
        let message = UnsafeMutablePointer<ProtobufCMessageDescriptor>.allocate(capacity: 1)
        defer {
            field.deallocate()
            ranges.deallocate()
            message.deallocate()
        }
        field.initialize(to: .init())
        field.pointee.id = 1
        field.pointee.label = PROTOBUF_C_LABEL_OPTIONAL
        field.pointee.type = PROTOBUF_C_TYPE_MESSAGE
        field.pointee.descriptor = UnsafeRawPointer(message)
        ranges.initialize(to: .init(start_value: 1, orig_index: 0))
        (ranges + 1).initialize(to: .init(start_value: 0, orig_index: 1))
        message.initialize(to: .init())
        message.pointee.sizeof_message = 32
        message.pointee.n_fields = 1
        message.pointee.fields = UnsafePointer(field)
        message.pointee.n_field_ranges = 1
        message.pointee.field_ranges = UnsafePointer(ranges)

        var bytes: [UInt8] = []
        for _ in 0..<depth { bytes = Self.wrapped(bytes) }
        var memory = 0
        #expect(hazwatch_message_check(message, bytes, bytes.count, &memory).result == result)
    }

    /// A message that holds `inner` as field 1.
    private static func wrapped(_ inner: [UInt8]) -> [UInt8] {
        var length = inner.count
        var bytes: [UInt8] = [0x0A]
        while length > 0x7F {
            bytes.append(UInt8(length & 0x7F) | 0x80)
            length >>= 7
        }
        return bytes + [UInt8(length)] + inner
    }
}
