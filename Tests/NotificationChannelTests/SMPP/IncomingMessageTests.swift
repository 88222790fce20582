import NIOCore
import NotificationChannels
import Testing

/// Receipts and replies as gateways really write them.
@Suite struct IncomingMessageTests {
    static func receipt(
        _ text: String, _ parameters: [PDU.Parameter] = [], esmClass: UInt8 = 4
    ) -> PDU.ShortMessage {
        var message = PDU.ShortMessage()
        (message.esmClass, message.octets, message.parameters) = (
            esmClass, Array(text.utf8), parameters
        )
        return message
    }

    static let whole =
        "id:77 sub:001 dlvrd:001 submit date:2111010800 done date:2111010801 stat:DELIVRD err:000"

    static let rows: [(text: String, fate: DeliveryReceipt.Fate)] = [
        (whole + " text:hello", .delivered),
        ("id:77 stat:delivrd", .delivered),
        ("id:77 stat:UNDELIV err:069 Text:stat:DELIVRD", .failed("UNDELIV err:069")),
        ("id:77 sub:001 stat:EXPIRED err:", .failed("EXPIRED")),
        ("id:77 stat:REJECTD err:000", .failed("REJECTD")),
        ("id:77 stat:DELETED", .failed("DELETED")),
        ("id:77 stat:ACCEPTD", .pending), ("id:77 stat:ENROUTE", .pending),
        ("id:77 stat:UNKNOWN", .pending), ("id:77", .pending),
    ]

    @Test(arguments: rows)
    func receiptSaysWhatBecameOfAMessage(row: (text: String, fate: DeliveryReceipt.Fate)) {
        guard case .receipt(let receipt) = IncomingMessage(Self.receipt(row.text), ids: .same)
        else {
            Issue.record("\(row.text) is a receipt")
            return
        }
        #expect(receipt.providerID == "77" && receipt.fate == row.fate)
    }

    @Test func parametersCountMoreThanTheText() {
        let message = Self.receipt(
            "id:1 stat:DELIVRD err:000",
            [
                PDU.Parameter(PDU.Tag.receiptedMessageID, Array("99\0".utf8)),
                PDU.Parameter(PDU.Tag.messageState, [5]),
                PDU.Parameter(PDU.Tag.networkError, [3, 0, 27]),
            ])
        guard case .receipt(let receipt) = IncomingMessage(message, ids: .same) else {
            Issue.record("it is a receipt")
            return
        }
        #expect(receipt.providerID == "99" && receipt.fate == .failed("UNDELIV err:27"))
    }

    static let ids: [(form: DeliveryReceipt.IDForm, response: String, receipt: String)] = [
        (.same, "0A1b", "0A1b"), (.hexInResponse, "0A1b", "2587"), (.hexInResponse, "0xff", "0255"),
        (.hexInReceipt, "2587", "a1B"), (.hexInReceipt, "0255", "FF"),
        (.hexInResponse, "no number", "no number"),
        (.hexInResponse, "ffffffffffffffff", "18446744073709551615"),
    ]

    @Test(arguments: ids)
    func idIsKnownAgainInEitherForm(
        row: (form: DeliveryReceipt.IDForm, response: String, receipt: String)
    ) {
        #expect(row.form.ofResponse(row.response) == row.form.ofReceipt(row.receipt))
    }

    @Test func receiptWithoutANameAndStatesBetweenChangeNothing() {
        for (text, esmClass) in [("stat:DELIVRD", 4), ("", 4), (Self.whole, 0x20), ("x", 0x18)] {
            let message = Self.receipt(text, esmClass: UInt8(esmClass))
            #expect(IncomingMessage(message, ids: .same) == .nothing)
        }
    }

    @Test func thatSomebodyHasReadItIsHeard() {
        let message = Self.receipt("id:77 stat:DELIVRD", esmClass: 0x08)
        #expect(IncomingMessage(message, ids: .same) == .readReceipt(providerID: "77"))
    }

    static func reply(
        _ octets: [UInt8], coding: UInt8 = 0, esmClass: UInt8 = 0,
        _ parameters: [PDU.Parameter] = []
    ) -> ReplyPart? {
        var message = PDU.ShortMessage()
        message.source = PDU.Address("0001")
        (message.octets, message.dataCoding, message.esmClass) = (octets, coding, esmClass)
        message.parameters = parameters
        guard case .reply(let part) = IncomingMessage(message, ids: .same) else { return nil }
        return part
    }

