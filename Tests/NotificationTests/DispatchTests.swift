import AsyncHTTPClient
import Domain
import Logging
import Notification
import NotificationChannels
import NotificationCore
import Policy
import Runtime
import SimKit
import Storage
import Testing

/// From the machine's decision to a provider and back, on a real store and real sockets.
@Suite struct DispatchTests {
    static let body = JSONValue.object([
        "id": .string("{id}"), "telephone": .string("{telephone}"), "text": .string("{text}"),
    ])

    @Test func everyPersonIsSentOneMessageThatBearsItsID() async throws {
        let provider = Provider()
        let desk = try await Desk(url: try await provider.url)
        try await desk.level(.yellow)
        await desk.engine.idle()
        let messages = provider.messages.sorted { $0.telephone < $1.telephone }
        #expect(messages.map(\.telephone) == ["tel-operating", "tel-principal", "tel-technical"])
        #expect(messages.allSatisfy { $0.id == $0.key && $0.text.contains("黄色预警") })
        #expect(try await desk.states() == [.sent, .sent, .sent, .sent])
        await desk.stop()
        await provider.stop()
    }

    /// Names of the registry have up to 200 characters each, and a text names three points.
    @Test func overLongCauseStopsNoNotice() async throws {
        let provider = Provider()
        let desk = try await Desk(url: try await provider.url)
        let name = String(repeating: "长", count: 900)
        let causes = ["一", "二", "三"].map { mark in
            LevelNews.Cause(
                deviceName: mark, pointName: name, unit: "kPa", state: .highHigh, value: 95,
                limit: 90, measuredAt: .t0)
        }
        try await desk.engine.submit(
            .levelChanged(
                LevelNews(
                    seq: 1, source: HazardSourceID("s1"), enterprise: EnterpriseID("e"),
                    sourceName: "罐区", enterpriseName: "示范化工", level: .red,
                    changedAt: .t0, knownAt: .t0, causes: causes)))
        await desk.engine.idle()
        let notices = try await desk.notices()
        #expect(notices.allSatisfy { $0.state == .sent && $0.text.count > 2_700 })
        #expect(provider.messages.count == 3)
        for message in provider.messages {
            #expect(SMSText.partCount(of: message.text) <= 20)
            #expect(message.text.hasPrefix("【红色预警】示范化工罐区于2021-11-01 08:00"))
            // When a circular comes if nothing is done, and by which clause.
            #expect(message.text.contains("2021-11-01 08:30"))
            #expect(message.text.hasSuffix("依据：\(notices[0].clause)。"))
        }
        await desk.stop()
        await provider.stop()
    }

    @Test func failureForNowIsTriedAgainWhenItsTimeHasCome() async throws {
        let provider = Provider { message, attempt in
            message.telephone == "tel-technical" && attempt < 3
                ? (.serviceUnavailable, "busy, tel-technical") : (.ok, "{}")
        }
        let desk = try await Desk(url: try await provider.url)
        try await desk.level(.yellow)
        await desk.engine.idle()
        #expect(try await desk.states() == [.sent, .queued, .sent, .sent])
        let said = try await desk.notices()[1].channelMessage
        #expect(said.contains("503") && said.contains("busy") && !said.contains("tel-technical"))
        await desk.advance(by: .seconds(5))
        #expect(try await desk.states()[1] == .queued)
        await desk.advance(by: .seconds(10))
        #expect(try await desk.states()[1] == .sent)
        #expect(
            Set(provider.messages.filter { $0.telephone == "tel-technical" }.map(\.id)).count == 1)
        await desk.stop()
        await provider.stop()
    }

    @Test func deadProviderDelaysNoDesk() async throws {
        // Nobody listens there.
        let desk = try await Desk(url: "http://127.0.0.1:1/send", timeout: .seconds(1))
        try await desk.level(.red)
        #expect(try await desk.states().suffix(4) == [.sent, .sent, .sent, .sent])
        await desk.engine.idle()
        #expect(try await desk.states().prefix(3) == [.queued, .queued, .queued])
        #expect(try await desk.notices()[0].channelMessage.contains("no answer"))
        await desk.stop()
    }

    @Test(.timeLimit(.minutes(10)))
    func answerThatNeverEndsCountsAsNoneAndBlocksNobody() async throws {
        // On a slow machine the shortest may be over before the provider has been asked.
        var asked = 0
        for timeout in [1_000, 10_000, 60_000] as [Int64] where asked < 6 {
            let provider = Provider(manner: .stalling)
            let desk = try await Desk(
                url: try await provider.url, timeout: Interval(milliseconds: timeout))
            try await desk.level(.yellow)
            await desk.engine.idle()
            #expect(try await desk.states() == [.queued, .queued, .queued, .sent])
            let said = try await desk.notices()[0].channelMessage
            #expect(said.contains("not complete after \(timeout) ms"))
            await desk.advance(by: .seconds(5))
            asked = provider.messages.count
            await desk.stop()
            await provider.stop()
        }
        #expect(asked == 6)
    }

    @Test func burstIsHandedOverAtOnceHoweverSlowTheProvider() async throws {
        let provider = Provider(manner: .afterMessages(12))
        let desk = try await Desk(url: try await provider.url, sources: 4)
        for source in 1...4 { try await desk.level(.yellow, source: source) }
        await desk.engine.idle()
        let told = try await desk.notices().filter { $0.channel == "sms" }
        #expect(told.count == 12)
        #expect(told.allSatisfy { $0.state == .sent && $0.attempts == 1 })
        await desk.stop()
        await provider.stop()
    }

    @Test func withoutAProviderNoticesToPersonsFailAndSayWhatToSet() async throws {
        let desk = try await Desk(url: nil)
        try await desk.level(.yellow)
        await desk.engine.idle()
        #expect(try await desk.states() == [.failed, .failed, .failed, .sent])
        #expect(try await desk.notices()[0].channelMessage.contains("set http-url"))
        await desk.stop()
    }

    @Test func nothingOfATelephoneNumberReachesJournalOrTables() async throws {
        let provider = Provider { message, _ in (.badRequest, "no such number \(message.telephone)")
        }
        let desk = try await Desk(url: try await provider.url)
        try await desk.level(.yellow)
        await desk.engine.idle()
        let leaks = try await desk.store.read { db in
            try Int.fetchOne(
                db,
                sql: """
                    select (select count(*) from journal where instr(body, cast('tel-' as blob)))
                        + (select count(*) from notices where instr(body, cast('tel-' as blob)))
                    """)
        }
        #expect(leaks == 0)
        await desk.stop()
        await provider.stop()
    }

    @Test func restartGoesOnWhereItStood() async throws {
        let broken = Provider { _, _ in (.serviceUnavailable, "") }
        let folder = try TemporaryFolder()
        let before = try await Desk(url: try await broken.url, folder: folder)
        try await before.level(.red)
        await before.engine.idle()
        await before.stop()
        await broken.stop()
        let provider = Provider()
        let after = try await Desk(
            url: try await provider.url, folder: folder, now: .t0 + .minutes(31))
        await after.engine.idle()
        // The persons at last, and the circular that fell due meanwhile.
        #expect(provider.messages.count == 3)
        let circular = try await after.notices().last
        #expect(
            circular?.reason == .circular
                && circular?.dueAtUnixMs == (.t0 + .minutes(30)).unixMilliseconds)
        await after.stop()
        await provider.stop()
    }
}
