/// What an SMSC says of a request: 0 for yes, or why not.
package struct CommandStatus: RawRepresentable, Equatable, Hashable, Sendable {
    package var rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }
    init(_ rawValue: UInt32) { self.rawValue = rawValue }

    static let ok = CommandStatus(0x00)
    static let invalidLength = CommandStatus(0x02)
    static let invalidCommand = CommandStatus(0x03)
    static let wrongBindState = CommandStatus(0x04)
    static let alreadyBound = CommandStatus(0x05)
    static let systemError = CommandStatus(0x08)
    static let invalidDestination = CommandStatus(0x0B)
    static let bindFailed = CommandStatus(0x0D)
    static let invalidPassword = CommandStatus(0x0E)
    static let queueFull = CommandStatus(0x14)
    static let submitFailed = CommandStatus(0x45)
    static let throttled = CommandStatus(0x58)
    /// Ours to a report that could not be stored: send it again.
    static let temporaryError = CommandStatus(0x64)
    static let permanentError = CommandStatus(0x65)

    /// The SMSC has too much to do, and will go on refusing what comes at the same pace.
    var isThrottle: Bool { self == .throttled || self == .queueFull }

    /// Trying again may help: the fault is in the SMSC or the session, not in the message.
    var isTemporary: Bool {
        isThrottle
            || [.systemError, .wrongBindState, .submitFailed, .temporaryError].contains(self)
    }

    private static let meanings: [UInt32: String] = [
        0x01: "message length is invalid", 0x02: "command length is invalid",
        0x03: "command id is invalid", 0x04: "not bound for that", 0x05: "already bound",
        0x08: "system error", 0x0A: "source address is invalid",
        0x0B: "destination address is invalid", 0x0C: "message id is invalid",
        0x0D: "bind failed", 0x0E: "password is invalid", 0x0F: "system id is invalid",
        0x11: "cancelling failed", 0x13: "replacing failed", 0x14: "message queue is full",
        0x15: "service type is invalid", 0x33: "number of destinations is invalid",
        0x42: "esm_class is invalid", 0x43: "may not submit to a list",
        0x44: "may not submit", 0x45: "submit failed", 0x48: "source TON is invalid",
        0x49: "source NPI is invalid", 0x50: "destination TON is invalid",
        0x51: "destination NPI is invalid", 0x53: "system type is invalid",
        0x54: "replace flag is invalid", 0x55: "number of messages is invalid",
        0x58: "throttled", 0x61: "schedule is invalid", 0x62: "validity period is invalid",
        0x63: "predefined message is invalid", 0x64: "temporary error of the receiver",
        0x65: "permanent error of the receiver", 0x66: "rejected by the receiver",
        0x67: "query failed", 0xC0: "optional part is invalid",
        0xC1: "optional parameter is not allowed", 0xC2: "parameter length is invalid",
        0xC3: "expected optional parameter is missing",
        0xC4: "optional parameter value is invalid", 0xFE: "delivery failed",
        0xFF: "unknown error",
    ]
}

extension CommandStatus: CustomStringConvertible {
    /// Such as `0x58 throttled`.
    package var description: String {
        let number = String(rawValue, radix: 16, uppercase: true)
        let code = "0x" + (number.count < 2 ? "0" : "") + number
        return Self.meanings[rawValue].map { "\(code) \($0)" } ?? code
    }
}
