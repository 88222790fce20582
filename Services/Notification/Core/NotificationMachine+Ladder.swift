package import Domain
import Policy

/// How a message that does not get through goes on, and how many one number gets.
extension NotificationMachine {
    /// Begins the time of a notice's step, unless it runs or is over.
    ///
    /// It begins with the first answer of the channel, since what waits in our own queue says
    /// nothing of it: under load all would go over two channels. Red does not wait for that. What
    /// is handed over only after its time has it anew, so that it does not stay `sent` for good.
    func startTime(of notice: inout Notice, at now: Instant) {
        guard notice.step != nil, notice.escalatesAt == nil else { return }
        switch notice.state {
        case .sent: notice.escalatesAt = lastAnswer(to: notice, at: now)
        case .queued:
            let isRed = notice.priority == 0
            guard notice.attempts == (isRed ? 0 : 1) else { return }
            notice.escalatesAt = notice.wait.map { now + $0 }
        case .unknown, .delivered, .seen, .confirmed, .failed, .merged: break
        }
    }

    /// By when a receipt of what was handed over comes, if one comes.
    private func lastAnswer(to notice: Notice, at now: Instant) -> Instant? {
        if let wait = notice.wait { return now + wait }
        switch notice.channel {
        // The last of the ladder: as long as a provider may try.
        case .sms, .smsBackup, .voice: return now + profile.retry.giveUpAfter
        // These tell nothing more.
        case .desk, .robot, .email: return nil
        }
    }

    /// Nothing came back in time: it is unknown if it was handed over, and the next channel of the
    /// ladder that reaches the person is tried. What was handed over before may still arrive.
    mutating func escalate(_ id: NoticeID, at now: Instant) -> [NotificationEffect] {
        guard var notice = notices[id] else { return [] }
        notice.escalatesAt = nil
        if notice.state == .sent {
            (notice.state, notice.stateAt) = (.unknown, now)
            notice.channelMessage = "no receipt in its time"
        }
        store(notice)
        return [.publishDelivery(notice)] + next(after: notice, at: now)
    }

    /// The same message over the next channel; nothing if there is none, if it has arrived, or went
    /// on before, or if newer news of the level have gone to the same person over any channel.
    mutating func next(after notice: Notice, at now: Instant) -> [NotificationEffect] {
        guard let step = notice.step, var one = cases[notice.caseID],
            let role = notice.roles.first
        else { return [] }
        switch notice.state {
        case .delivered, .seen, .confirmed, .merged: return []
        case .queued, .sent, .unknown, .failed: break
        }
        let others = (noticesOfCase[notice.caseID] ?? []).compactMap { notices[$0] }
        let isPassed = others.contains { other in
            if other.follows == notice.id.text { return true }
            return other.number > notice.number && other.reason != .circular
                && other.says(whatIsIn: notice) && other.holder.isSame(as: notice.holder)
        }
        if isPassed { return [] }
        let profile = rules(of: one)
        let ladder = profile.role(role).map { profile.channels(of: $0).steps } ?? []
        let rest = ladder.indices.dropFirst(step + 1)
        let further = rest.first { index in
            let channel = ladder[index].channel
            return channels.contains(channel) && notice.holder.isReached(by: channel)
        }
        guard let index = further else { return [] }
        one.noticeCount += 1
        var next = notice
        next.id = NoticeID("\(one.id)/\(one.noticeCount)")
        (next.number, next.follows) = (one.noticeCount, notice.id.text)
        (next.channel, next.step, next.wait) = (ladder[index].channel, index, ladder[index].wait)
        (next.state, next.stateAt, next.decidedAt) = (.queued, now, now)
        (next.attempts, next.unanswered, next.channelMessage) = (0, 0, "")
        (next.nextAttemptAt, next.escalatesAt) = (nil, nil)
        (next.providerIDs, next.arrivedParts) = ([], [])
        store(one)
        return send(&next)
    }

    // MARK: How many one number gets

    /// Why a repeat is not sent to its number now; nil: it is. What comes for the first time is
    /// always sent, and every obligation stays on record.
    func budgetRefusal(_ notice: Notice, _ profile: PolicyProfile) -> String? {
        guard let budget = profile.budget, notice.circularNumber > 1,
            case .person(_, _, let telephone, _) = notice.holder
        else { return nil }
        let since = notice.decidedAt - budget.within
        let count = (sentTo[telephone] ?? []).count { $0 > since }
        guard count >= budget.perNumber else { return nil }
        return "the number has had \(count) messages in \(budget.within.words); a repeat is not "
            + "sent, and the circular stands"
    }

    /// A message goes to a number.
    mutating func count(_ notice: Notice) {
        // A drill takes nothing from what a real circular may be sent.
        guard !notice.isDrill, case .person(_, _, let telephone, _) = notice.holder,
            let budget = profile.budget
        else { return }
        let since = notice.decidedAt - budget.within
        let times = (sentTo[telephone] ?? []).filter { $0 > since } + [notice.decidedAt]
        sentTo[telephone] = times
        changes["sent/\(telephone)"] = .sent(telephone, times)
    }

    /// A number that will have had as many messages as it may, if nothing changes.
    package struct Forecast: Equatable, Sendable {
        package var person: PersonID
        package var name: String
        /// The node of the case that sends most.
        package var node: NodeID
        package var reachedAt: Instant
        package var perNumber: Int
    }

    /// Who will reach the limit of their number within a day, and when, soonest first.
    package func forecast(at now: Instant) -> [Forecast] {
        guard let budget = profile.budget else { return [] }
        var coming: [String: [Instant]] = [:]
        var named: [String: (id: PersonID, name: String, node: NodeID)] = [:]
        for one in openCases {
            for (instant, role) in repeats(of: one, until: now + budget.within) {
                for holder in self.holders(of: role, in: one) {
                    guard case .person(let id, let name, let telephone, _) = holder else {
                        continue
                    }
                    coming[telephone] = (coming[telephone] ?? []) + [instant]
                    named[telephone] = (id, name, one.node)
                }
            }
        }
        let reached = coming.keys.sorted().compactMap { telephone -> Forecast? in
            let sent = (sentTo[telephone] ?? []).filter { $0 > now - budget.within }
            let all = (sent + (coming[telephone] ?? [])).sorted()
            guard all.count >= budget.perNumber, let holder = named[telephone] else { return nil }
            return Forecast(
                person: holder.id, name: holder.name, node: holder.node,
                reachedAt: all[budget.perNumber - 1], perNumber: budget.perNumber)
        }
        return reached.sorted { ($0.reachedAt, $0.person) < ($1.reachedAt, $1.person) }
    }

    /// When the system's documents of a case go to persons if nothing changes.
    private func repeats(of one: Case, until end: Instant) -> [(Instant, RoleID)] {
        let profile = rules(of: one)
        return one.docket.runs.flatMap { run -> [(Instant, RoleID)] in
            guard run.owner == nil, let rule = profile.obligation(run.rule),
                case .document(let document) = rule.form, case .every(let every) = rule.repeats
            else { return [] }
            var all: [(Instant, RoleID)] = []
            var next = run.opensAt
            while next <= end {
                for role in document.to + rule.copies { all.append((next, role)) }
                next = next + every
            }
            return all
        }
    }
}
