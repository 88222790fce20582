import Domain
import NotificationCore
import Testing

/// How a notice comes on (decisions 0012 and 0014).
@Suite struct DeliveryTests {
    /// A machine with an open yellow case, and its first notice: to the principal, by HTTP.
    static func yellow() throws -> (NotificationMachine, Notice) {
        var machine = try NotificationMachine.city()
        let effects = try machine.level(.yellow, minute: 0)
        return (machine, notices(effects)[0])
    }

    @Test func takenNoticeIsSentAndItsReceiptMakesItDelivered() throws {
        var (machine, notice) = try Self.yellow()
        let taken = try machine.handle(
            .attempted(notice.id, attempt: 1, .taken(providerIDs: ["77"])), at: t0)
        #expect(taken.first == .settleHandOver(key: notice.outboxKey(attempt: 1)))
        #expect(deliveries(taken) == [.sent])
        let receipt = try machine.handle(.receipt(.provider("77", .sms), .delivered), at: t0)
        #expect(deliveries(receipt) == [.delivered])
    }

    @Test func receiptMayBeFasterThanTheAnswer() throws {
        var (machine, notice) = try Self.yellow()
        _ = try machine.handle(.receipt(.notice(notice.id), .delivered), at: t0)
        _ = try machine.handle(
            .attempted(notice.id, attempt: 1, .taken(providerIDs: ["77"])), at: t0)
        #expect(machine.notice(notice.id)?.state == .delivered)
        #expect(machine.notice(notice.id)?.attempts == 1)
    }

