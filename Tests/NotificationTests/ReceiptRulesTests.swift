import Domain
import Notification
import NotificationCore
import Testing

@Suite struct ReceiptRulesTests {
    static let rules = ReceiptRules(secret: "0123456789abcdef", textPointer: "/why")

    static let rows: [(receipt: String, event: NotificationEvent?)] = [
        (#"{"id":"n/1","state":"DELIVRD"}"#, .receipt(.notice(NoticeID("n/1")), .delivered)),
        (
            #"{"id":"n/1","state":"UNDELIV","why":"off"}"#,
            .receipt(.notice(NoticeID("n/1")), .failed("receipt: UNDELIV (off)"))
        ),
        // A state between changes nothing.
        (#"{"id":"n/1","state":"ACCEPTD"}"#, nil),
    ]

    @Test(arguments: rows)
    func receiptSaysWhatBecameOfANotice(
        row: (receipt: String, event: NotificationEvent?)
    ) throws {
        let receipt = try JSONValue(parsing: row.receipt.utf8)
        #expect(try Self.rules.event(receipt) == row.event)
    }

    @Test(arguments: [#"{"state":"DELIVRD"}"#, #"{"id":"n/1"}"#, #"{"id":"","state":"x"}"#, "[]"])
    func receiptWithoutANameOrAStateIsRefused(text: String) throws {
        let receipt = try JSONValue(parsing: text.utf8)
        #expect(throws: ChannelMistake.self) { try Self.rules.event(receipt) }
    }

    @Test func providersMayUseTheirOwnNames() throws {
        var rules = Self.rules
        rules.identity = .provider
        let receipt = try JSONValue(parsing: #"{"id":77,"state":"DELIVRD"}"#.utf8)
        #expect(try rules.event(receipt) == .receipt(.provider("77"), .delivered))
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
