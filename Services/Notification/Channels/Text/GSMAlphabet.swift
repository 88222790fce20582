/// The alphabet of 7 bits that every GSM telephone has: septets, one character in one or two.
enum GSMAlphabet {
    private static let basic =
        Array(
            "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{1B}ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
                .unicodeScalars)
        + Array(
            "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà".unicodeScalars)

    /// Characters that take two septets: an escape and one of these.
    private static let extended: [(septet: UInt8, scalar: Unicode.Scalar)] = [
        (0x0A, "\u{0C}"), (0x14, "^"), (0x28, "{"), (0x29, "}"), (0x2F, "\\"), (0x3C, "["),
        (0x3D, "~"), (0x3E, "]"), (0x40, "|"), (0x65, "€"),
    ]

    static let escape: UInt8 = 0x1B

    private static let septets: [Unicode.Scalar: [UInt8]] = {
        var septets: [Unicode.Scalar: [UInt8]] = [:]
        for (septet, scalar) in basic.enumerated() where septet != Int(escape) {
            septets[scalar] = [UInt8(septet)]
        }
        for (septet, scalar) in extended { septets[scalar] = [escape, septet] }
        return septets
    }()

    /// The septets of one character; nil if the alphabet lacks it.
    static func septets(of scalar: Unicode.Scalar) -> [UInt8]? { septets[scalar] }

    /// Text of septets, one in each octet; what is none is shown as U+FFFD.
    static func text(of octets: some Sequence<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        var isEscaped = false
        for octet in octets {
            if isEscaped {
                isEscaped = false
                text.append(extended.first { $0.septet == octet }?.scalar ?? scalar(of: octet))
            } else if octet == escape {
                isEscaped = true
            } else {
                text.append(scalar(of: octet))
            }
        }
        return String(text)
    }

    private static func scalar(of octet: UInt8) -> Unicode.Scalar {
        octet < 128 ? basic[Int(octet)] : "\u{FFFD}"
    }
}
