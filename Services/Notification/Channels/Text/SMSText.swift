/// A text as short messages carry it: in which alphabet, how long, and cut into how many parts.
///
/// A text that the alphabet of 7 bits can say has room for 160 characters, or 153 in each of
/// several parts; any other goes as UCS-2, 70 and 67. A header of 6 octets in front of each of
/// several parts tells the telephone which belong together.
package struct SMSText: Equatable, Sendable {
    package enum Alphabet: String, Codable, Sendable {
        /// 7 bits; some characters, such as €, count as two.
        case gsm
        /// 16 bits; characters outside the first plane, such as 𠮷, count as two.
        case ucs2

        /// How much one message holds if it is the only one.
        package var unitsAlone: Int { self == .gsm ? 160 : 70 }
        /// How much each of several holds.
        package var unitsInPart: Int { self == .gsm ? 153 : 67 }
    }

    package let alphabet: Alphabet
    /// Septets of `gsm`, or 16-bit units of `ucs2`.
    package let unitCount: Int
    /// The octets of each part without its header: a septet in each octet, or big-endian units.
    package let parts: [[UInt8]]

    /// What stands in front of a text on a telephone: 【…】 around the name of the sender, once.
    package static func signed(_ text: String, by signature: String) -> String {
        if signature.isEmpty { return text }
        let mark = signature.hasPrefix("【") ? signature : "【\(signature)】"
        return text.hasPrefix(mark) ? text : mark + text
    }

    /// `allowsGSM` is false for a gateway whose default alphabet is not that of GSM.
    package init(_ text: String, allowsGSM: Bool = true) {
        let scalars = Array(text.unicodeScalars)
        let septets = allowsGSM ? scalars.map { GSMAlphabet.septets(of: $0) } : [nil]
        if septets.allSatisfy({ $0 != nil }) {
            self.init(.gsm, septets.compactMap { $0 }, octetsInUnit: 1)
        } else {
            self.init(.ucs2, scalars.map { Self.octets(of: $0) }, octetsInUnit: 2)
        }
    }

    /// A text that is too long for the parts that are sent loses what is long in its middle.
    init(fitting text: String, allowsGSM: Bool = true) {
        let short = ShortenedText.fitting(text) { text in
            SMSText(text, allowsGSM: allowsGSM).parts.count <= ChannelLimits.partsMax
        }
        self.init(short, allowsGSM: allowsGSM)
    }

    /// How many parts `text` takes.
    package static func partCount(of text: String) -> Int { SMSText(text).parts.count }

    /// Cuts between characters only: neither a surrogate pair nor an escape is torn.
    private init(_ alphabet: Alphabet, _ characters: [[UInt8]], octetsInUnit: Int) {
        let octetCount = characters.reduce(0) { $0 + $1.count }
        self.alphabet = alphabet
        unitCount = octetCount / octetsInUnit
        if octetCount <= alphabet.unitsAlone * octetsInUnit {
            parts = [characters.flatMap { $0 }]
            return
        }
        let room = alphabet.unitsInPart * octetsInUnit
        var (parts, part): ([[UInt8]], [UInt8]) = ([], [])
        for character in characters {
            if part.count + character.count > room {
                parts.append(part)
                part = []
            }
            part += character
        }
        self.parts = parts + [part]
    }

    private static func octets(of scalar: Unicode.Scalar) -> [UInt8] {
        UTF16.encode(scalar)?.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? []
    }
}
