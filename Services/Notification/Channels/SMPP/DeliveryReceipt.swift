/// What an SMSC says became of a message that it took.
package struct DeliveryReceipt: Equatable, Sendable {
    package enum Fate: Equatable, Sendable {
        case delivered
        /// It never will be.
        case failed(String)
        /// On its way; another receipt follows.
        case pending
    }

    /// The id of the response to `submit_sm`, in the form of `IDForm.ofResponse`.
    package var providerID: String
    package var fate: Fate

    /// Some gateways write a message's id in hexadecimal in one place and decimal in the other.
    package enum IDForm: String, CaseIterable, Sendable {
        /// Both are the same text.
        case same
        /// The response is hexadecimal, the receipt decimal.
        case hexInResponse = "hex-in-response"
        /// The response is decimal, the receipt hexadecimal.
        case hexInReceipt = "hex-in-receipt"

        /// The id of a response, so that it can be compared.
        package func ofResponse(_ id: String) -> String {
            switch self {
            case .same: id
            case .hexInResponse: Self.decimal(id, radix: 16)
            case .hexInReceipt: Self.decimal(id, radix: 10)
            }
        }

        /// The id of a receipt, likewise.
        package func ofReceipt(_ id: String) -> String {
            switch self {
            case .same: id
            case .hexInResponse: Self.decimal(id, radix: 10)
            case .hexInReceipt: Self.decimal(id, radix: 16)
            }
        }

        private static func decimal(_ id: String, radix: Int) -> String {
            let digits = id.hasPrefix("0x") ? id.dropFirst(2) : id[...]
            return UInt128(digits, radix: radix).map { String($0) } ?? id
        }
    }

    /// Nil if it names no message. What parameters say comes before what the text says.
    init?(_ message: PDU.ShortMessage, text octets: [UInt8], ids: IDForm) {
        let fields = Self.fields(of: octets)
        let parameter = message.parameter(PDU.Tag.receiptedMessageID).map {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        guard let id = [parameter, fields["id"]].compactMap({ $0 }).first(where: { !$0.isEmpty })
        else { return nil }
        // A parameter repeats the response's form; only the text may be written otherwise.
        providerID = parameter == id ? ids.ofResponse(id) : ids.ofReceipt(id)
        let word =
            message.parameter(PDU.Tag.messageState)?.first.flatMap { Self.words[$0] }
            ?? fields["stat"]?.uppercased() ?? ""
        fate = Self.fate(word, error: Self.error(message) ?? fields["err"])
    }

    private static func fate(_ word: String, error: String?) -> Fate {
        switch word {
        case "DELIVRD": .delivered
        case "EXPIRED", "DELETED", "UNDELIV", "REJECTD":
            .failed(
                error.map { $0.isEmpty || $0.allSatisfy { $0 == "0" } ? word : "\(word) err:\($0)" }
                    ?? word)
        default: .pending
        }
    }

    private static let words: [UInt8: String] = [
        1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD",
        7: "UNKNOWN", 8: "REJECTD",
    ]

    /// The network's own code, after an octet that names the kind of network.
    private static func error(_ message: PDU.ShortMessage) -> String? {
        guard let value = message.parameter(PDU.Tag.networkError), value.count == 3 else {
            return nil
        }
        return String(UInt16(value[1]) << 8 | UInt16(value[2]))
    }

    /// The fields of `id:… sub:… dlvrd:… submit date:… done date:… stat:… err:… text:…`.
    static func fields(of octets: [UInt8]) -> [String: String] {
        let text = String(decoding: octets, as: UTF8.self)
        var fields: [String: String] = [:]
        for word in text.split(whereSeparator: \.isWhitespace) {
            guard let colon = word.firstIndex(of: ":") else { continue }
            let name = word[..<colon].lowercased()
            // What follows is the message's own text, which may look like fields.
            if name == "text" { break }
            if fields[name] == nil { fields[name] = String(word[word.index(after: colon)...]) }
        }
        return fields
    }
}
