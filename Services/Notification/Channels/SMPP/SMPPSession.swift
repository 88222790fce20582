package import NIOCore

/// One connection to an SMSC from bind to unbind, as a machine without socket and clock.
///
/// Requests bear sequence numbers; what is not answered in time counts as unknown, because it may
/// have been taken. An answer that is later than that is still told, so that a receipt finds its
/// message. Silence is asked about with `enquire_link`; who does not answer that is gone.
package struct SMPPSession: Sendable {
    package struct Settings: Sendable {
        package var kind: PDU.BindKind
        package var bind: PDU.Bind
        package var enquireEvery: TimeAmount
        package var answerWithin: TimeAmount

        package init(
            kind: PDU.BindKind = .transceiver, bind: PDU.Bind = PDU.Bind(),
            enquireEvery: TimeAmount = .seconds(30), answerWithin: TimeAmount = .seconds(10)
        ) {
            (self.kind, self.bind) = (kind, bind)
            (self.enquireEvery, self.answerWithin) = (enquireEvery, answerWithin)
        }
    }

    /// What became of a `submit_sm`.
    package enum Answer: Equatable, Sendable {
        case accepted(id: String)
        case refused(CommandStatus)
        /// It went out and nothing came back.
        case unanswered(String)
        /// It did not go out.
        case unsent(String)
    }

    /// A request of the SMSC that the owner answers with `respond`.
    package struct Delivery: Equatable, Sendable {
        package var sequence: UInt32
        package var message: PDU.ShortMessage
        /// True: it came as `data_sm`.
        package var isData: Bool
    }

    package typealias Ticket = UInt64

    package enum Action: Equatable, Sendable {
        case send(PDU)
        case bound
        case answered(Ticket, Answer)
        /// An answer to a request that has been given up.
        case answeredLate(Ticket, id: String)
        case deliver(Delivery)
        /// The connection is of no more use.
        case close(String)
    }

    private enum State {
        case binding(UInt32, dueAt: NIODeadline)
        case bound
        case unbinding(dueAt: NIODeadline)
        case closed(String)
    }

    private let settings: Settings
    private var state = State.closed("it is not connected")
    private var lastSequence: UInt32 = 0
    private var outstanding: [UInt32: Ticket] = [:]
    /// In the order in which they fall due; those that were answered are passed over.
    private var dueAnswers = DueList()
    private var givenUp: [UInt32: Ticket] = [:]
    private var givenUpInOrder = DueList()
    private var heardAt = NIODeadline.uptimeNanoseconds(0)
    private var enquiryDueAt: NIODeadline?
    private var deliveryCount = 0

    package init(_ settings: Settings) { self.settings = settings }

    package var outstandingCount: Int { outstanding.count }

    /// The connection stands.
    package mutating func connected(at now: NIODeadline) -> [Action] {
        heardAt = now
        let sequence = nextSequence()
        state = .binding(sequence, dueAt: now + settings.answerWithin)
        return [.send(PDU(.bind(settings.kind, settings.bind), sequence: sequence))]
    }

    /// The connection is gone, from whatever side.
    package mutating func disconnected(_ reason: String) -> [Action] {
        if case .closed = state { return [] }
        return close(reason)
    }

    package mutating func submit(
        _ message: PDU.ShortMessage, ticket: Ticket, at now: NIODeadline
    ) -> [Action] {
        switch state {
        case .binding: return [.answered(ticket, .unsent("the session is not bound yet"))]
        case .unbinding: return [.answered(ticket, .unsent("the session is ending"))]
        case .closed(let reason): return [.answered(ticket, .unsent(reason))]
        case .bound: break
        }
        let sequence = nextSequence()
        outstanding[sequence] = ticket
        dueAnswers.append(sequence, at: now + settings.answerWithin)
        return [.send(PDU(.submit(message), sequence: sequence))]
    }

    package mutating func received(_ pdu: PDU, at now: NIODeadline) -> [Action] {
        heardAt = now
        enquiryDueAt = nil
        switch state {
        case .closed: return []
        case .binding(let sequence, _): return receivedWhileBinding(pdu, sequence)
        case .bound, .unbinding: return receivedWhileBound(pdu)
        }
    }

    /// What came could not be read.
    package mutating func received(_ mistake: PDUMistake) -> [Action] {
        switch mistake {
        case .length(let length):
            let nack = PDU(.genericNack, sequence: 0, status: .invalidLength)
            return [.send(nack)] + close("it sent a PDU of \(length) bytes")
        case .body(let command, let sequence, _):
            if command & PDU.response != 0 { return [] }
            return [.send(PDU(.genericNack, sequence: sequence, status: .invalidLength))]
        }
    }

    /// The owner has done what a delivery asks for.
    package mutating func respond(to delivery: Delivery, _ status: CommandStatus) -> [Action] {
        deliveryCount -= 1
        if case .closed = state { return [] }
        let body: PDU.Body = delivery.isData ? .dataResponse(messageID: "") : .deliverResponse
        return [.send(PDU(body, sequence: delivery.sequence, status: status))]
    }

    /// The owner wants to end it.
    package mutating func unbind(at now: NIODeadline) -> [Action] {
        switch state {
        case .closed, .unbinding: return []
        case .binding: return close("it was ended by us")
        case .bound:
            state = .unbinding(dueAt: now + ChannelLimits.unbindWithin)
            return [.send(PDU(.unbind, sequence: nextSequence()))]
        }
    }

    /// When `wake` has something to do; nil if nothing is waited for.
    package var nextDue: NIODeadline? {
        switch state {
        case .closed: nil
        case .binding(_, let dueAt), .unbinding(let dueAt): dueAt
        case .bound:
            [dueAnswers.first?.at, enquiryDueAt ?? heardAt + settings.enquireEvery]
                .compactMap { $0 }.min()
        }
    }

    package mutating func wake(at now: NIODeadline) -> [Action] {
        switch state {
        case .closed: return []
        case .binding(_, let dueAt): return dueAt <= now ? close("bind was not answered") : []
        case .unbinding(let dueAt): return dueAt <= now ? close("unbind was not answered") : []
        case .bound: break
        }
        if let due = enquiryDueAt {
            if due <= now { return giveUp(at: now) + close("enquire_link was not answered") }
            return giveUp(at: now)
        }
        guard heardAt + settings.enquireEvery <= now else { return giveUp(at: now) }
        enquiryDueAt = now + settings.answerWithin
        return giveUp(at: now) + [.send(PDU(.enquireLink, sequence: nextSequence()))]
    }

    private mutating func giveUp(at now: NIODeadline) -> [Action] {
        var actions: [Action] = []
        while let due = dueAnswers.first, due.at <= now || outstanding[due.sequence] == nil {
            dueAnswers.removeFirst()
            guard let ticket = outstanding.removeValue(forKey: due.sequence) else { continue }
            remember(due.sequence, ticket)
            actions.append(.answered(ticket, .unanswered("no answer in time")))
        }
        return actions
    }

    private mutating func remember(_ sequence: UInt32, _ ticket: Ticket) {
        givenUp[sequence] = ticket
        givenUpInOrder.append(sequence, at: .distantFuture)
        guard givenUp.count > ChannelLimits.lateAnswersMax, let oldest = givenUpInOrder.first else {
            return
        }
        givenUp[oldest.sequence] = nil
        givenUpInOrder.removeFirst()
    }

    private mutating func receivedWhileBinding(_ pdu: PDU, _ sequence: UInt32) -> [Action] {
        switch pdu.body {
        case .bindResponse where pdu.sequence == sequence,
            .genericNack where pdu.sequence == sequence:
            if pdu.status == .ok, case .bindResponse = pdu.body {
                state = .bound
                return [.bound]
            }
            return close("bind was refused: \(pdu.status)")
        case .enquireLink:
            return [.send(PDU(.enquireLinkResponse, sequence: pdu.sequence))]
        case .unbind:
            return [.send(PDU(.unbindResponse, sequence: pdu.sequence))]
                + close("the SMSC ended it instead of binding")
        default:
            return refuse(pdu, .wrongBindState)
        }
    }

    private mutating func receivedWhileBound(_ pdu: PDU) -> [Action] {
        switch pdu.body {
        case .submitResponse(let id):
            return answer(
                pdu.sequence, pdu.status == .ok ? .accepted(id: id) : .refused(pdu.status))
        case .genericNack:
            return answer(pdu.sequence, .refused(pdu.status))
        case .deliver(let message):
            return deliver(Delivery(sequence: pdu.sequence, message: message, isData: false))
        case .data(let message):
            return deliver(Delivery(sequence: pdu.sequence, message: message, isData: true))
        case .enquireLink:
            return [.send(PDU(.enquireLinkResponse, sequence: pdu.sequence))]
        case .unbind:
            return [.send(PDU(.unbindResponse, sequence: pdu.sequence))]
                + close("the SMSC ended it")
        case .unbindResponse:
            guard case .unbinding = state else { return [] }
            return close("it was ended by us")
        case .enquireLinkResponse, .alert, .outbind:
            return []
        default:
            return refuse(pdu, .invalidCommand)
        }
    }

    private mutating func answer(_ sequence: UInt32, _ answer: Answer) -> [Action] {
        if let ticket = outstanding.removeValue(forKey: sequence) {
            return [.answered(ticket, answer)]
        }
        // It answers what has been given up, or nothing of ours.
        guard let ticket = givenUp.removeValue(forKey: sequence), case .accepted(let id) = answer
        else { return [] }
        return [.answeredLate(ticket, id: id)]
    }

    private mutating func deliver(_ delivery: Delivery) -> [Action] {
        deliveryCount += 1
        if deliveryCount > ChannelLimits.deliveriesAtOnceMax {
            return respond(to: delivery, .queueFull)
        }
        return [.deliver(delivery)]
    }

    /// Answers a request that nobody expects; a response of that kind is passed over.
    private func refuse(_ pdu: PDU, _ status: CommandStatus) -> [Action] {
        if pdu.isResponse { return [] }
        return [.send(PDU(.genericNack, sequence: pdu.sequence, status: status))]
    }

    private mutating func close(_ reason: String) -> [Action] {
        state = .closed(reason)
        let lost = outstanding.sorted { $0.key < $1.key }
        outstanding = [:]
        return lost.map { .answered($0.value, .unanswered("no answer: \(reason)")) }
            + [.close(reason)]
    }

    private mutating func nextSequence() -> UInt32 {
        repeat {
            lastSequence = lastSequence < 0x7FFF_FFFF ? lastSequence + 1 : 1
        } while outstanding[lastSequence] != nil
        return lastSequence
    }
}

/// Sequence numbers with the times at which they fall due, in that order.
struct DueList: Sendable {
    private var entries: [(sequence: UInt32, at: NIODeadline)] = []
    private var start = 0

    var first: (sequence: UInt32, at: NIODeadline)? {
        start < entries.count ? entries[start] : nil
    }

    mutating func append(_ sequence: UInt32, at: NIODeadline) { entries.append((sequence, at)) }

    mutating func removeFirst() {
        start += 1
        // The front is cut off now and then, so that each removal costs little.
        if start > 1_024, start * 2 > entries.count {
            entries.removeFirst(start)
            start = 0
        }
    }
}
