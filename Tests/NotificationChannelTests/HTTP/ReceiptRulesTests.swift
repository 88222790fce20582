import NotificationChannels
import Testing

@Suite struct ReceiptRulesTests {
    static let rules = ReceiptRules(secret: "0123456789abcdef", textPointer: "/why")

    static let rows: [(receipt: String, report: ChannelReport?)] = [
        (#"{"id":"n/1","state":"DELIVRD"}"#, .delivered(.message("n/1"))),
        (
            #"{"id":"n/1","state":"UNDELIV","why":"off"}"#,
            .undeliverable(.message("n/1"), reason: "receipt: UNDELIV (off)")
        ),
        // A state between changes nothing.
        (#"{"id":"n/1","state":"ACCEPTD"}"#, nil),
    ]

    @Test(arguments: rows)
    func receiptSaysWhatBecameOfANotice(
        row: (receipt: String, report: ChannelReport?)
    ) throws {
        let receipt = try JSONValue(parsing: row.receipt.utf8)
        #expect(try Self.rules.report(receipt) == row.report)
    }

    @Test(arguments: [#"{"state":"DELIVRD"}"#, #"{"id":"n/1"}"#, #"{"id":"","state":"x"}"#, "[]"])
    func receiptWithoutANameOrAStateIsRefused(text: String) throws {
        let receipt = try JSONValue(parsing: text.utf8)
        #expect(throws: ChannelMistake.self) { try Self.rules.report(receipt) }
    }

    @Test func providersMayUseTheirOwnNames() throws {
        var rules = Self.rules
        rules.identity = .provider
        let receipt = try JSONValue(parsing: #"{"id":77,"state":"DELIVRD"}"#.utf8)
        #expect(try rules.report(receipt) == .delivered(.provider("77")))
    }

    @Test func replyOfAPersonIsReadByItsRules() throws {
        let reply = try JSONValue(parsing: #"{"telephone":"+86 000-0000-0001","text":"1"}"#.utf8)
        #expect(
            try Self.rules.reply(reply)
                == .reply(telephone: Telephone.digits(of: "86_000_0000_0001"), text: "1"))
        for text in ["{}", #"{"telephone":"1"}"#, #"{"telephone":"","text":"1"}"#] {
            let broken = try JSONValue(parsing: text.utf8)
            #expect(throws: ChannelMistake.self) { try Self.rules.reply(broken) }
        }
    }

    static let secrets: [(shown: String, isAccepted: Bool)] = [
        ("0123456789abcdef", true), ("0123456789abcdeg", false), ("0123456789abcde", false),
        ("", false), ("0123456789abcdef0", false),
    ]

    @Test(arguments: secrets)
    func onlyTheSecretOpens(row: (shown: String, isAccepted: Bool)) {
        #expect(Self.rules.accepts(row.shown) == row.isAccepted)
    }
}
