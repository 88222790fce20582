package import Domain
import Policy

extension NotificationMachine {
    /// An attempt to hand a notice over has ended.
    mutating func attempted(
        _ id: NoticeID, attempt: Int, _ outcome: AttemptOutcome, at now: Instant
    ) -> [NotificationEffect] {
        let key = "\(id)#\(attempt)"
        let settled = NotificationEffect.settleHandOver(key: key)
        // An attempt that was written down before is done again only by mistake.
        guard var notice = notices[id], notice.attempts < attempt else { return [settled] }
        notice.attempts = attempt
        switch outcome {
        case .taken(let providerIDs): notice.providerIDs = providerIDs.filter { !$0.isEmpty }
        case .unknown: notice.unanswered += 1
        case .failedForNow, .failed: break
        }
        // A receipt or a person may have been faster than the answer: no notice moves back.
        if notice.state == .queued { move(&notice, by: outcome, at: now) }
        startTime(of: &notice, at: now)
        store(notice)
        let following = notice.state == .failed ? next(after: notice, at: now) : []
        return [settled, .publishDelivery(notice)] + following
    }

    /// An attempt of which nobody knows how it went is made again: it may arrive twice.
    mutating func interrupted(_ id: NoticeID, attempt: Int) -> [NotificationEffect] {
        guard var notice = notices[id], notice.attempts < attempt else { return [] }
        notice.unanswered += 1
        guard notice.state == .queued else {
            // A receipt was faster than the answer, and is on record: it has arrived.
            notice.attempts = attempt
            store(notice)
            return [
                .settleHandOver(key: notice.outboxKey(attempt: attempt)), .publishDelivery(notice),
            ]
        }
        notice.channelMessage = "attempt \(attempt) was cut off by a stop, and is made again"
        store(notice)
        return [.publishDelivery(notice)]
    }

    private func move(_ notice: inout Notice, by outcome: AttemptOutcome, at now: Instant) {
        switch outcome {
        case .taken:
            (notice.state, notice.stateAt, notice.channelMessage) = (.sent, now, "")
        case .failedForNow(let text), .unknown(let text):
            notice.channelMessage = text
            waitOrGiveUp(&notice, at: now)
        case .failed(let text):
            (notice.state, notice.stateAt, notice.channelMessage) = (.failed, now, text)
            notice.escalatesAt = nil
        }
    }

    private func waitOrGiveUp(_ notice: inout Notice, at now: Instant) {
        let retry = profile.retry
        let next = now + retry.wait(afterFailure: notice.attempts)
        if notice.attempts < retry.attempts, next <= notice.decidedAt + retry.giveUpAfter {
            notice.nextAttemptAt = next
            return
        }
        (notice.state, notice.stateAt, notice.escalatesAt) = (.failed, now, nil)
        notice.channelMessage =
            "given up after \(notice.attempts) attempts; the last: \(notice.channelMessage)"
    }

    /// The wait after a failure is over: it is tried again, unless newer news would be followed by
    /// old.
    mutating func tryAgain(_ id: NoticeID, at now: Instant) -> [NotificationEffect] {
        guard var notice = notices[id], notice.state == .queued else { return [] }
        notice.nextAttemptAt = nil
        guard let newer = newer(than: notice) else {
            store(notice)
            return [.handOver(notice, attempt: notice.attempts + 1)]
        }
        (notice.state, notice.stateAt, notice.escalatesAt) = (.merged, now, nil)
        notice.channelMessage =
            "not tried again, since \(newer.id) is newer; attempt \(notice.attempts): "
            + notice.channelMessage
        store(notice)
        return [.publishDelivery(notice)]
    }

    /// The newest notice that says in its place what this one says, and that reaches the same
    /// person over the same channel, or still may: later news of the level, or the next circular
    /// of the rule. Nothing else takes the place of another.
    private func newer(than notice: Notice) -> Notice? {
        let others = (noticesOfCase[notice.caseID] ?? []).compactMap { notices[$0] }
        return others.filter { other in
            switch other.state {
            case .failed, .merged: false
            case .queued, .sent, .unknown, .delivered, .seen, .confirmed:
                other.number > notice.number && other.channel == notice.channel
                    && other.follows.isEmpty
                    && other.says(whatIsIn: notice) && other.holder.isSame(as: notice.holder)
            }
        }.max { $0.number < $1.number }
    }

