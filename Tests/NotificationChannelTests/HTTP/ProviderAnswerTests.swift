import NotificationChannels
import Testing

/// What an answer of a provider means (decision 0014).
@Suite struct ProviderAnswerTests {
    static let provider = HTTPProvider(
        url: "http://provider.invalid", body: .object([:]),
        success: (pointer: "/code", value: "0"), temporaryValues: ["busy"],
        messageIDPointer: "/data/msgid")

    enum Kind { case taken, later, never }

    static let rows: [(status: UInt, body: String, kind: Kind)] = [
        (200, #"{"code":0,"data":{"msgid":77}}"#, .taken),
        (200, #"{"code":"0"}"#, .taken), (202, #"{"code":0}"#, .taken),
        (200, #"{"code":"busy"}"#, .later), (200, #"{"code":13}"#, .never),
        (200, "not json", .never), (200, "", .never), (204, "", .never), (301, "", .never),
        (400, #"{"code":0}"#, .never), (401, "", .never), (404, "", .never), (408, "", .later),
        (425, "", .later), (429, "slow down", .later), (500, "", .later), (503, "", .later),
        (599, "", .later),
    ]

    @Test(arguments: rows)
    func answerIsTakenOrTriedAgainOrFails(row: (status: UInt, body: String, kind: Kind)) {
        let outcome = HTTPChannel.read(
            status: row.status, body: Array(row.body.utf8), Self.provider)
        switch outcome {
        case .taken: #expect(row.kind == .taken)
        case .refusedForNow(let text):
            #expect(row.kind == .later)
            #expect(text.hasPrefix("HTTP \(row.status)") || row.status == 200)
        case .refused: #expect(row.kind == .never)
        case .unknown: Issue.record("an answer is there")
        }
    }

    @Test func nameThatTheProviderGivesIsKept() {
        let body = Array(#"{"code":0,"data":{"msgid":77}}"#.utf8)
        #expect(
            HTTPChannel.read(status: 200, body: body, Self.provider)
                == .taken(providerIDs: ["77"]))
    }

    @Test func answerMayBeAPlainLine() {
        var plain = Self.provider
        plain.success = (pointer: "", value: "0: Accepted for delivery")
        for (body, isTaken) in [("0: Accepted for delivery", true), ("3: Queued", false)] {
            let outcome = HTTPChannel.read(status: 202, body: Array(body.utf8), plain)
            #expect((outcome == .taken(providerIDs: [])) == isTaken)
        }
    }

    @Test func withoutARuleEachStatusOfSuccessIsEnough() {
        let plain = HTTPProvider(url: "http://provider.invalid", body: .object([:]))
        #expect(HTTPChannel.read(status: 200, body: [], plain) == .taken(providerIDs: []))
    }

    @Test func longAndRaggedAnswersAreKeptShortOnOneLine() {
        let body = Array(("line\n\u{7}\t" + String(repeating: "长", count: 5_000)).utf8)
        guard
            case .refusedForNow(let text) = HTTPChannel.read(status: 500, body: body, Self.provider)
        else {
            Issue.record("a 500 is for now")
            return
        }
        #expect(text.count < 230)
        #expect(!text.contains { $0.isNewline || $0 == "\u{7}" })
    }
}
