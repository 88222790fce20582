import Domain
import Policy

extension NotificationMachine {
    /// What a set of notices has in common.
    struct Message {
        var reason: Notice.Reason
        var dueAt: Instant
        var circularNumber = 0
        /// The circular that says this one, if it is late and not the last.
        var mergedInto: Int?
    }

    /// A role that is told, who fills it, why, and in which words.
    struct Address {
        var role: RoleID
        var holder: Notice.Holder
        var clause: Clause
        var text: String
    }

    /// One notice before it is issued: several roles if one person or body holds them.
    private struct Draft {
        var roles: [RoleID]
        var holder: Notice.Holder
        var channel: Channel
        var clause: Clause
        var text: String
    }

    /// Issues the notices of `message`, one for each person or body and channel.
    mutating func issue(
        _ message: Message, to addresses: [Address], of warningCase: inout WarningCase,
        at now: Instant
    ) -> [NotificationEffect] {
        var drafts: [Draft] = []
        for address in addresses {
            warningCase.note(.init(role: address.role, holder: address.holder))
            add(address, to: &drafts)
        }
        return drafts.flatMap { issue($0, message, of: &warningCase, at: now) }
    }

    private func add(_ address: Address, to drafts: inout [Draft]) {
        // A role that a new version of the profile has dropped fails in sight of the desk.
        let channels = profile.role(address.role).map { profile.channels(of: $0).channels }
        for channel in channels ?? [.desk] {
            let twin = drafts.firstIndex {
                $0.channel == channel && $0.holder.isSame(as: address.holder)
            }
            if let twin {
                drafts[twin].roles.append(address.role)
            } else {
                drafts.append(
                    Draft(
                        roles: [address.role], holder: address.holder, channel: channel,
                        clause: address.clause, text: address.text))
            }
        }
    }

    private mutating func issue(
        _ draft: Draft, _ message: Message, of warningCase: inout WarningCase, at now: Instant
    ) -> [NotificationEffect] {
        warningCase.noticeCount += 1
        var notice = Notice(
            id: NoticeID("\(warningCase.id)/\(warningCase.noticeCount)"),
            caseID: warningCase.id, number: warningCase.noticeCount, source: warningCase.source,
            enterprise: warningCase.enterprise, enterpriseName: warningCase.enterpriseName,
            reason: message.reason, level: warningCase.level, roles: draft.roles,
            holder: draft.holder, channel: draft.channel, text: draft.text,
            clause: draft.clause, decidedAt: now, dueAt: message.dueAt,
            circularNumber: message.circularNumber, state: .queued, stateAt: now, attempts: 0,
            channelMessage: "", nextAttemptAt: nil, providerID: "")
        var effects: [NotificationEffect] = []
        if let number = message.mergedInto {
            notice.state = .merged
            notice.channelMessage = "issued late; circular \(number) of this level says it"
        } else {
            switch (draft.holder, draft.channel) {
            case (.nobody(let reason), _):
                (notice.state, notice.channelMessage) = (.failed, reason)
            case (.person, .sms): effects = [.handOver(notice, attempt: 1)]
            // A desk has it as soon as it is stored.
            case (.body, .desk): notice.state = .sent
            case (.person, .desk), (.body, .sms), (_, .smsBackup), (_, .voice), (_, .robot),
                (_, .email):
                notice.state = .failed
                notice.channelMessage = "the profile reaches this role over a channel it has not"
            }
        }
        switch notice.state {
        // Nothing can become of what nobody was given.
        case .failed, .merged: break
        case .queued, .sent, .delivered, .seen, .confirmed: store(notice)
        }
        return [.publishNotice(notice)] + effects
    }

    // MARK: Who fills a role

    /// The address of whoever fills a role now.
    func address(
        _ role: RoleID, in warningCase: WarningCase, clause: Clause, text: String
    ) -> Address {
        let holder = recipient(of: role, in: warningCase)
        return Address(role: role, holder: holder, clause: clause, text: text)
    }

    /// Adds to `addresses` all others who were told of the case: who fills their roles now, and who
    /// filled them when they were told (decision 0013).
    func addingThoseTold(
        of warningCase: WarningCase, to addresses: [Address], clause: Clause, text: String
    ) -> [Address] {
        var all = addresses
        for told in warningCase.told where !all.contains(where: { $0.role == told.role }) {
            all.append(address(told.role, in: warningCase, clause: clause, text: text))
        }
        for told in warningCase.told where told.holder.name != nil {
            if all.contains(where: { $0.holder.isSame(as: told.holder) }) { continue }
            all.append(Address(role: told.role, holder: told.holder, clause: clause, text: text))
        }
        return all
    }

    /// The words for a case as it is.
    func words(for warningCase: WarningCase) -> NoticeText {
        NoticeText(profile: profile, warningCase: warningCase) { role in
            holderName(of: role, in: warningCase)
        }
    }

    /// The name of the one who fills a role; that of the role if nobody does.
    func holderName(of role: RoleID, in warningCase: WarningCase) -> String {
        recipient(of: role, in: warningCase).name ?? profile.role(role)?.name ?? role.text
    }

    func recipient(of id: RoleID, in warningCase: WarningCase) -> Notice.Holder {
        guard let role = profile.role(id) else {
            return .nobody("The profile has no role \(id).")
        }
        switch role.holder {
        case .person(let tier): return person(tier, in: warningCase)
        case .body(let kinds): return body(kinds, in: warningCase)
        case .under: return .nobody("Many bodies fill the role \(id).")
        case .post(let post, _): return .nobody("No officer at the post \(post) is registered.")
        }
    }

    private func person(_ tier: Tier, in warningCase: WarningCase) -> Notice.Holder {
        let post = TierPost(source: warningCase.source, tier: tier)
        guard let person = persons[post] else {
            return .nobody(
                "No \(tier) person of hazard source \(warningCase.source) is registered; import "
                    + "one with tier \(tier).")
        }
        guard !person.telephone.isEmpty else {
            return .nobody(
                "Person \(person.id) (\(tier) of \(warningCase.source)) has no telephone number; "
                    + "import one.")
        }
        return .person(person.id, name: person.name, telephone: person.telephone)
    }

    private func body(_ kinds: [NodeKind], in warningCase: WarningCase) -> Notice.Holder {
        if let body = tree.body(of: warningCase.node, kinds: kinds) {
            return .body(body.id, name: body.name)
        }
        let names = kinds.map(\.rawValue).joined(separator: " or ")
        return .nobody(
            "No \(names) is registered above enterprise \(warningCase.enterprise); import the "
                + "organisation tree above it.")
    }
}
