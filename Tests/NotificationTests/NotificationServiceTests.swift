import Contracts
import Domain
import Notification
import NotificationChannels
import RPC
import Runtime
import SimKit
import Testing

/// The line from a reading to the desks, over real sockets.
@Suite struct NotificationServiceTests {
    @Test func readingBecomesACaseWithItsNotices() async throws {
        let line = try await Line()
        try await line.host.measure(85, minute: 0)
        let one = try #require(try await line.cases().first)
        #expect(one.hazardSourceID == "s1" && one.level == .yellow && one.closedAtUnixMs == 0)
        #expect(one.cause.contains("甲罐压力85kPa，达到高报限值80kPa"))
        let shown = try await line.show(one.id)
        #expect(
            shown.notices.map { "\($0.role) \($0.nodeID) \($0.channel)" } == [
                "principal e1 sms", "technical e1 sms", "operating e1 sms", "county d1 desk",
            ])
        #expect(shown.notices.allSatisfy { $0.clause == "002-WD §5" })
        let coming = shown.due.filter { $0.dueAtUnixMs != 0 }
        #expect(coming.map(\.text) == ["circular 1 to 甲厂", "现场核查督办"])
        #expect(
            coming.map(\.dueAtUnixMs)
                == [60, 1_440].map { (Instant.t0 + .minutes($0)).unixMilliseconds })
        try await line.host.measure(50, minute: 10)
        // Cleared, and not closed: the enterprise owes its report.
        let cleared = try #require(try await line.cases(.init()).first)
        #expect(cleared.clearedAtUnixMs == (Instant.t0 + .minutes(10)).unixMilliseconds)
        #expect(cleared.closedAtUnixMs == 0)
        try await line.host.stop()
    }

    @Test func casesThatOneBatchOpensAreTwoWithAllTheirNotices() async throws {
        let line = try await Line()
        try await line.host.advance(to: .t0 + .minutes(1))
        let rows = [81, 79, 81].enumerated().map { second, value in
            IngestV1.Row(
                pointID: "x1",
                measuredAtUnixMs: (Instant.t0 + .seconds(Int64(second))).unixMilliseconds,
                value: value, quality: .good)
        }
        _ = try await line.host.push(rows, sequence: 1, gateway: "g1", enterprise: "e1")
        try await line.host.settle()
        let cases = try await line.cases()
        // By the numbers of the levels in risk's journal, where alarms have numbers too.
        #expect(cases.map(\.id) == ["s1-6", "s1-2"])
        #expect(cases.map { $0.clearedAtUnixMs == 0 } == [true, false])
        for one in cases {
            let told = try await line.show(one.id).notices
            #expect(told.map(\.id) == told.indices.map { "\(one.id)/\($0 + 1)" })
            #expect(told.count == (one.clearedAtUnixMs == 0 ? 4 : 8))
        }
        try await line.host.stop()
    }

    @Test func circularsGoOutAtTheirExactInstant() async throws {
        let line = try await Line()
        try await line.host.measure(95, minute: 0)
        // Orange until 30, then red: the city hears each half hour.
        try await line.run(toMinute: 125)
        let circulars = try await line.inbox("c1").filter { $0.circularNumber > 0 }.reversed()
        #expect(circulars.map(\.circularNumber) == [1, 2, 3])
        #expect(
            circulars.map(\.decidedAtUnixMs)
                == [60, 90, 120].map { (Instant.t0 + .minutes($0)).unixMilliseconds })
        #expect(circulars.allSatisfy { $0.dueAtUnixMs == $0.decidedAtUnixMs })
        #expect(circulars.allSatisfy { $0.clause == "002-WD §12" })
        try await line.host.stop()
    }

    @Test func stopInTheMiddleLosesNoCircularAndDoublesNone() async throws {
        let before = try await Line()
        try await before.host.measure(95, minute: 0)
        try await before.run(toMinute: 61)
        let folder = before.host.folder
        try await before.host.stop()
        let after = try await Line(folder: folder)
        try await after.run(toMinute: 125)
        let one = try #require(try await after.cases().first)
        let circulars = try await after.show(one.id).notices.filter { $0.circularNumber > 0 }
        #expect(circulars.map(\.circularNumber) == [1, 2, 3])
        #expect(circulars.map(\.dueAtUnixMs) == circulars.map(\.decidedAtUnixMs))
        try await after.host.stop()
    }

    @Test func deskReadsItsNoticesAndConfirmsThem() async throws {
        let line = try await Line()
        try await line.host.measure(85, minute: 0)
        let notice = try #require(try await line.inbox("d1").first)
        #expect(notice.state == .seen)
        #expect(try await line.confirm(notice.id, node: "d1")?.state == .confirmed)
        #expect(try await line.confirm(notice.id, node: "d1")?.state == .confirmed)
        #expect(try await line.inbox("d1").isEmpty)
        #expect(try await line.inbox("d1", all: true).map(\.id) == [notice.id])
        try await line.host.stop()
    }

    @Test func whoLooksOverTheShoulderOfADeskHasNotReadForIt() async throws {
        let line = try await Line()
        try await line.host.measure(85, minute: 0)
        #expect(try await line.inbox("d1", token: "c1").map(\.state) == [.sent])
        #expect(try await line.inbox("d1").map(\.state) == [.seen])
        try await line.host.stop()
    }

    @Test func anotherCountyIsRefusedWithASentence() async throws {
        let line = try await Line()
        try await line.host.measure(85, minute: 0)
        let notice = try #require(try await line.inbox("d1").first)
        let one = try #require(try await line.cases().first)
        #expect(try await line.inbox("d2").isEmpty)
        #expect(try await line.cases(node: "d2").isEmpty)
        #expect(try await line.cases(node: "d1").count == 1)
        let refusals = [
            await refusal { try await line.inbox("d1", token: "d2") },
            await refusal { try await line.show(one.id, node: "d2") },
            await refusal { try await line.confirm(notice.id, node: "d2") },
        ]
        for status in refusals {
            #expect(status?.code == .permissionDenied)
            #expect(status?.message.contains("d2") == true)
            #expect(status?.message.contains("Use a token of") == true)
        }
        try await line.host.stop()
    }

    @Test func caseShowsEveryoneTheNoticesUnderTheirOwnNode() async throws {
        let line = try await Line()
        try await line.host.measure(95, minute: 0)
        let city = try #require(try await line.inbox("c1").first)
        _ = try await line.confirm(city.id, node: "c1")
        let id = try #require(try await line.cases().first).id
        let persons = ["e1", "e1", "e1"]
        #expect(try await line.show(id, node: "e1").notices.map(\.nodeID) == persons)
        #expect(try await line.show(id, node: "d1").notices.map(\.nodeID) == persons + ["d1"])
        for above in ["c1", "p1", ""] {
            #expect(
                try await line.show(id, node: above).notices.map(\.nodeID)
                    == persons + ["d1", "c1"])
        }
        try await line.host.stop()
    }

    @Test func tokensOfTheWrongKindAreRefused() async throws {
        let line = try await Line()
        try await line.host.measure(85, minute: 0)
        let id = try #require(try await line.inbox("d1").first).id
        #expect(
            await refusal { try await line.inbox("e1", as: .gateway) }?.code == .permissionDenied)
        let byService = await refusal {
            try await line.host.ask(
                "notification", NotificationV1.InboxService.confirm, .init(noticeID: id),
                as: .service)
        }
        #expect(byService?.code == .permissionDenied)
        #expect(await refusal { try await line.inbox("") }?.code == .invalidArgument)
        #expect(await refusal { try await line.inbox("x9", token: "") }?.code == .notFound)
        #expect(await refusal { try await line.confirm("x/1", node: "d1") }?.code == .notFound)
        #expect(await refusal { try await line.show("x") }?.code == .notFound)
        try await line.host.stop()
    }

    @Test func followerIsGivenWhatWaitsAndThenWhatComes() async throws {
        let line = try await Line()
        try await line.host.measure(85, minute: 0)
        let client = try await line.host.client(
            of: "notification", as: .officer, node: NodeID("d1"))
        let stream = try await client.serverStreaming(
            NotificationV1.InboxService.follow, NotificationV1.FollowInboxRequest())
        var arrivals = stream.makeAsyncIterator()
        let first = try await arrivals.next()?.notice
        #expect(first?.reason == .levelRaised && first?.level == .yellow)
        try await line.host.measure(95, minute: 1)
        let second = try await arrivals.next()?.notice
        #expect(second?.level == .orange)
        try await line.host.measure(50, minute: 2)
        let third = try await arrivals.next()?.notice
        #expect(third?.reason == .closed)
        await client.close()
        // What was streamed to the desk has been delivered.
        #expect(try await line.inbox("d1", token: "c1").first?.state.rawValue ?? 0 >= 2)
        try await line.host.stop()
    }

    @Test func personsAreToldThroughTheProviderAndItsReceiptsComeBack() async throws {
        let port = try FreePort.find()
        let provider = Provider(receipts: "http://127.0.0.1:\(port)/receipts/0123456789abcdef")
        let line = try await Line(settings: [
            (name: "http-url", value: try await provider.url),
            (name: "http-success-pointer", value: "/code"),
            (name: "receipt-port", value: "\(port)"),
            (name: "receipt-secret", value: "0123456789abcdef"),
        ])
        try await line.host.measure(85, minute: 0)
        let messages = provider.messages.sorted { $0.telephone < $1.telephone }
        #expect(
            messages.map(\.telephone) == ["000-0000-0001", "000-0000-0002", "000-0000-0003"])
        let id = try #require(try await line.cases().first).id
        #expect(try await line.show(id).notices.map(\.state) == [.sent, .sent, .sent, .sent])
        for (message, state) in zip(messages, ["DELIVRD", "UNDELIV", "ACCEPTD"]) {
            #expect(try await provider.callBack(message.id, state) == 200)
        }
        // A state in between changes nothing; the fourth is the county's desk.
        let told = try await line.show(id).notices
        #expect(told.map(\.state) == [.delivered, .failed, .sent, .sent])
        #expect(told[1].channelMessage == "receipt: UNDELIV")
        // One of a message that nobody knows is taken, so that it does not come for ever; it moves
        // nothing.
        #expect(try await provider.callBack("nobody's", "DELIVRD") == 200)
        #expect(try await provider.callBack("\(id)/99", "UNDELIV") == 200)
        #expect(try await line.show(id).notices == told)
        try await line.host.stop()
        await provider.stop()
    }

    @Test func redirectOfAProviderIsNotFollowed() async throws {
        let elsewhere = Provider()
        let target = try await elsewhere.url
        let provider = Provider { _, _ in (.temporaryRedirect, target) }
        let line = try await Line(settings: [(name: "http-url", value: try await provider.url)])
        try await line.host.measure(85, minute: 0)
        let id = try #require(try await line.cases().first).id
        #expect(
            try await line.show(id).notices.map(\.state) == [.failed, .failed, .failed, .sent])
        #expect(elsewhere.messages.isEmpty)
        try await line.host.stop()
        await provider.stop()
        await elsewhere.stop()
    }

    @Test func caseShowsItsCircularsInTheListToo() async throws {
        let line = try await Line()
        try await line.host.measure(95, minute: 0)
        try await line.run(toMinute: 95)
        #expect(try await line.cases().map(\.circulars) == [2])
        try await line.host.measure(50, minute: 96)
        #expect(try await line.cases().map(\.circulars) == [2])
        try await line.host.stop()
    }

    @Test func settingsThatCannotWorkAreRefusedAtTheStart() async throws {
        let bad: [[(name: String, value: String)]] = [
            [(name: "http-url", value: "provider")],
            [
                (name: "http-url", value: "http://h/"),
                (name: "http-body", value: "{\"a\":\"{b}\"}"),
            ],
            [(name: "http-url", value: "http://h/"), (name: "http-headers", value: "x")],
            [(name: "receipt-port", value: "0"), (name: "receipt-secret", value: "short")],
        ]
        for settings in bad {
            await #expect(throws: ChannelMistake.self) { try await Line(settings: settings) }
        }
    }
}
