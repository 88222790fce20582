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
        if case .taken(let providerID) = outcome { notice.providerID = providerID }
        // A receipt or a person may have been faster than the answer: no notice moves back.
        if notice.state == .queued { move(&notice, by: outcome, at: now) }
        store(notice)
        return [settled, .publishDelivery(notice)]
    }

    private func move(_ notice: inout Notice, by outcome: AttemptOutcome, at now: Instant) {
        switch outcome {
        case .taken:
            (notice.state, notice.stateAt, notice.channelMessage) = (.sent, now, "")
        case .failedForNow(let text):
            notice.channelMessage = text
            waitOrGiveUp(&notice, at: now)
        case .failed(let text):
            (notice.state, notice.stateAt, notice.channelMessage) = (.failed, now, text)
        }
    }

    private func waitOrGiveUp(_ notice: inout Notice, at now: Instant) {
        let retry = profile.retry
        let next = now + retry.wait(afterFailure: notice.attempts)
        if notice.attempts < retry.attempts, next <= notice.decidedAt + retry.giveUpAfter {
            notice.nextAttemptAt = next
            return
        }
        (notice.state, notice.stateAt) = (.failed, now)
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
        (notice.state, notice.stateAt) = (.merged, now)
        notice.channelMessage =
            "not tried again, since \(newer.id) is newer; attempt \(notice.attempts): "
            + notice.channelMessage
        store(notice)
        return [.publishDelivery(notice)]
    }

    /// The newest later notice of the same case that reaches the same person, or still may.
    private func newer(than notice: Notice) -> Notice? {
        let others = (noticesOfCase[notice.caseID] ?? []).compactMap { notices[$0] }
        return others.filter { other in
            switch other.state {
            case .failed, .merged: false
            case .queued, .sent, .delivered, .seen, .confirmed:
                other.number > notice.number && other.channel == notice.channel
                    && other.holder.isSame(as: notice.holder)
            }
        }.max { $0.number < $1.number }
    }

    mutating func receipt(
        _ receipt: Receipt, for subject: ReceiptSubject, at now: Instant
    ) throws(NotificationRefusal) -> [NotificationEffect] {
        let found: NoticeID?
        switch subject {
        case .notice(let id): found = id
        case .provider(let providerID): found = noticeOfProvider[providerID]
        }
        guard let id = found, var notice = notices[id] else {
            switch subject {
            // A receipt can be faster than the answer that tells the provider's name.
            case .provider where !queued.isEmpty: throw .receiptTooEarly(subject)
            case .notice, .provider: throw .unknownReceipt(subject)
            }
        }
        switch receipt {
        case .delivered:
            return advance(id, to: .delivered, at: now)
        case .failed(let text):
            switch notice.state {
            case .queued, .sent:
                (notice.state, notice.stateAt, notice.channelMessage) = (.failed, now, text)
                notice.nextAttemptAt = nil
                store(notice)
                return [.publishDelivery(notice)]
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
        case .queued, .sent, .delivered, .seen:
            return advance(id, to: .confirmed, at: now, message: "confirmed by \(subject)")
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
        notice.nextAttemptAt = nil
        store(notice)
        return [.publishDelivery(notice)]
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
        case .delivered: 3
        case .seen: 4
        case .confirmed: 5
        }
    }
}
