import Domain
import Policy
import Testing

@testable import NotificationCore

/// How a message that does not get through goes on (NTF-02, decision 0014).
@Suite struct LadderTests {
    /// Changzhou: short message, after 10 minutes the backup, after 5 more the telephone.
    private static func red() throws -> (machine: NotificationMachine, first: Notice) {
        var machine = try NotificationMachine.city("changzhou-2020")
        let told = notices(try machine.level(.red, minute: 0))
        return (
            machine, try #require(told.first { $0.channel == .sms && $0.reason == .levelRaised })
        )
    }

    private static func follow(_ effects: [NotificationEffect], _ first: Notice) -> [Channel] {
        notices(effects).filter { !$0.follows.isEmpty && $0.holder == first.holder }
            .map(\.channel)
    }

    @Test func withoutAReceiptTheNextChannelIsTriedAndThenTheOneAfter() throws {
        var (machine, first) = try Self.red()
        _ = try machine.handle(
            .attempted(first.id, attempt: 1, .taken(providerIDs: ["7"])), at: t0)
        #expect(Self.follow(machine.run(toMinute: 9), first).isEmpty)
        #expect(Self.follow(machine.run(toMinute: 10), first) == [.smsBackup])
        #expect(Self.follow(machine.run(toMinute: 15), first) == [.voice])
        #expect(Self.follow(machine.run(toMinute: 60), first).isEmpty)
    }

    /// A platform without a backup gateway does not fail once more for each message.
    @Test func aChannelThatIsNotSetUpIsPassedOver() throws {
        for (channels, next) in [
            (Set([Channel.sms, .voice, .desk]), [Channel.voice]), ([.sms, .desk], []),
        ] {
            var machine = try NotificationMachine.city("changzhou-2020", channels: channels)
            let told = notices(try machine.level(.red, minute: 0))
            let first = try #require(told.first { $0.channel == .sms })
            _ = try machine.handle(
                .attempted(first.id, attempt: 1, .taken(providerIDs: ["7"])), at: t0)
            #expect(Self.follow(machine.run(toMinute: 60), first) == next)
            #expect(machine.notice(first.id)?.state == .unknown)
        }
    }

    // MARK: Under load

