import NotificationChannels
import Testing

/// A message that is too long for its channel loses what is long in its middle, and is sent.
@Suite struct ShortenedTextTests {
    static let head = "【红色预警】甲厂甲罐区于2021-11-01 08:00 +08:00达到红色预警（重大风险）。"
    static let due = "2021-11-01 08:30 +08:00前未处置降级的，将向市发出警示通报（002-WD §12）。"
    static let clause = "预警依据：002-WD §5。"
    static let link = "确认：https://example.invalid/c/abcdefgh"

    static func wecom(_ text: String) -> Bool { text.utf8.count <= 2_048 }
    static func sms(_ text: String) -> Bool { SMSText(text).parts.count <= 20 }

    static let causes: [String] = [
        String(repeating: "漏", count: 2_000),
        String(repeating: "阀门内漏。", count: 400),
        String(repeating: "a", count: 9_000),
        String(repeating: "漏油\n", count: 600),
        String(repeating: "👨‍👩‍👧", count: 500),
    ]

    @Test(arguments: causes)
    func whatWhereDueAndClauseAreKept(cause: String) {
        let text = "\(Self.head)原因：\(cause)。\(Self.due)\(Self.clause)\(Self.link)"
        for fits in [Self.wecom, Self.sms] {
            let short = ShortenedText.fitting(text, fits)
            #expect(fits(short))
            #expect(short.hasPrefix(Self.head + "原因："))
            #expect(short.hasSuffix(Self.due + Self.clause + Self.link))
            #expect(short.contains("…"))
        }
    }

    @Test func noMoreIsCutThanMustBe() {
        for count in [1, 640, 682, 683, 700, 1_400] {
            let text = String(repeating: "漏", count: count) + "。"
            let short = ShortenedText.fitting(text, Self.wecom)
            if Self.wecom(text) {
                #expect(short == text)
            } else {
                #expect((2_046...2_048).contains(short.utf8.count))
            }
        }
    }

    @Test func longNamesKeepTheirBeginningAndTheTime() {
        let name = "甲" + String(repeating: "化", count: 900)
        let short = ShortenedText.fitting(
            "【红色预警】\(name)于2021-11-01 08:00达到红色预警。原因：压力高。\(Self.due)\(Self.clause)", Self.wecom)
        #expect(Self.wecom(short) && short.hasPrefix("【红色预警】甲化"))
        #expect(short.contains("于2021-11-01 08:00达到红色预警。原因：压力高。" + Self.due + Self.clause))
    }

    @Test func whatNothingCanMakeFitEndsNowhereElse() {
        #expect(ShortenedText.fitting("很长的话", { _ in false }) == "…")
        #expect(ShortenedText.fitting("", Self.wecom).isEmpty)
    }
}
