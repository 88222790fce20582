/// What an SMSC delivers: a receipt, or what somebody wrote.
package enum IncomingMessage: Equatable, Sendable {
    case receipt(DeliveryReceipt)
    /// The person has read the message.
    case readReceipt(providerID: String)
    case reply(ReplyPart)
    /// Something between, or of no concern to us; it is taken and changes nothing.
    case nothing

    private static let kindMask: UInt8 = 0b0011_1100

    package init(_ message: PDU.ShortMessage, ids: DeliveryReceipt.IDForm) {
        let octets = message.parameter(PDU.Tag.payload) ?? message.octets
        switch message.esmClass & Self.kindMask {
        case 0x04:
            let receipt = DeliveryReceipt(message, text: octets, ids: ids)
            self = receipt.map { .receipt($0) } ?? .nothing
        case 0x08:
            let receipt = DeliveryReceipt(message, text: octets, ids: ids)
            self = receipt.map { .readReceipt(providerID: $0.providerID) } ?? .nothing
        case 0x00:
            self = .reply(ReplyPart(message, octets))
        default:
            self = .nothing
        }
    }
}

/// What somebody wrote, or a part of it.
package struct ReplyPart: Equatable, Sendable {
    package var telephone: String
    package var text: String
    /// Nil: it is whole.
    package var concatenation: Concatenation?

    init(_ message: PDU.ShortMessage, _ octets: [UInt8]) {
        telephone = message.source.text
        var textFrom = 0
        concatenation = Concatenation(message)
        if message.esmClass & 0x40 != 0 {
            let header = Concatenation.read(octets)
            (concatenation, textFrom) = (header.0 ?? concatenation, header.textFrom)
        }
        if concatenation?.count == 1 { concatenation = nil }
        text = Self.text(of: octets[textFrom...], coding: message.dataCoding)
    }

    /// The text by its data coding. Groups with a message class say the alphabet in bits 2 and 3.
    static func text(of octets: ArraySlice<UInt8>, coding: UInt8) -> String {
        switch coding {
        case 0x08, 0x18...0x1B, 0x48...0x4B: utf16(octets)
        case 0x01: String(decoding: octets, as: UTF8.self)
        case 0x03: String(String.UnicodeScalarView(octets.map { Unicode.Scalar($0) }))
        default: GSMAlphabet.text(of: octets)
        }
    }

    private static func utf16(_ octets: ArraySlice<UInt8>) -> String {
        let octets = Array(octets)
        let units = stride(from: 0, to: octets.count - octets.count % 2, by: 2).map {
            UInt16(octets[$0]) << 8 | UInt16(octets[$0 + 1])
        }
        return String(decoding: units, as: UTF16.self)
    }
}
