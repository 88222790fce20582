package import NIOCore

extension PDU {
    /// Appends it as it goes over the wire.
    package func write(into buffer: inout ByteBuffer) {
        let start = buffer.writerIndex
        buffer.writeInteger(UInt32(0))
        buffer.writeInteger(command)
        buffer.writeInteger(status.rawValue)
        buffer.writeInteger(sequence)
        writeBody(into: &buffer)
        buffer.setInteger(UInt32(buffer.writerIndex - start), at: start)
    }

    private func writeBody(into buffer: inout ByteBuffer) {
        switch body {
        case .bind(_, let bind):
            buffer.writeCText(bind.systemID)
            buffer.writeCText(bind.password)
            buffer.writeCText(bind.systemType)
            buffer.writeInteger(bind.interfaceVersion)
            buffer.writeAddress(bind.addressRange)
        case .bindResponse(_, let text), .submitResponse(let text), .dataResponse(let text):
            // Without success there is no body.
            if status == .ok { buffer.writeCText(text) }
        case .submit(let message), .deliver(let message):
            Self.write(message, into: &buffer)
        case .data(let message):
            buffer.writeCText(message.serviceType)
            buffer.writeAddress(message.source)
            buffer.writeAddress(message.destination)
            buffer.writeBytes([message.esmClass, message.registeredDelivery, message.dataCoding])
            buffer.writeParameters(message.parameters)
        case .deliverResponse:
            buffer.writeCText("")
        case .unknown(_, let bytes):
            buffer.writeBytes(bytes)
        case .unbind, .unbindResponse, .enquireLink, .enquireLinkResponse, .genericNack, .alert,
            .outbind:
            break
        }
    }

    private static func write(_ message: ShortMessage, into buffer: inout ByteBuffer) {
        buffer.writeCText(message.serviceType)
        buffer.writeAddress(message.source)
        buffer.writeAddress(message.destination)
        buffer.writeBytes([message.esmClass, message.protocolID, message.priority])
        buffer.writeCText(message.schedule)
        buffer.writeCText(message.validity)
        buffer.writeBytes([
            message.registeredDelivery, message.replaces, message.dataCoding, message.predefined,
        ])
        let octets = message.octets.prefix(Int(UInt8.max))
        buffer.writeInteger(UInt8(octets.count))
        buffer.writeBytes(octets)
        buffer.writeParameters(message.parameters)
    }
}

extension ByteBuffer {
    fileprivate mutating func writeCText(_ text: String) {
        // A zero ends the text, so it cannot stand in it.
        writeBytes(text.utf8.filter { $0 != 0 })
        writeInteger(UInt8(0))
    }

    fileprivate mutating func writeAddress(_ address: PDU.Address) {
        writeInteger(address.ton)
        writeInteger(address.npi)
        writeCText(address.text)
    }

    fileprivate mutating func writeParameters(_ parameters: [PDU.Parameter]) {
        for parameter in parameters {
            let value = parameter.value.prefix(Int(UInt16.max))
            writeInteger(parameter.tag)
            writeInteger(UInt16(value.count))
            writeBytes(value)
        }
    }
}