    private static func orange() throws -> (machine: NotificationMachine, first: Notice) {
        var machine = try NotificationMachine.city("changzhou-2020")
        let told = notices(try machine.level(.orange, minute: 0))
        return (machine, try #require(told.first { $0.channel == .sms }))
    }

    /// A provider slower than the load: what waits in our own queue does not go over two channels.
    @Test func whatWasNeverTriedDoesNotGoOnYet() throws {
        var (machine, first) = try Self.orange()
        #expect(notices(machine.run(toMinute: 60)).allSatisfy { $0.follows.isEmpty })
        // Its turn comes after an hour; the time of its step begins.
        _ = try machine.handle(
            .attempted(first.id, attempt: 1, .taken(providerIDs: ["7"])), at: t0 + .minutes(61))
        #expect(Self.follow(machine.run(toMinute: 70), first).isEmpty)
        #expect(Self.follow(machine.run(toMinute: 71), first) == [.smsBackup])
        #expect(machine.notice(first.id)?.state == .unknown)
        #expect(Self.follow(machine.run(toMinute: 600), first).isEmpty)
    }

    @Test func whatTheChannelRefusedForNowGoesOnAfterItsTimeOnce() throws {
        var (machine, first) = try Self.orange()
        _ = try machine.handle(
            .attempted(first.id, attempt: 1, .failedForNow("503")), at: t0 + .minutes(2))
        #expect(Self.follow(machine.run(toMinute: 11), first).isEmpty)
        #expect(Self.follow(machine.run(toMinute: 12), first) == [.smsBackup])
        // It is taken later, and its receipt never comes.
        _ = try machine.handle(
            .attempted(first.id, attempt: 2, .taken(providerIDs: ["7"])), at: t0 + .minutes(20))
        #expect(machine.notice(first.id)?.state == .sent)
        #expect(Self.follow(machine.run(toMinute: 600), first).isEmpty)
        #expect(machine.notice(first.id)?.state == .unknown)
    }

    @Test func redGoesOnEvenIfItWasNeverTried() throws {
        var (machine, first) = try Self.red()
        #expect(Self.follow(machine.run(toMinute: 9), first).isEmpty)
        #expect(Self.follow(machine.run(toMinute: 10), first) == [.smsBackup])
        #expect(Self.follow(machine.run(toMinute: 15), first) == [.voice])
        // Handed over after an hour: it does not stay so for good, and nothing goes on again.
        _ = try machine.handle(
            .attempted(first.id, attempt: 1, .taken(providerIDs: ["7"])), at: t0 + .minutes(61))
        #expect(machine.notice(first.id)?.state == .sent)
        #expect(Self.follow(machine.run(toMinute: 71), first).isEmpty)
        #expect(machine.notice(first.id)?.state == .unknown)
    }

    @Test func whatArrivedByAnotherChannelLeavesTheQueue() throws {
        var (machine, first) = try Self.red()
        let second = try #require(
            notices(machine.run(toMinute: 10)).first { $0.follows == first.id.text })
        let arrived = try machine.handle(
            .receipt(.notice(second.id), .delivered), at: t0 + .minutes(11))
        #expect(deliveries(arrived) == [.delivered, .merged])
        #expect(arrived.contains(.settleHandOver(key: first.outboxKey(attempt: 1))))
        // It was under way after all: that is on record, and its receipt counts.
        _ = try machine.handle(
            .attempted(first.id, attempt: 1, .taken(providerIDs: ["7"])), at: t0 + .minutes(12))
        #expect(machine.notice(first.id)?.state == .merged)
        let late = try machine.handle(
            .receipt(.provider("7", .sms), .delivered), at: t0 + .minutes(13))
        #expect(deliveries(late) == [.delivered])
    }

    /// Decision 0014: after a day nobody tries any more, and no receipt will come.
    @Test func onTheLastStepItIsUnknownAfterADay() throws {
        var machine = try NotificationMachine.city()
        let first = try #require(notices(try machine.level(.yellow, minute: 0)).first)
        _ = try machine.handle(
            .attempted(first.id, attempt: 1, .taken(providerIDs: ["7"])), at: t0)
        _ = machine.run(toMinute: 1_439)
        #expect(machine.notice(first.id)?.state == .sent)
        _ = machine.run(toMinute: 1_440)
        #expect(machine.notice(first.id)?.state == .unknown)
    }

    @Test func failureAfterItsTimeDoesNotStepOnASecondTime() throws {
        var (machine, first) = try Self.red()
        _ = try machine.handle(
            .attempted(first.id, attempt: 1, .taken(providerIDs: ["7"])), at: t0)
        _ = machine.run(toMinute: 10)
        let late = try machine.handle(
            .receipt(.notice(first.id), .failed("EXPIRED")), at: t0 + .minutes(12))
        #expect(deliveries(late) == [.failed])
        #expect(Self.follow(late, first).isEmpty)
        #expect(Self.follow(machine.run(toMinute: 15), first) == [.voice])
    }

    @Test func answerAfterAFailureReceiptDoesNotStepOnASecondTime() throws {
        var (machine, first) = try Self.red()
        let failed = try machine.handle(.receipt(.notice(first.id), .failed("off")), at: t0)
        #expect(Self.follow(failed, first) == [.smsBackup])
        let answered = try machine.handle(
            .attempted(first.id, attempt: 1, .taken(providerIDs: ["7"])), at: t0)
        #expect(Self.follow(answered, first).isEmpty)
    }

