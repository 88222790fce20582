import Domain
import Policy

extension NotificationMachine {
    /// What a set of notices has in common.
    struct Message {
        var reason: Notice.Reason
        var dueAt: Instant
        var circularNumber = 0
        var obligation = 0
        var document = ""
        /// The round that says this one, if it is late and not the last.
        var mergedInto: Int?
    }

    /// The text for a reader with these roles.
    typealias Words = ([RoleID]) -> String

    /// A role that is told, who fills it, why, and in which words.
    struct Address {
        var role: RoleID
        var holder: Notice.Holder
        var clause: Clause
        var text: Words
    }

    /// One notice before it is issued: several roles if one person or body holds them.
    private struct Draft {
        var roles: [RoleID]
        var holder: Notice.Holder
        var node: NodeID
        var channel: Channel
        var step: Int?
        var wait: Interval?
        var clause: Clause
        var text: Words
    }

    /// Issues the notices of `message`, one for each person or body and channel.
    mutating func issue(
        _ message: Message, to addresses: [Address], of moved: inout Move
    ) -> [NotificationEffect] {
        var drafts: [Draft] = []
        for address in addresses {
            moved.one.note(.init(role: address.role, holder: address.holder))
            add(address, of: moved.one, rules: moved.profile, to: &drafts)
        }
        let prefix = moved.one.isDrill ? moved.profile.templates[.drill].filled { _ in "" } : ""
        return drafts.flatMap { draft in
            issue(draft, text: prefix + draft.text(draft.roles), message, of: &moved)
        }
    }

    private func add(
        _ address: Address, of one: Case, rules: PolicyProfile, to drafts: inout [Draft]
    ) {
        // A role that a new version of the profile has dropped fails in sight of the desk.
        let channels = rules.role(address.role).map { rules.channels(of: $0) }
        let ladder = channels?.steps ?? [.init(.desk)]
        let first = ladder.firstIndex { address.holder.isReached(by: $0.channel) } ?? 0
        var ways: [(channel: Channel, step: Int?, wait: Interval?)] = [
            (ladder[first].channel, first, ladder[first].wait)
        ]
        for channel in channels?.also ?? [] where address.holder.isReached(by: channel) {
            ways.append((channel, nil, nil))
        }
        for way in ways {
            let twin = drafts.firstIndex {
                $0.channel == way.channel && $0.holder.isSame(as: address.holder)
            }
            if let twin {
                if !drafts[twin].roles.contains(address.role) {
                    drafts[twin].roles.append(address.role)
                }
            } else {
                drafts.append(
                    Draft(
                        roles: [address.role], holder: address.holder,
                        node: registry.node(of: address.role, address.holder, in: one, by: rules),
                        channel: way.channel,
                        step: way.step, wait: way.wait, clause: address.clause,
                        text: address.text))
            }
        }
    }

    private mutating func issue(
        _ draft: Draft, text: String, _ message: Message, of moved: inout Move
    ) -> [NotificationEffect] {
        moved.one.noticeCount += 1
        let (one, now) = (moved.one, moved.decidedAt)
        var notice = Notice(
            id: NoticeID("\(one.id)/\(one.noticeCount)"), caseID: one.id,
            number: one.noticeCount, isDrill: one.isDrill, caseNode: one.node,
            caseNodeName: one.enterpriseName, source: one.source, reason: message.reason,
            level: one.level, roles: draft.roles, holder: draft.holder, node: draft.node,
            nodeName: registry.tree[draft.node]?.name ?? one.enterpriseName, channel: draft.channel,
            text: text, clause: draft.clause, decidedAt: now, dueAt: message.dueAt,
            circularNumber: message.circularNumber, obligation: message.obligation,
            document: message.document, step: draft.step, wait: draft.wait, follows: "",
            state: .queued, stateAt: now, attempts: 0, unanswered: 0, channelMessage: "",
            nextAttemptAt: nil, escalatesAt: nil, providerIDs: [], arrivedParts: [])
        if let number = message.mergedInto {
            notice.state = .merged
            notice.channelMessage = "issued late; number \(number) of this rule says it"
        } else if let full = budgetRefusal(notice, moved.profile) {
            (notice.state, notice.channelMessage) = (.merged, full)
        }
        return send(&notice)
    }