    static let texts: [(octets: [UInt8], coding: UInt8, text: String)] = [
        ([0x31], 0, "1"), ([0x31], 1, "1"), ([0x31, 0xE9], 3, "1é"),
        ([0x5D, 0xF2, 0x56, 0xDE], 8, "已回"), ([0xD8, 0x42, 0xDF, 0xB7], 8, "𠮷"),
        ([0x5D, 0xF2], 0x18, "已"), ([0x5D, 0xF2, 0x56], 8, "已"), ([], 8, ""),
    ]

    @Test(arguments: texts)
    func replyIsReadByItsCoding(row: (octets: [UInt8], coding: UInt8, text: String)) {
        let part = Self.reply(row.octets, coding: row.coding)
        #expect(part?.text == row.text && part?.telephone == "0001")
    }

    @Test func textMayStandInAParameter() {
        let part = Self.reply([], [PDU.Parameter(PDU.Tag.payload, [0x31])])
        #expect(part?.text == "1")
    }

    static let headers: [(octets: [UInt8], place: Concatenation?, text: String)] = [
        ([5, 0, 3, 9, 2, 1, 0x31], Concatenation(reference: 9, count: 2, number: 1), "1"),
        ([6, 8, 4, 1, 2, 3, 3, 0x31], Concatenation(reference: 258, count: 3, number: 3), "1"),
        // Another header comes first.
        (
            [9, 0x24, 2, 1, 1, 0, 3, 9, 2, 2, 0x31],
            Concatenation(reference: 9, count: 2, number: 2),
            "1"
        ),
        ([2, 0x24, 0, 0x31], nil, "1"), ([5, 0, 3, 9, 2, 0, 0x31], nil, "1"),
        ([5, 0, 3, 9, 1, 1, 0x31], nil, "1"), ([200, 0x31], nil, ""),
        ([5, 0, 9, 9, 2, 1, 0x31], nil, "1"),
    ]

    @Test(arguments: headers)
    func headerSaysWhichPartItIs(row: (octets: [UInt8], place: Concatenation?, text: String)) {
        let part = Self.reply(row.octets, esmClass: 0x40)
        #expect(part?.concatenation == row.place && part?.text == row.text)
    }

    @Test func parametersMaySayWhichPartItIs() {
        let part = Self.reply(
            [0x31],
            [
                PDU.Parameter(PDU.Tag.reference, [1, 2]), PDU.Parameter(PDU.Tag.segmentCount, [2]),
                PDU.Parameter(PDU.Tag.segment, [2]),
            ])
        #expect(part?.concatenation == Concatenation(reference: 258, count: 2, number: 2))
    }

    @Test func replyInPartsIsWholeInWhateverOrderItComes() throws {
        let parts = try (1...3).map { number in
            try #require(
                Self.reply([5, 0, 3, 9, 3, UInt8(number), 0x30 + UInt8(number)], esmClass: 0x40))
        }
        var assembly = ReplyAssembly()
        let now = NIODeadline.uptimeNanoseconds(1)
        #expect(assembly.add(parts[2], at: now) == nil)
        #expect(assembly.add(parts[0], at: now) == nil)
        #expect(assembly.add(parts[0], at: now) == nil)
        #expect(assembly.add(parts[1], at: now) == "123")
        // It was not stored, so its last part comes again.
        #expect(assembly.add(parts[1], at: now) == "123")
        assembly.forget(parts[1])
        #expect(assembly.add(parts[1], at: now) == nil)
    }

    @Test func partsThatAreFarApartAreNotOneReply() throws {
        let parts = try (1...2).map { number in
            try #require(Self.reply([5, 0, 3, 9, 2, UInt8(number), 0x31], esmClass: 0x40))
        }
        var assembly = ReplyAssembly()
        #expect(assembly.add(parts[0], at: .uptimeNanoseconds(1)) == nil)
        #expect(assembly.add(parts[1], at: .uptimeNanoseconds(1) + .minutes(10)) == nil)
    }
}