    @Test func whatArrivedByAnotherChannelIsNotTriedAgain() throws {
        var (machine, first) = try Self.red()
        // The first gateway is down, and stays so beyond the step's time.
        _ = try machine.handle(.attempted(first.id, attempt: 1, .failedForNow("503")), at: t0)
        var attempt = 1
        while let due = machine.nextDue, due < t0 + .minutes(10) {
            let again = handOvers(machine.wake(at: due)).contains { $0.hasPrefix("\(first.id)#") }
            guard again else { continue }
            attempt += 1
            _ = try machine.handle(
                .attempted(first.id, attempt: attempt, .failedForNow("503")), at: due)
        }
        let second = try #require(
            notices(machine.run(toMinute: 10)).first {
                $0.follows == first.id.text
            })
        let arrived = try machine.handle(
            .receipt(.notice(second.id), .delivered), at: t0 + .minutes(11))
        #expect(deliveries(arrived) == [.delivered, .merged])
        let rest = machine.run(toMinute: 600)
        #expect(!handOvers(rest).contains { $0.hasPrefix("\(first.id)#") })
        #expect(Self.follow(rest, first).isEmpty)
    }

    @Test func oldLevelFollowsNoNewerNewsOnAnyChannel() throws {
        var (machine, first) = try Self.red()
        _ = try machine.handle(
            .attempted(first.id, attempt: 1, .taken(providerIDs: ["7"])), at: t0)
        let lowered = notices(try machine.level(.yellow, minute: 5))
        #expect(lowered.contains { $0.holder.isSame(as: first.holder) })
        let later = notices(machine.run(toMinute: 9) + machine.run(toMinute: 10))
        #expect(!later.contains { $0.follows == first.id.text })
        #expect(machine.notice(first.id)?.state == .unknown, "that nobody answered is on record")
    }

    @Test func twoMessagesOfOneMomentAreTwo() throws {
        var machine = try NotificationMachine.city("changzhou-2020")
        let who = Actor(subject: "works", node: NodeID("county-works"))
        let told = notices(
            try machine.handle(
                .opened(
                    OpenCase(
                        id: CaseID("fire"), kind: .emergency, node: NodeID("county-works"),
                        cause: "罐区起火"), by: who), at: t0))
        let persons = told.filter { $0.channel == .sms }
        let twice = persons.filter { one in
            persons.contains { $0.id != one.id && $0.holder.isSame(as: one.holder) }
        }
        #expect(!twice.isEmpty)
        for notice in twice {
            _ = try machine.handle(
                .attempted(notice.id, attempt: 1, .failedForNow("503")), at: t0)
        }
        let again = handOvers(machine.run(toMinute: 1))
        for notice in twice { #expect(again.contains("\(notice.id)#2")) }
    }

    @Test func namesOfTwoGatewaysAreNotTakenForEachOther() throws {
        var (machine, first) = try Self.red()
        _ = try machine.handle(
            .attempted(first.id, attempt: 1, .taken(providerIDs: ["17"])), at: t0)
        #expect(throws: NotificationRefusal.self) {
            try machine.handle(.receipt(.provider("17", .smsBackup), .delivered), at: t0)
        }
        let own = try machine.handle(.receipt(.provider("17", .sms), .delivered), at: t0)
        #expect(deliveries(own) == [.delivered])
    }

    /// EDG-14: the registry holds what people wrote, gateways report digits.
    @Test(arguments: ["+86 000-0000-0001", "000 0000 0001", "0086-000-0000-0001"])
    func replyIsKnownHoweverTheNumberIsWritten(written: String) throws {
        var machine = try NotificationMachine.city()
        try machine.hear(.person(.someone(.principal, of: "county-works", telephone: written)))
        let told = notices(try machine.level(.yellow, minute: 0))
        let first = try #require(told.first { $0.holder.telephone == written })
        _ = try machine.handle(
            .attempted(first.id, attempt: 1, .taken(providerIDs: ["7"])), at: t0)
        for reply in ["000-0000-0001", "86000-0000-0001"] {
            var copy = machine
            let digits = reply.filter(\.isNumber)
            let effects = try copy.handle(
                .replied(telephone: digits, text: "1"), at: t0 + .minutes(1))
            #expect(deliveries(effects).contains(.confirmed))
            #expect(copy.notice(first.id)?.state == .confirmed)
        }
    }

    /// A drill uses up nothing and counts for nothing of what is real.
    @Test func drillLeavesRealCountsAlone() throws {
        var machine = try NotificationMachine.city("changzhou-2020")
        var news = LevelNews.of("county-works", .red, at: t0)
        news.drill = "d1"
        _ = try machine.handle(.levelChanged(news), at: t0)
        _ = machine.run(toMinute: 3_000)
        let parts = machine.stored.map(\.key)
        #expect(!parts.contains { $0.hasPrefix("sent/") })
        #expect(!parts.contains("streaks/county-works"))
        #expect(parts.contains("streaks/drill/county-works"))
    }

    @Test func secondDrillAtASourceIsRefusedWhileOneRunsAndAfterItWasPlayed() throws {
        var machine = try NotificationMachine.city()
        func play(
            _ drill: String, _ level: WarningLevel, minute: Int64,
            _ machine: inout NotificationMachine
        ) throws -> [NotificationEffect] {
            var news = LevelNews.of("county-works", level, at: t0 + .minutes(minute))
            news.drill = drill
            return try machine.handle(.levelChanged(news), at: news.changedAt)
        }
        _ = try play("d1", .red, minute: 0, &machine)
        #expect(throws: NotificationRefusal.self) { try play("d2", .red, minute: 1, &machine) }
        _ = try play("d1", .blue, minute: 2, &machine)
        #expect(throws: NotificationRefusal.self) { try play("d1", .red, minute: 3, &machine) }
        _ = try play("d2", .red, minute: 4, &machine)
        #expect(machine.openWarnings.map(\.id.text) == ["county-works-source-drill-d2"])
    }

    @Test func idsOfWarningsCannotBeTakenBeforeThem() throws {
        var machine = try NotificationMachine.city()
        let who = Actor(subject: "county", node: NodeID("county"))
        func open(_ id: String, _ machine: inout NotificationMachine) throws {
            let request = OpenCase(
                id: CaseID(id), kind: .finding, node: NodeID("county-works"), cause: "隐患")
            _ = try machine.handle(.opened(request, by: who), at: t0)
        }
        for id in ["county-works-source-57", "county-works-source-drill-d1"] {
            #expect(throws: NotificationRefusal.self) { try open(id, &machine) }
        }
        #expect(machine.openCases.isEmpty)
        try open("county-works-finding-57", &machine)
    }

    @Test func plannedWorkBeyondAllTimesIsRefusedAndStopsNobody() throws {
        var machine = try NotificationMachine.city("beijing")
        let who = Actor(subject: "city", node: NodeID("city"))
        let request = OpenCase(
            id: CaseID("work"), kind: .plannedWork, node: NodeID("city"), cause: "检修",
            startsAt: Instant(unixMilliseconds: .max))
        #expect(throws: NotificationRefusal.self) {
            try machine.handle(.opened(request, by: who), at: t0)
        }
    }

    @Test func enterpriseCannotEndTheCaseInWhichItOwes() throws {
        var machine = try NotificationMachine.city("changzhou-2020")
        let works = Actor(subject: "works", node: NodeID("county-works"))
        let request = OpenCase(
            id: CaseID("fire"), kind: .emergency, node: NodeID("county-works"), cause: "起火")
        _ = try machine.handle(.opened(request, by: works), at: t0)
        for event in [
            NotificationEvent.cleared(request.id, by: works), .closed(request.id, by: works),
        ] {
            #expect(throws: NotificationRefusal.self) { try machine.handle(event, at: t0) }
        }
    }
}
