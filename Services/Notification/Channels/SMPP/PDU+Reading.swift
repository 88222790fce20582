package import NIOCore

/// What came over the wire and is no PDU.
package enum PDUMistake: Error, Equatable, Sendable {
    /// The length is impossible, so nobody knows where the next PDU begins.
    case length(UInt32)
    /// The body breaks off, or says what cannot be.
    case body(command: UInt32, sequence: UInt32, String)
}

extension PDU {
    /// Takes one PDU off the front; nil if it has not arrived whole.
    package init?(from buffer: inout ByteBuffer) throws(PDUMistake) {
        let start = buffer.readerIndex
        guard let length: UInt32 = buffer.getInteger(at: start) else { return nil }
        guard length >= Self.headerLength, length <= ChannelLimits.pduBytesMax else {
            throw .length(length)
        }
        guard var bytes = buffer.readSlice(length: Int(length)) else { return nil }
        bytes.moveReaderIndex(forwardBy: 4)
        guard
            let (command, status, sequence) = bytes.readMultipleIntegers(
                as: (UInt32, UInt32, UInt32).self)
        else { throw .length(length) }
        var reader = PDUReader(bytes: bytes, command: command, sequence: sequence)
        self.init(
            try Self.body(command, &reader), sequence: sequence, status: CommandStatus(status))
    }

    private static func body(
        _ command: UInt32, _ reader: inout PDUReader
    ) throws(PDUMistake) -> Body {
        if let kind = BindKind(rawValue: command) { return .bind(kind, try bind(&reader)) }
        if let kind = BindKind(rawValue: command & ~response) {
            return .bindResponse(kind, systemID: reader.textIfAny())
        }
        return switch command {
        case 0x04: .submit(try shortMessage(&reader))
        case response | 0x04: .submitResponse(messageID: reader.textIfAny())
        case 0x05: .deliver(try shortMessage(&reader))
        case response | 0x05: .deliverResponse
        case 0x06: .unbind
        case response | 0x06: .unbindResponse
        case 0x0B: .outbind
        case 0x15: .enquireLink
        case response | 0x15: .enquireLinkResponse
        case 0x0102: .alert
        case 0x0103: .data(try dataMessage(&reader))
        case response | 0x0103: .dataResponse(messageID: reader.textIfAny())
        case response: .genericNack
        default: .unknown(command: command, reader.rest())
        }
    }

    private static func bind(_ reader: inout PDUReader) throws(PDUMistake) -> Bind {
        var bind = Bind()
        bind.systemID = try reader.text("system_id")
        bind.password = try reader.text("password")
        bind.systemType = try reader.text("system_type")
        bind.interfaceVersion = try reader.octet("interface_version")
        bind.addressRange = try reader.address("address_range")
        return bind
    }

    private static func shortMessage(
        _ reader: inout PDUReader
    ) throws(PDUMistake) -> ShortMessage {
        var message = ShortMessage()
        message.serviceType = try reader.text("service_type")
        message.source = try reader.address("source_addr")
        message.destination = try reader.address("destination_addr")
        message.esmClass = try reader.octet("esm_class")
        message.protocolID = try reader.octet("protocol_id")
        message.priority = try reader.octet("priority_flag")
        message.schedule = try reader.text("schedule_delivery_time")
        message.validity = try reader.text("validity_period")
        message.registeredDelivery = try reader.octet("registered_delivery")
        message.replaces = try reader.octet("replace_if_present_flag")
        message.dataCoding = try reader.octet("data_coding")
        message.predefined = try reader.octet("sm_default_msg_id")
        let length = try reader.octet("sm_length")
        message.octets = try reader.octets(Int(length), "short_message")
        message.parameters = try reader.parameters()
        return message
    }

    private static func dataMessage(_ reader: inout PDUReader) throws(PDUMistake) -> ShortMessage {
        var message = ShortMessage()
        message.serviceType = try reader.text("service_type")
        message.source = try reader.address("source_addr")
        message.destination = try reader.address("destination_addr")
        message.esmClass = try reader.octet("esm_class")
        message.registeredDelivery = try reader.octet("registered_delivery")
        message.dataCoding = try reader.octet("data_coding")
        message.parameters = try reader.parameters()
        return message
    }
}

/// Reads the fields of one body, and says which of them is broken.
struct PDUReader {
    var bytes: ByteBuffer
    let command: UInt32
    let sequence: UInt32

    private func broken(_ field: String) -> PDUMistake {
        .body(command: command, sequence: sequence, "\(field) breaks off")
    }

    /// A text that a zero ends.
    mutating func text(_ field: String) throws(PDUMistake) -> String {
        guard let length = bytes.readableBytesView.firstIndex(of: 0),
            let text = bytes.readString(length: length - bytes.readerIndex)
        else { throw broken(field) }
        bytes.moveReaderIndex(forwardBy: 1)
        return text
    }

    /// The same at the end of a response, where some gateways leave out the zero, or all of it.
    mutating func textIfAny() -> String {
        let text = bytes.readableBytesView.prefix { $0 != 0 }
        return String(decoding: text, as: UTF8.self)
    }

    mutating func octet(_ field: String) throws(PDUMistake) -> UInt8 {
        guard let octet: UInt8 = bytes.readInteger() else { throw broken(field) }
        return octet
    }

    mutating func octets(_ count: Int, _ field: String) throws(PDUMistake) -> [UInt8] {
        guard let octets = bytes.readBytes(length: count) else { throw broken(field) }
        return octets
    }

    mutating func address(_ field: String) throws(PDUMistake) -> PDU.Address {
        let ton = try octet(field)
        let npi = try octet(field)
        return PDU.Address(try text(field), ton: ton, npi: npi)
    }

    mutating func parameters() throws(PDUMistake) -> [PDU.Parameter] {
        var parameters: [PDU.Parameter] = []
        while bytes.readableBytes > 0 {
            guard let (tag, length) = bytes.readMultipleIntegers(as: (UInt16, UInt16).self) else {
                throw broken("a parameter")
            }
            parameters.append(PDU.Parameter(tag, try octets(Int(length), "a parameter")))
        }
        return parameters
    }

    mutating func rest() -> [UInt8] { bytes.readBytes(length: bytes.readableBytes) ?? [] }
}
