import NIOCore
import NotificationChannels
import Testing

/// The session as a machine: no socket, no waiting.
@Suite struct SMPPSessionTests {
    static let t0 = NIODeadline.uptimeNanoseconds(1_000_000_000)

    static func status(_ number: UInt32) -> CommandStatus { CommandStatus(rawValue: number) }

    /// A session that is bound, and has taken sequence 1 for that.
    static func bound() -> SMPPSession {
        var session = SMPPSession(.init(enquireEvery: .seconds(30), answerWithin: .seconds(10)))
        #expect(
            session.connected(at: t0)
                == [.send(PDU(.bind(.transceiver, PDU.Bind()), sequence: 1))])
        #expect(
            session.received(PDU(.bindResponse(.transceiver, systemID: "s"), sequence: 1), at: t0)
                == [.bound])
        return session
    }

    static func submitted(_ ticket: UInt64, sequence: UInt32) -> SMPPSession.Action {
        .send(PDU(.submit(PDUTests.message), sequence: sequence))
    }

    @Test func answersFindTheirMessagesInWhateverOrderTheyCome() {
        var session = Self.bound()
        for ticket in UInt64(1)...3 {
            #expect(
                session.submit(PDUTests.message, ticket: ticket, at: Self.t0)
                    == [Self.submitted(ticket, sequence: UInt32(ticket) + 1)])
        }
        #expect(
            session.received(PDU(.submitResponse(messageID: "c"), sequence: 4), at: Self.t0)
                == [.answered(3, .accepted(id: "c"))])
        #expect(
            session.received(
                PDU(.submitResponse(messageID: ""), sequence: 2, status: Self.status(0x58)),
                at: Self.t0) == [.answered(1, .refused(Self.status(0x58)))])
        #expect(
            session.received(
                PDU(.genericNack, sequence: 3, status: Self.status(3)), at: Self.t0)
                == [.answered(2, .refused(Self.status(3)))])
        #expect(session.outstandingCount == 0)
    }

    @Test func answerThatNobodyAskedForChangesNothing() {
        var session = Self.bound()
        for sequence in [UInt32(0), 1, 99, .max] {
            let pdus: [PDU.Body] = [
                .submitResponse(messageID: "x"), .genericNack, .deliverResponse, .unbindResponse,
                .enquireLinkResponse, .bindResponse(.transceiver, systemID: "s"),
                .unknown(command: 0x8000_0777, []), .alert, .outbind,
            ]
            for body in pdus {
                #expect(session.received(PDU(body, sequence: sequence), at: Self.t0).isEmpty)
            }
        }
    }

    @Test func messageWithoutAnAnswerInTimeIsUnknownAndALateOneIsStillTold() {
        var session = Self.bound()
        _ = session.submit(PDUTests.message, ticket: 1, at: Self.t0)
        #expect(session.nextDue == Self.t0 + .seconds(10))
        #expect(session.wake(at: Self.t0 + .milliseconds(9_999)).isEmpty)
        #expect(
            session.wake(at: Self.t0 + .seconds(10))
                == [.answered(1, .unanswered("no answer in time"))])
        let late = PDU(.submitResponse(messageID: "a"), sequence: 2)
        #expect(
            session.received(late, at: Self.t0 + .seconds(20)) == [.answeredLate(1, id: "a")])
        #expect(session.received(late, at: Self.t0 + .seconds(20)).isEmpty)
    }

    @Test func silenceIsAskedAboutAndWhoDoesNotAnswerIsGone() {
        var session = Self.bound()
        #expect(session.nextDue == Self.t0 + .seconds(30))
        #expect(
            session.wake(at: Self.t0 + .seconds(30)) == [.send(PDU(.enquireLink, sequence: 2))])
        #expect(session.nextDue == Self.t0 + .seconds(40))
        // Anything that comes is a sign of life.
        _ = session.received(PDU(.enquireLink, sequence: 9), at: Self.t0 + .seconds(39))
        #expect(session.nextDue == Self.t0 + .seconds(69))
        #expect(
            session.wake(at: Self.t0 + .seconds(69)) == [.send(PDU(.enquireLink, sequence: 3))])
        #expect(
            session.wake(at: Self.t0 + .seconds(79)) == [.close("enquire_link was not answered")])
        #expect(session.nextDue == nil)
    }

    @Test func enquiriesOfTheOtherSideAreAnswered() {
        var session = Self.bound()
        #expect(
            session.received(PDU(.enquireLink, sequence: 7), at: Self.t0)
                == [.send(PDU(.enquireLinkResponse, sequence: 7))])
    }

    @Test func connectionThatIsLostLeavesWhatWasUnderWayUnknown() {
        var session = Self.bound()
        for ticket in UInt64(1)...2 {
            _ = session.submit(PDUTests.message, ticket: ticket, at: Self.t0)
        }
        let unknown = SMPPSession.Answer.unanswered("no answer: gone")
        #expect(
            session.disconnected("gone")
                == [.answered(1, unknown), .answered(2, unknown), .close("gone")])
        #expect(session.disconnected("again").isEmpty)
        // What comes after that was not sent.
        #expect(
            session.submit(PDUTests.message, ticket: 3, at: Self.t0)
                == [.answered(3, .unsent("gone"))])
    }

    @Test func whatIsSubmittedBeforeTheBindIsNotSent() {
        var session = SMPPSession(.init())
        for _ in 0..<2 {
            let actions = session.submit(PDUTests.message, ticket: 1, at: Self.t0)
            guard case .answered(1, .unsent) = actions.first else {
                Issue.record("it must not go out: \(actions)")
                return
            }
            _ = session.connected(at: Self.t0)
        }
    }

    @Test func refusedBindEndsItWithTheReason() {
        var session = SMPPSession(.init())
        _ = session.connected(at: Self.t0)
        #expect(
            session.received(
                PDU(
                    .bindResponse(.transceiver, systemID: ""), sequence: 1,
                    status: Self.status(0x0E)), at: Self.t0)
                == [.close("bind was refused: 0x0E password is invalid")])
    }

    @Test func bindWithoutAnAnswerEndsIt() {
        var session = SMPPSession(.init(answerWithin: .seconds(10)))
        _ = session.connected(at: Self.t0)
        #expect(session.nextDue == Self.t0 + .seconds(10))
        #expect(session.wake(at: Self.t0 + .seconds(10)) == [.close("bind was not answered")])
    }

    @Test func unbindWaitsForItsAnswerButNotForEver() {
        var session = Self.bound()
        #expect(session.unbind(at: Self.t0) == [.send(PDU(.unbind, sequence: 2))])
        #expect(session.unbind(at: Self.t0).isEmpty)
        var silent = session
        #expect(
            session.received(PDU(.unbindResponse, sequence: 2), at: Self.t0)
                == [.close("it was ended by us")])
        #expect(silent.wake(at: Self.t0 + .seconds(1)) == [.close("unbind was not answered")])
    }

    @Test func unbindOfTheOtherSideIsAnsweredAndEndsIt() {
        var session = Self.bound()
        #expect(
            session.received(PDU(.unbind, sequence: 5), at: Self.t0)
                == [.send(PDU(.unbindResponse, sequence: 5)), .close("the SMSC ended it")])
    }

    @Test func deliveriesAreHandedOnAndAnsweredWhenTheOwnerSaysSo() throws {
        var session = Self.bound()
        let bodies: [(PDU.Body, PDU.Body)] = [
            (.deliver(PDUTests.message), .deliverResponse),
            (.data(PDUTests.data), .dataResponse(messageID: "")),
        ]
        for (request, response) in bodies {
            let actions = session.received(PDU(request, sequence: 5), at: Self.t0)
            guard case .deliver(let delivery) = actions.first else {
                Issue.record("it is a delivery")
                return
            }
            #expect(
                session.respond(to: delivery, Self.status(0x64))
                    == [.send(PDU(response, sequence: 5, status: Self.status(0x64)))])
        }
    }

    @Test func flowOfDeliveriesThatIsTooMuchIsToldToComeAgain() {
        var session = Self.bound()
        let delivery = PDU(.deliver(PDUTests.message), sequence: 5)
        var handedOn = 0
        while true {
            guard case .deliver = session.received(delivery, at: Self.t0).first else { break }
            handedOn += 1
        }
        #expect(handedOn == 256)
        #expect(
            session.received(delivery, at: Self.t0)
                == [.send(PDU(.deliverResponse, sequence: 5, status: Self.status(0x14)))])
    }

    @Test func requestsThatWeDoNotServeAreRefused() {
        var session = Self.bound()
        let bodies: [PDU.Body] = [
            .unknown(command: 0x21, [1]), .submit(PDUTests.message), .bind(.receiver, PDU.Bind()),
        ]
        for body in bodies {
            #expect(
                session.received(PDU(body, sequence: 5), at: Self.t0)
                    == [.send(PDU(.genericNack, sequence: 5, status: Self.status(3)))])
        }
    }

    @Test func whatCannotBeReadIsRefusedAndALengthThatCannotBeEndsIt() {
        var session = Self.bound()
        _ = session.submit(PDUTests.message, ticket: 1, at: Self.t0)
        let nack = PDU(.genericNack, sequence: 9, status: Self.status(2))
        #expect(
            session.received(.body(command: 5, sequence: 9, "x breaks off")) == [.send(nack)])
        #expect(session.received(.body(command: 0x8000_0005, sequence: 9, "x")).isEmpty)
        let reason = "it sent a PDU of 3 bytes"
        #expect(
            session.received(.length(3)) == [
                .send(PDU(.genericNack, sequence: 0, status: Self.status(2))),
                .answered(1, .unanswered("no answer: \(reason)")), .close(reason),
            ])
    }

    /// Each message is answered once, whatever the other side does.
    @Test(arguments: UInt64(1)...100)
    func eachMessageIsAnsweredOnce(seed: UInt64) {
        var random = Lot(seed)
        var session = Self.bound()
        var (now, open, closed) = (Self.t0, Set<UInt64>(), false)
        func settle(_ actions: [SMPPSession.Action]) {
            for action in actions {
                if case .answered(let ticket, _) = action {
                    #expect(open.remove(ticket) != nil, "seed \(seed)")
                }
                if case .close = action { closed = true }
            }
        }
        for ticket in UInt64(1)...200 {
            now = now + .milliseconds(Int64(random.draw(2_000)))
            switch random.draw(closed ? 2 : 40) {
            case 0...19:
                open.insert(ticket)
                settle(session.submit(PDUTests.message, ticket: ticket, at: now))
            case 20...37:
                let sequence = UInt32(random.draw(220))
                let pdu = PDU(.submitResponse(messageID: "x"), sequence: sequence)
                settle(session.received(pdu, at: now))
            case 38: settle(session.wake(at: now))
            default: settle(session.disconnected("gone"))
            }
        }
        settle(session.disconnected("end"))
        #expect(open.isEmpty && session.outstandingCount == 0, "seed \(seed)")
    }
}
