import Kernel
import NIOCore
import NotificationChannels
import Testing

@Suite struct PDUTests {
    static var message: PDU.ShortMessage {
        var message = PDU.ShortMessage()
        message.serviceType = "CMT"
        message.source = PDU.Address("1069", ton: 3, npi: 1)
        message.destination = PDU.Address("8600001", ton: 1, npi: 1)
        (message.esmClass, message.protocolID, message.priority) = (0x40, 1, 2)
        (message.schedule, message.validity) = ("", "000001000000000R")
        (message.registeredDelivery, message.replaces) = (1, 1)
        (message.dataCoding, message.predefined) = (8, 3)
        message.octets = [5, 0, 3, 7, 2, 1, 0x6D, 0xB2]
        message.parameters = [PDU.Parameter(0x0204, [1, 2]), PDU.Parameter(0x1400, [])]
        return message
    }

    static var bind: PDU.Bind {
        var bind = PDU.Bind()
        (bind.systemID, bind.password, bind.systemType) = ("hazwatch", "secret", "ALARM")
        bind.addressRange = PDU.Address("1069", ton: 1, npi: 1)
        return bind
    }

    static var data: PDU.ShortMessage {
        var message = PDU.ShortMessage()
        (message.source, message.destination) = (PDU.Address("1"), PDU.Address("2"))
        message.parameters = [PDU.Parameter(PDU.Tag.payload, [1])]
        return message
    }

    static let pdus: [PDU] =
        [.transceiver, .transmitter, .receiver].flatMap { kind in
            [
                PDU(.bind(kind, bind), sequence: 1),
                PDU(.bindResponse(kind, systemID: "smsc"), sequence: 1),
            ]
        } + [
            PDU(.unbind, sequence: 2), PDU(.unbindResponse, sequence: 2),
            PDU(.enquireLink, sequence: 3), PDU(.enquireLinkResponse, sequence: 3),
            PDU(.genericNack, sequence: 4, status: .init(rawValue: 3)),
            PDU(.submit(message), sequence: 5),
            PDU(.submitResponse(messageID: "a1"), sequence: 5),
            PDU(.submitResponse(messageID: ""), sequence: 5, status: .init(rawValue: 0x58)),
            PDU(.deliver(message), sequence: 6), PDU(.deliverResponse, sequence: 6),
            PDU(.data(data), sequence: 7), PDU(.dataResponse(messageID: "b"), sequence: 7),
            PDU(.alert, sequence: 8), PDU(.outbind, sequence: 9),
            PDU(.unknown(command: 0x21, [1, 2, 3]), sequence: 0x7FFF_FFFF),
        ]

    @Test(arguments: pdus)
    func whatIsWrittenIsReadAgain(pdu: PDU) throws {
        var buffer = ByteBuffer()
        pdu.write(into: &buffer)
        #expect(buffer.getInteger(at: 0, as: UInt32.self).map(Int.init) == buffer.readableBytes)
        #expect(try PDU(from: &buffer) == pdu)
        #expect(buffer.readableBytes == 0)
    }

    /// The bytes of a bind as the specification lays them out, written down by hand.
    @Test func bindIsLaidOutAsSpecified() {
        var buffer = ByteBuffer()
        var bind = PDU.Bind()
        (bind.systemID, bind.password) = ("ab", "c")
        PDU(.bind(.transceiver, bind), sequence: 258).write(into: &buffer)
        let bytes: [UInt8] = [
            0, 0, 0, 26, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 1, 2, 0x61, 0x62, 0, 0x63, 0, 0, 0x34, 0,
            0, 0,
        ]
        #expect(Array(buffer.readableBytesView) == bytes)
    }

    @Test func halfAPDUIsWaitedForAndTwoAreTwo() throws {
        var whole = ByteBuffer()
        for pdu in Self.pdus { pdu.write(into: &whole) }
        var (fed, read) = (ByteBuffer(), [PDU]())
        for byte in whole.readableBytesView {
            fed.writeInteger(byte)
            if let pdu = try PDU(from: &fed) { read.append(pdu) }
        }
        #expect(read == Self.pdus)
    }

    @Test(arguments: [0, 15, 70_001, UInt32.max])
    func lengthThatCannotBeIsRefusedAtOnce(length: UInt32) {
        var buffer = ByteBuffer(integer: length)
        #expect(throws: PDUMistake.length(length)) { try PDU(from: &buffer) }
    }

    /// Each field of a body is missing once: a mistake of that PDU, never of the next one.
    @Test(arguments: pdus)
    func bodyThatBreaksOffSpoilsNoOther(pdu: PDU) throws {
        var buffer = ByteBuffer()
        pdu.write(into: &buffer)
        let bytes = Array(buffer.readableBytesView)
        for length in 16..<bytes.count {
            var cut = ByteBuffer(bytes: bytes.prefix(length))
            cut.setInteger(UInt32(length), at: 0)
            PDU(.enquireLink, sequence: 77).write(into: &cut)
            do throws(PDUMistake) {
                _ = try PDU(from: &cut)
            } catch {
                guard case .body(_, let sequence, _) = error else {
                    Issue.record("only the body is broken, not \(error)")
                    return
                }
                #expect(sequence == pdu.sequence)
            }
            #expect(try PDU(from: &cut) == PDU(.enquireLink, sequence: 77))
        }
    }

    @Test func responseMayLeaveOutItsBody() throws {
        var buffer = ByteBuffer(bytes: [0, 0, 0, 16, 0x80, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1])
        #expect(try PDU(from: &buffer) == PDU(.submitResponse(messageID: ""), sequence: 1))
    }

    /// Whatever comes, reading ends, and reads no more than came.
    @Test(arguments: UInt64(1)...200)
    func garbageHarmsNobody(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var buffer = ByteBuffer()
        for _ in 0..<20 {
            var one = ByteBuffer()
            Self.pdus[Int.random(in: Self.pdus.indices, using: &random)].write(into: &one)
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let at = Int.random(in: 0..<one.writerIndex, using: &random)
                one.setInteger(UInt8.random(in: 0...255, using: &random), at: at)
            }
            buffer.writeBuffer(&one)
        }
        var left = buffer.readableBytes
        while true {
            do throws(PDUMistake) {
                guard let pdu = try PDU(from: &buffer) else { return }
                _ = Self.read(pdu)
            } catch {
                if case .length = error { return }
            }
            #expect(buffer.readableBytes < left)
            left = buffer.readableBytes
        }
    }

    private static func read(_ pdu: PDU) -> IncomingMessage? {
        switch pdu.body {
        case .deliver(let message), .data(let message):
            IncomingMessage(message, ids: .hexInResponse)
        default: nil
        }
    }

    /// What people write, and receipts, of any octets.
    @Test(arguments: UInt64(1)...200)
    func deliveriesOfAnyOctetsAreRead(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var message = Self.message
        for _ in 0..<50 {
            message.esmClass = UInt8.random(in: 0...255, using: &random)
            message.dataCoding = UInt8.random(in: 0...255, using: &random)
            message.octets = (0..<Int.random(in: 0...254, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            message.parameters = [
                0x001E, 0x0427, 0x0423, 0x020C, 0x020E, 0x020F,
            ].map { tag in
                PDU.Parameter(
                    tag,
                    (0..<Int.random(in: 0...4, using: &random)).map { _ in
                        UInt8.random(in: 0...255, using: &random)
                    })
            }
            if case .reply(let part) = IncomingMessage(message, ids: .same) {
                #expect(part.text.unicodeScalars.count <= 254)
            }
        }
    }
}
