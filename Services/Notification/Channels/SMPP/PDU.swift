import NIOCore

/// One message of SMPP 3.4, as either side sends it.
package struct PDU: Equatable, Sendable {
    package var status: CommandStatus
    package var sequence: UInt32
    package var body: Body

    package init(_ body: Body, sequence: UInt32, status: CommandStatus = .init(rawValue: 0)) {
        (self.body, self.sequence, self.status) = (body, sequence, status)
    }

    package enum Body: Equatable, Sendable {
        case bind(BindKind, Bind)
        case bindResponse(BindKind, systemID: String)
        case unbind, unbindResponse
        case enquireLink, enquireLinkResponse
        case genericNack
        case submit(ShortMessage)
        case submitResponse(messageID: String)
        case deliver(ShortMessage)
        case deliverResponse
        /// What a gateway may use in place of `deliver`; its text stands in a parameter.
        case data(ShortMessage)
        case dataResponse(messageID: String)
        /// A telephone is there again; needs no answer.
        case alert
        /// An SMSC that asks us to bind.
        case outbind
        /// A request or response that we do not know.
        case unknown(command: UInt32, [UInt8])
    }

    package enum BindKind: UInt32, Sendable {
        case receiver = 0x01
        case transmitter = 0x02
        case transceiver = 0x09
    }

    package struct Bind: Equatable, Sendable {
        package var systemID = ""
        package var password = ""
        package var systemType = ""
        package var interfaceVersion: UInt8 = 0x34
        package var addressRange = Address()

        package init() {}
    }

    package struct Address: Equatable, Hashable, Sendable {
        /// Type of number: 0 unknown, 1 international, 2 national, 5 letters.
        package var ton: UInt8
        /// Numbering plan: 0 unknown, 1 telephone.
        package var npi: UInt8
        package var text: String

        package init(_ text: String = "", ton: UInt8 = 0, npi: UInt8 = 0) {
            (self.text, self.ton, self.npi) = (text, ton, npi)
        }
    }

    /// An optional parameter: tag, length, value.
    package struct Parameter: Equatable, Sendable {
        package var tag: UInt16
        package var value: [UInt8]

        package init(_ tag: UInt16, _ value: [UInt8]) {
            (self.tag, self.value) = (tag, value)
        }
    }

    /// The body of `submit_sm`, `deliver_sm` and, with fewer fields, `data_sm`.
    package struct ShortMessage: Equatable, Sendable {
        package var serviceType = ""
        package var source = Address()
        package var destination = Address()
        package var esmClass: UInt8 = 0
        package var protocolID: UInt8 = 0
        package var priority: UInt8 = 0
        package var schedule = ""
        package var validity = ""
        package var registeredDelivery: UInt8 = 0
        package var replaces: UInt8 = 0
        package var dataCoding: UInt8 = 0
        package var predefined: UInt8 = 0
        package var octets: [UInt8] = []
        package var parameters: [Parameter] = []

        package init() {}

        package func parameter(_ tag: UInt16) -> [UInt8]? {
            parameters.first { $0.tag == tag }?.value
        }
    }

    /// Tags of the parameters that we read.
    package enum Tag {
        package static let receiptedMessageID: UInt16 = 0x001E
        package static let reference: UInt16 = 0x020C
        package static let segmentCount: UInt16 = 0x020E
        package static let segment: UInt16 = 0x020F
        package static let networkError: UInt16 = 0x0423
        package static let payload: UInt16 = 0x0424
        package static let messageState: UInt16 = 0x0427
    }

    /// The number of the command on the wire.
    package var command: UInt32 {
        switch body {
        case .bind(let kind, _): kind.rawValue
        case .bindResponse(let kind, _): Self.response | kind.rawValue
        case .submit: 0x04
        case .submitResponse: Self.response | 0x04
        case .deliver: 0x05
        case .deliverResponse: Self.response | 0x05
        case .unbind: 0x06
        case .unbindResponse: Self.response | 0x06
        case .outbind: 0x0B
        case .enquireLink: 0x15
        case .enquireLinkResponse: Self.response | 0x15
        case .alert: 0x0102
        case .data: 0x0103
        case .dataResponse: Self.response | 0x0103
        case .genericNack: Self.response
        case .unknown(let command, _): command
        }
    }

    static let response: UInt32 = 0x8000_0000
    static let headerLength = 16

    package var isResponse: Bool { command & Self.response != 0 }
}