    @Test func receiptUnderANameThatIsNotKnownYetIsAskedForAgain() throws {
        var machine = try NotificationMachine.city()
        let told = notices(try machine.level(.yellow, minute: 0)).prefix(3)
        let receipt = NotificationEvent.receipt(.provider("7", .sms), .delivered)
        #expect(throws: NotificationRefusal.receiptTooEarly(.provider("7", .sms))) {
            try machine.handle(receipt, at: t0)
        }
        for (name, notice) in zip(["7", "8", "9"], told) {
            _ = try machine.handle(
                .attempted(notice.id, attempt: 1, .taken(providerIDs: [name])), at: t0)
        }
        #expect(deliveries(try machine.handle(receipt, at: t0)) == [.delivered])
        // Now that each has its name, nobody knows this one.
        #expect(throws: NotificationRefusal.unknownReceipt(.provider("0", .sms))) {
            try machine.handle(.receipt(.provider("0", .sms), .delivered), at: t0)
        }
    }

    @Test func attemptThatWasCutOffIsCountedEachTimeAndMadeAgain() throws {
        var (machine, notice) = try Self.yellow()
        for count in 1...2 {
            let heard = try machine.handle(.interrupted(notice.id, attempt: 1), at: t0)
            #expect(deliveries(heard) == [.queued] && heard.count == 1)
            #expect(machine.notice(notice.id)?.unanswered == count)
        }
        _ = try machine.handle(
            .attempted(notice.id, attempt: 1, .taken(providerIDs: ["77"])), at: t0)
        // Of what is on record nothing was cut off.
        #expect(try machine.handle(.interrupted(notice.id, attempt: 1), at: t0).isEmpty)
        #expect(machine.notice(notice.id)?.state == .sent)
        #expect(machine.notice(notice.id)?.unanswered == 2)
    }

    @Test func cutOffAttemptWhoseReceiptWasFasterIsNotMadeAgain() throws {
        var (machine, notice) = try Self.yellow()
        _ = try machine.handle(.receipt(.notice(notice.id), .delivered), at: t0)
        let heard = try machine.handle(.interrupted(notice.id, attempt: 1), at: t0)
        #expect(heard.first == .settleHandOver(key: notice.outboxKey(attempt: 1)))
        #expect(machine.notice(notice.id)?.state == .delivered)
        #expect(machine.notice(notice.id)?.attempts == 1)
    }

    static let slowAnswers: [AttemptOutcome] = [
        .taken(providerIDs: ["77"]), .failedForNow("no answer"), .failed("HTTP 400"),
    ]

    @Test(arguments: slowAnswers)
    func answerThatComesAfterAReceiptOrAPersonMovesNothingBack(outcome: AttemptOutcome) throws {
        let (machine, notice) = try Self.yellow()
        let faster: [(event: NotificationEvent, state: Delivery, message: String)] = [
            (.receipt(.notice(notice.id), .delivered), .delivered, ""),
            (.receipt(.notice(notice.id), .failed("off")), .failed, "off"),
            (.confirmed(notice.id, by: "x"), .confirmed, "confirmed by x"),
        ]
        for (event, state, message) in faster {
            var machine = machine
            _ = try machine.handle(event, at: t0)
            _ = try machine.handle(.attempted(notice.id, attempt: 1, outcome), at: t0)
            let now = try #require(machine.notice(notice.id))
            #expect(now.state == state && now.channelMessage == message)
            #expect(now.attempts == 1 && now.nextAttemptAt == nil)
            #expect(handOvers(machine.run(toMinute: 59)).isEmpty)
        }
    }

    @Test func failureForNowIsTriedAgainAfterTheWaitOfTheProfile() throws {
        var (machine, notice) = try Self.yellow()
        let failed = try machine.handle(
            .attempted(notice.id, attempt: 1, .failedForNow("HTTP 503")), at: t0)
        #expect(deliveries(failed) == [.queued])
        #expect(machine.notice(notice.id)?.channelMessage == "HTTP 503")
        #expect(machine.nextDue == t0 + .seconds(5))
        #expect(machine.wake(at: t0 + .init(milliseconds: 4_999)).isEmpty)
        #expect(handOvers(machine.wake(at: t0 + .seconds(5))) == [notice.outboxKey(attempt: 2)])
        _ = try machine.handle(
            .attempted(notice.id, attempt: 2, .failedForNow("HTTP 503")), at: t0 + .seconds(5))
        #expect(machine.nextDue == t0 + .seconds(15))
    }

    @Test func oldNewsNeverFollowNewer() throws {
        var (machine, raised) = try Self.yellow()
        _ = try machine.handle(.attempted(raised.id, attempt: 1, .failedForNow("503")), at: t0)
        // It falls before the wait is over, and the provider is back for that message.
        let closed = notices(try machine.level(.blue, minute: 0))[0]
        let effects = machine.run(toMinute: 10)
        #expect(handOvers(effects).isEmpty)
        #expect(deliveries(effects) == [.merged])
        let merged = try #require(machine.notice(raised.id))
        #expect(merged.channelMessage.contains("\(closed.id) is newer"))
        #expect(merged.channelMessage.contains("503"))
    }

    @Test func mergedNoticeMayTurnOutToHaveArrived() throws {
        var (machine, raised) = try Self.yellow()
        _ = try machine.handle(
            .attempted(raised.id, attempt: 1, .failedForNow("no answer")), at: t0)
        _ = try machine.level(.blue, minute: 0)
        _ = machine.run(toMinute: 10)
        let receipt = try machine.handle(.receipt(.notice(raised.id), .delivered), at: t0)
        #expect(deliveries(receipt) == [.delivered])
    }

    @Test func oldNewsAreTriedAgainIfTheNewerOnesFailed() throws {
        var (machine, raised) = try Self.yellow()
        _ = try machine.handle(.attempted(raised.id, attempt: 1, .failedForNow("503")), at: t0)
        let higher = notices(try machine.level(.red, minute: 0))[0]
        _ = try machine.handle(.attempted(higher.id, attempt: 1, .failed("400")), at: t0)
        #expect(handOvers(machine.wake(at: t0 + .seconds(5))) == [raised.outboxKey(attempt: 2)])
    }

    @Test func newsOfOtherCasesAndPersonsDoNotStandForThis() throws {
        var (machine, raised) = try Self.yellow()
        _ = try machine.handle(.attempted(raised.id, attempt: 1, .failedForNow("503")), at: t0)
        _ = try machine.level(.red, minute: 0, of: "park-works")
        #expect(handOvers(machine.wake(at: t0 + .seconds(5))) == [raised.outboxKey(attempt: 2)])
    }

    @Test func noticeIsGivenUpAfterADay() throws {
        var machine = try NotificationMachine.city()
        // To the technical person, whom no circular tells newer news.
        let notice = notices(try machine.level(.yellow, minute: 0))[1]
        var now = t0
        var attempt = 0
        while machine.notice(notice.id)?.state == .queued {
            attempt += 1
            _ = try machine.handle(
                .attempted(notice.id, attempt: attempt, .failedForNow("no answer")), at: now)
            guard let next = machine.notice(notice.id)?.nextAttemptAt else { break }
            now = next
            _ = machine.wake(at: now)
        }
        let given = try #require(machine.notice(notice.id))
        #expect(given.state == .failed)
        #expect(given.channelMessage.contains("given up after \(attempt) attempts"))
        #expect(given.channelMessage.contains("no answer"))
        #expect(now <= t0 + .hours(24) && now > t0 + .hours(23))
    }

    @Test func failureForGoodIsNotTriedAgain() throws {
        var (machine, notice) = try Self.yellow()
        let effects = try machine.handle(
            .attempted(notice.id, attempt: 1, .failed("HTTP 400: bad number")), at: t0)
        #expect(deliveries(effects) == [.failed])
        #expect(handOvers(machine.run(toMinute: 59)).isEmpty)
    }

    @Test func repeatedAnswerOfAnAttemptChangesNothing() throws {
        var (machine, notice) = try Self.yellow()
        let answer = NotificationEvent.attempted(notice.id, attempt: 1, .taken(providerIDs: ["7"]))
        _ = try machine.handle(answer, at: t0)
        _ = machine.takeChanges()
        let again = try machine.handle(answer, at: t0)
        #expect(again == [.settleHandOver(key: notice.outboxKey(attempt: 1))])
        #expect(machine.stored.isEmpty)
    }

    @Test func receiptOfFailureCountsOnlyBeforeItArrived() throws {
        var (machine, notice) = try Self.yellow()
        let failure = NotificationEvent.receipt(.notice(notice.id), .failed("unreachable"))
        var delivered = machine
        _ = try delivered.handle(.receipt(.notice(notice.id), .delivered), at: t0)
        #expect(try delivered.handle(failure, at: t0).isEmpty)
        #expect(deliveries(try machine.handle(failure, at: t0)) == [.failed])
        // The telephone was switched on again.
        let late = try machine.handle(.receipt(.notice(notice.id), .delivered), at: t0)
        #expect(deliveries(late) == [.delivered])
    }

    @Test func deskNoticeIsDeliveredSeenAndConfirmedAndNeverGoesBack() throws {
        var machine = try NotificationMachine.city()
        let desk = notices(try machine.level(.yellow, minute: 0))[3].id
        #expect(deliveries(try machine.handle(.delivered([desk]), at: t0)) == [.delivered])
        #expect(deliveries(try machine.handle(.seen([desk]), at: t0)) == [.seen])
        #expect(try machine.handle(.delivered([desk]), at: t0).isEmpty)
        let confirmed = try machine.handle(.confirmed(desk, by: "officer-1"), at: t0)
        #expect(deliveries(confirmed) == [.confirmed])
        #expect(machine.notice(desk)?.channelMessage == "confirmed by officer-1")
        #expect(try machine.handle(.confirmed(desk, by: "officer-2"), at: t0).isEmpty)
    }

    @Test func confirmingStopsNothing() throws {
        // NTF-16: confirming is a person's note, not a downgrade.
        var machine = try NotificationMachine.city()
        for notice in notices(try machine.level(.red, minute: 0)) {
            _ = try machine.handle(.confirmed(notice.id, by: "x"), at: t0)
        }
        #expect(circulars(machine.run(toMinute: 60)) == ["30 1 city", "60 2 city"])
    }

    @Test func confirmedNoticeIsNotTriedAgain() throws {
        var (machine, notice) = try Self.yellow()
        _ = try machine.handle(.attempted(notice.id, attempt: 1, .failedForNow("503")), at: t0)
        _ = try machine.handle(.confirmed(notice.id, by: "x"), at: t0)
        #expect(handOvers(machine.run(toMinute: 59)).isEmpty)
    }

    @Test func refusalsLeaveTheMachineAsItWas() throws {
        var (machine, notice) = try Self.yellow()
        _ = try machine.handle(.attempted(notice.id, attempt: 1, .failed("no")), at: t0)
        _ = machine.takeChanges()
        let due = machine.nextDue
        let nobody = NoticeID("nobody/1")
        #expect(throws: NotificationRefusal.unknownNotice(nobody)) {
            try machine.handle(.confirmed(nobody, by: "x"), at: t0)
        }
        #expect(throws: NotificationRefusal.unknownReceipt(.notice(nobody))) {
            try machine.handle(.receipt(.notice(nobody), .delivered), at: t0)
        }
        #expect(throws: NotificationRefusal.neverArrived(notice.id, .failed)) {
            try machine.handle(.confirmed(notice.id, by: "x"), at: t0)
        }
        #expect(machine.stored.isEmpty)
        #expect(machine.nextDue == due)
    }

    @Test func noticesLeaveMemoryAfterAMonthAndNotEarlier() throws {
        var (machine, notice) = try Self.yellow()
        _ = try machine.level(.blue, minute: 1)
        _ = machine.run(toMinute: 43_199)
        #expect(machine.notice(notice.id) != nil)
        _ = machine.run(toMinute: 43_200)
        #expect(machine.notice(notice.id) == nil)
    }
}