    /// Puts a notice that was decided on its way.
    mutating func send(_ notice: inout Notice) -> [NotificationEffect] {
        var effects: [NotificationEffect] = []
        if notice.state == .queued {
            switch (notice.holder, notice.channel) {
            case (.nobody(let reason), _):
                (notice.state, notice.channelMessage) = (.failed, reason)
            // A desk has it as soon as it is stored.
            case (.body, .desk): notice.state = .sent
            case (.person, .sms), (.person, .smsBackup), (.person, .voice), (.person, .email),
                (.body, .robot):
                count(notice)
                effects = [.handOver(notice, attempt: 1)]
            case (.person, .desk), (.person, .robot), (.body, .sms), (.body, .smsBackup),
                (.body, .voice), (.body, .email):
                notice.state = .failed
                notice.channelMessage = "the profile reaches this role over a channel it has not"
            }
        }
        switch notice.state {
        // Nothing can become of what nobody was given.
        case .failed, .merged: break
        case .queued, .sent, .unknown, .delivered, .seen, .confirmed:
            startTime(of: &notice, at: notice.decidedAt)
            store(notice)
        }
        return [.publishNotice(notice)] + effects
    }

    // MARK: Who fills a role

    /// The addresses of all who fill a role now; one that says so if nobody does.
    func addresses(
        _ role: RoleID, in one: Case, clause: Clause, text: @escaping Words
    ) -> [Address] {
        holders(of: role, in: one).map {
            Address(role: role, holder: $0, clause: clause, text: text)
        }
    }

    /// Adds to `addresses` all others who were told of the case: who fills their roles now, and who
    /// filled them when they were told (decision 0013).
    func addingThoseTold(
        of one: Case, to addresses: [Address], clause: Clause, text: @escaping Words
    ) -> [Address] {
        var all = addresses
        for told in one.told where !all.contains(where: { $0.role == told.role }) {
            all += self.addresses(told.role, in: one, clause: clause, text: text)
        }
        for told in one.told where told.holder.name != nil {
            if all.contains(where: { $0.holder.isSame(as: told.holder) }) { continue }
            all.append(
                Address(role: told.role, holder: told.holder, clause: clause, text: text))
        }
        return all
    }

    /// The words for a case as it is.
    ///
    /// They keep a copy of the registry, not of the machine: whatever else kept a copy of all cases
    /// and notices would make the next change copy them for good.
    func words(for one: Case) -> NoticeText {
        let rules = rules(of: one)
        return NoticeText(profile: rules, one: one, registry: registry)
    }

    func holderName(of role: RoleID, in one: Case) -> String {
        registry.holderName(of: role, in: one, by: rules(of: one))
    }

    func holders(of role: RoleID, in one: Case) -> [Notice.Holder] {
        registry.holders(of: role, in: one, by: rules(of: one))
    }
}

extension Notice.Holder {
    /// True if a message can go to them over `channel` at all.
    func isReached(by channel: Channel) -> Bool {
        switch (self, channel) {
        case (.person(_, _, let telephone, _), .sms), (.person(_, _, let telephone, _), .smsBackup),
            (.person(_, _, let telephone, _), .voice):
            !telephone.isEmpty
        case (.person(_, _, _, let email), .email): !email.isEmpty
        case (.body, .desk), (.body, .robot): true
        case (.person, .desk), (.person, .robot), (.body, .sms), (.body, .smsBackup),
            (.body, .voice), (.body, .email), (.nobody, _):
            false
        }
    }
}
