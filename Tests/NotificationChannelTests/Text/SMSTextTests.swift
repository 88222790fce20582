import NotificationChannels
import Testing

/// NTF-52: whether a text fits its channel is arithmetic that nobody has to guess.
@Suite struct SMSTextTests {
    typealias Row = (
        text: String, alphabet: SMSText.Alphabet, units: Int, parts: [Int]
    )

    static func of(_ piece: String, _ count: Int) -> String {
        String(repeating: piece, count: count)
    }

    /// Units, and the octets of each part; both sides of every limit.
    static let rows: [Row] = [
        ("", .gsm, 0, [0]),
        (of("a", 160), .gsm, 160, [160]), (of("a", 161), .gsm, 161, [153, 8]),
        (of("a", 306), .gsm, 306, [153, 153]), (of("a", 307), .gsm, 307, [153, 153, 1]),
        // The euro takes an escape, which is never torn from it.
        (of("€", 80), .gsm, 160, [160]), (of("€", 81), .gsm, 162, [152, 10]),
        (of("液", 70), .ucs2, 70, [140]), (of("液", 71), .ucs2, 71, [134, 8]),
        (of("液", 134), .ucs2, 134, [134, 134]), (of("液", 135), .ucs2, 135, [134, 134, 2]),
        (of("液", 150), .ucs2, 150, [134, 134, 32]),
        // One Chinese character makes the whole text Chinese.
        (of("a", 69) + "液", .ucs2, 70, [140]), (of("a", 70) + "液", .ucs2, 71, [134, 8]),
        // 𠮷 is a surrogate pair: the 67th unit stays empty rather than tear it.
        (of("𠮷", 35), .ucs2, 70, [140]), (of("𠮷", 36), .ucs2, 72, [132, 12]),
        ("a" + of("𠮷", 35), .ucs2, 71, [134, 8]),
    ]

    @Test(arguments: rows)
    func textIsCutAtTheLimitsOfItsAlphabet(row: Row) {
        let text = SMSText(row.text)
        #expect(text.alphabet == row.alphabet)
        #expect(text.unitCount == row.units)
        #expect(text.parts.map(\.count) == row.parts)
        #expect(SMSText.partCount(of: row.text) == row.parts.count)
    }

    @Test(arguments: rows.filter { $0.alphabet == .ucs2 })
    func partsPutTogetherAreTheText(row: Row) {
        let octets = SMSText(row.text).parts.flatMap { $0 }
        let units = stride(from: 0, to: octets.count, by: 2).map {
            UInt16(octets[$0]) << 8 | UInt16(octets[$0 + 1])
        }
        #expect(String(decoding: units, as: UTF16.self) == row.text)
    }

    @Test func gatewayWithoutTheAlphabetOfGSMGetsUCS2() {
        #expect(SMSText("abc", allowsGSM: false).alphabet == .ucs2)
        #expect(SMSText("abc", allowsGSM: false).parts == [[0, 97, 0, 98, 0, 99]])
    }

    static let septets: [(text: String, octets: [UInt8])] = [
        ("@£$", [0x00, 0x01, 0x02]), ("hazwatch 1", Array("hazwatch 1".utf8)),
        ("[~]", [0x1B, 0x3C, 0x1B, 0x3D, 0x1B, 0x3E]), ("à", [0x7F]), ("Δ_", [0x10, 0x11]),
        ("¿Ä§", [0x60, 0x5B, 0x5F]), ("\n\r", [0x0A, 0x0D]),
    ]

    @Test(arguments: septets)
    func alphabetOfGSMIsThatOfItsTable(row: (text: String, octets: [UInt8])) {
        #expect(SMSText(row.text).parts == [row.octets])
    }

    static let signatures: [(signature: String, signed: String)] = [
        ("", "红色预警"), ("示范应急", "【示范应急】红色预警"), ("【示范应急】", "【示范应急】红色预警"),
    ]

    @Test(arguments: signatures)
    func signatureStandsInFrontOnceAndInItsBrackets(row: (signature: String, signed: String)) {
        #expect(SMSText.signed("红色预警", by: row.signature) == row.signed)
        #expect(SMSText.signed(row.signed, by: row.signature) == row.signed)
    }
}