    mutating func receipt(
        _ receipt: Receipt, for subject: ReceiptSubject, at now: Instant
    ) throws(NotificationRefusal) -> [NotificationEffect] {
        let found: NoticeID?
        switch subject {
        case .notice(let id): found = id
        case .provider(let name, let channel):
            found = noticeOfProvider[.init(channel: channel, name: name)]
        }
        guard let id = found, var notice = notices[id] else {
            switch subject {
            // A receipt can be faster than the answer that tells the provider's name.
            case .provider where !underWay.isEmpty: throw .receiptTooEarly(subject)
            case .notice, .provider: throw .unknownReceipt(subject)
            }
        }
        switch receipt {
        case .read: return advance(id, to: .seen, at: now)
        case .delivered:
            guard case .provider(let part, _) = subject, notice.providerIDs.count > 1 else {
                return advance(id, to: .delivered, at: now)
            }
            // A long text has arrived when all its parts have.
            if !notice.arrivedParts.contains(part) { notice.arrivedParts.append(part) }
            store(notice)
            let isWhole = notice.providerIDs.allSatisfy(notice.arrivedParts.contains)
            return isWhole ? advance(id, to: .delivered, at: now) : []
        case .failed(let text):
            switch notice.state {
            case .queued, .sent, .unknown:
                (notice.state, notice.stateAt, notice.channelMessage) = (.failed, now, text)
                (notice.nextAttemptAt, notice.escalatesAt) = (nil, nil)
                store(notice)
                return [.publishDelivery(notice)] + next(after: notice, at: now)
            // It arrived, or has failed already: nothing new.
            case .delivered, .seen, .confirmed, .failed, .merged: return []
            }
        }
    }

    mutating func confirm(
        _ id: NoticeID, by subject: String, at now: Instant
    ) throws(NotificationRefusal) -> [NotificationEffect] {
        guard let notice = notices[id] else { throw .unknownNotice(id) }
        switch notice.state {
        case .queued, .sent, .unknown, .delivered, .seen:
            return advance(id, to: .confirmed, at: now, message: "confirmed by \(subject)")
                + take(notice, confirmedBy: subject, at: now)
        case .confirmed: return []
        case .failed, .merged: throw .neverArrived(id, notice.state)
        }
    }

    /// Moves a notice on; nothing if it is there or further, since answers come in any order.
    mutating func advance(
        _ id: NoticeID, to state: Delivery, at now: Instant, message: String = ""
    ) -> [NotificationEffect] {
        guard var notice = notices[id], notice.state.order < state.order else { return [] }
        (notice.state, notice.stateAt, notice.channelMessage) = (state, now, message)
        (notice.nextAttemptAt, notice.escalatesAt) = (nil, nil)
        store(notice)
        return [.publishDelivery(notice)] + settleEarlier(than: notice, at: now)
    }

    /// The message has arrived over a later channel of its ladder: the earlier ones are not tried
    /// again, and what still waits in the queue leaves it.
    private mutating func settleEarlier(
        than notice: Notice, at now: Instant
    ) -> [NotificationEffect] {
        guard notice.state.order >= Delivery.delivered.order else { return [] }
        var effects: [NotificationEffect] = []
        var follows = notice.follows
        while var earlier = notices[NoticeID(follows)] {
            follows = earlier.follows
            guard earlier.state == .queued else { continue }
            if earlier.nextAttemptAt == nil {
                let key = earlier.outboxKey(attempt: earlier.attempts + 1)
                effects.append(.settleHandOver(key: key))
            }
            (earlier.state, earlier.stateAt) = (.merged, now)
            (earlier.nextAttemptAt, earlier.escalatesAt) = (nil, nil)
            earlier.channelMessage = "not tried again, since \(notice.id) has arrived"
            store(earlier)
            effects.append(.publishDelivery(earlier))
        }
        return effects
    }

    /// Confirming is what the roles of the notice owe, and nothing else.
    private mutating func take(
        _ notice: Notice, confirmedBy subject: String, at now: Instant
    ) -> [NotificationEffect] {
        guard let one = cases[notice.caseID] else { return [] }
        var moved = move(one, at: now)
        moved.who = Actor(subject: subject, node: notice.node)
        for role in notice.roles { moved.take(.confirmed(role), at: now) }
        return moved.steps.isEmpty ? [] : finish(&moved)
    }

    /// Somebody answered a message: `1` says that they took note of all that they were sent.
    mutating func replied(
        by telephone: String, _ text: String, at now: Instant
    ) throws(NotificationRefusal) -> [NotificationEffect] {
        let answer = text.filter { !$0.isWhitespace }
        guard answer == "1" || answer == "１" else { throw .unknownReply }
        let ids = (noticesOfNumber[TelephoneKey(telephone)] ?? []).sorted().filter { id in
            guard let notice = notices[id], cases[notice.caseID] != nil else { return false }
            switch notice.state {
            case .sent, .unknown, .delivered, .seen: return true
            case .queued, .confirmed, .failed, .merged: return false
            }
        }
        if ids.isEmpty { throw .unknownReply }
        var effects: [NotificationEffect] = []
        for id in ids { effects += try confirm(id, by: "SMS reply", at: now) }
        return effects
    }

    /// A notice that may still change; nil if it cannot, or is unknown.
    package func notice(_ id: NoticeID) -> Notice? { notices[id] }
}

extension Delivery {
    /// How far it has come; what failed, or was merged after an attempt without an answer, may
    /// still turn out to have arrived.
    fileprivate var order: Int {
        switch self {
        case .queued: 0
        case .failed, .merged: 1
        case .sent: 2
        case .unknown: 3
        case .delivered: 4
        case .seen: 5
        case .confirmed: 6
        }
    }
}
