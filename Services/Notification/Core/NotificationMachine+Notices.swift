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

    /// A role that is told, why, and in which words.
    struct Address {
        var role: RoleID
        var clause: Clause
        var text: String
    }

    /// Who fills a role for a case.
    enum Recipient {
        case found(Notice.Holder)
        case missing(String)

        var name: String? {
            switch self {
            case .found(.person(_, let name, _)), .found(.body(_, let name)): name
            case .found(.nobody), .missing: nil
            }
        }
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
            if !warningCase.told.contains(address.role) { warningCase.told.append(address.role) }
            add(address, of: warningCase, to: &drafts)
        }
        return drafts.flatMap { issue($0, message, of: &warningCase, at: now) }
    }

    private func add(_ address: Address, of warningCase: WarningCase, to drafts: inout [Draft]) {
        // A role that a new version of the profile has dropped fails in sight of the desk.
        let channels = profile.role(address.role).map { profile.channels(of: $0).channels }
        let holder: Notice.Holder
        switch recipient(of: address.role, in: warningCase) {
        case .found(let found): holder = found
        case .missing(let reason): holder = .nobody(reason)
        }
        for channel in channels ?? [.desk] {
            let twin = drafts.firstIndex { $0.channel == channel && $0.holder.isSame(as: holder) }
            if let twin {
                drafts[twin].roles.append(address.role)
            } else {
                drafts.append(
                    Draft(
                        roles: [address.role], holder: holder, channel: channel,
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
            case (.person, .http): effects = [.handOver(notice, attempt: 1)]
            // A desk has it as soon as it is stored.
            case (.body, .desk): notice.state = .sent
            case (.person, .desk), (.body, .http):
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

    func recipient(of id: RoleID, in warningCase: WarningCase) -> Recipient {
        guard let role = profile.role(id) else {
            return .missing("The profile has no role \(id).")
        }
        switch role.holder {
        case .person(let tier): return person(tier, in: warningCase)
        case .body(let kinds): return body(kinds, in: warningCase)
        }
    }

    private func person(_ tier: Tier, in warningCase: WarningCase) -> Recipient {
        let post = TierPost(source: warningCase.source, tier: tier)
        guard let person = persons[post] else {
            return .missing(
                "No \(tier) person of hazard source \(warningCase.source) is registered; import "
                    + "one with tier \(tier).")
        }
        guard !person.telephone.isEmpty else {
            return .missing(
                "Person \(person.id) (\(tier) of \(warningCase.source)) has no telephone number; "
                    + "import one.")
        }
        return .found(.person(person.id, name: person.name, telephone: person.telephone))
    }

    private func body(_ kinds: [NodeKind], in warningCase: WarningCase) -> Recipient {
        if let body = tree.body(of: warningCase.node, kinds: kinds) {
            return .found(.body(body.id, name: body.name))
        }
        let names = kinds.map(\.rawValue).joined(separator: " or ")
        return .missing(
            "No \(names) is registered above enterprise \(warningCase.enterprise); import the "
                + "organisation tree above it.")
    }
}
