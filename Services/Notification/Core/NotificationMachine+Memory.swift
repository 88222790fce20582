import Domain
import Kernel
import Policy

/// What the machine keeps in memory, and which part of it has changed.
extension NotificationMachine {
    /// A case to work one event off in.
    func move(_ one: Case, at now: Instant) -> Move {
        Move(
            one, decidedAt: now, profile: rules(of: one),
            streaks: streaks[Self.streakNode(of: one)])
    }

    /// Where misses in a row are counted: what is missed in a drill counts in drills alone.
    static func streakNode(of one: Case) -> NodeID {
        one.isDrill ? NodeID("drill/\(one.node)") : one.node
    }

    mutating func store(_ one: Case) {
        hold(one)
        changes["case/\(one.id)"] = .openCase(one)
    }

    /// Keeps a case that is not closed, and makes what it owes wait.
    mutating func hold(_ one: Case) {
        cases[one.id] = one
        if one.kind == .warning, let source = one.source {
            let path: WritableKeyPath<Self, [HazardSourceID: CaseID]> =
                one.isDrill ? \.drillOfSource : \.caseOfSource
            if one.clearedAt == nil {
                self[keyPath: path][source] = one.id
            } else if self[keyPath: path][source] == one.id {
                self[keyPath: path][source] = nil
            }
        }
        if let dueAt = one.docket.nextDue {
            casesDue.set(one.id, dueAt: dueAt)
        } else {
            casesDue.remove(one.id)
        }
    }

    /// Lets a closed case go; its record is in the store.
    mutating func drop(_ one: Case) {
        casesDue.remove(one.id)
        cases[one.id] = nil
        changes["case/\(one.id)"] = .some(nil)
    }

    mutating func store(_ new: Streaks, of node: NodeID) {
        guard streaks[node] ?? Streaks() != new else { return }
        streaks[node] = new.isEmpty ? nil : new
        changes["streaks/\(node)"] = .some(new.isEmpty ? nil : .streaks(node, new))
    }

    /// The next number of a kind of document of one issuer in one year.
    mutating func nextSerial(_ name: String) -> Int {
        let number = (serials[name] ?? 0) + 1
        serials[name] = number
        changes["serial/\(name)"] = .serial(name, number)
        return number
    }

    /// Keeps a notice that may still change.
    mutating func store(_ notice: Notice) {
        hold(notice)
        changes["notice/\(notice.id)"] = .notice(notice)
    }

    mutating func hold(_ notice: Notice) {
        if notices.updateValue(notice, forKey: notice.id) == nil {
            Self.add(notice.id, to: notice.caseID, in: &noticesOfCase)
            if let number = notice.holder.telephone {
                Self.add(notice.id, to: TelephoneKey(number), in: &noticesOfNumber)
            }
        }
        if notice.state == .queued, notice.nextAttemptAt == nil {
            underWay.insert(notice.id)
        } else {
            underWay.remove(notice.id)
        }
        for name in notice.providerIDs {
            noticeOfProvider[.init(channel: notice.channel, name: name)] = notice.id
        }
        wait(.attempt(notice.id), until: notice.nextAttemptAt)
        wait(.escalate(notice.id), until: notice.escalatesAt)
        wait(.forget(notice.id), until: notice.stateAt + NotificationLimits.noticeKept)
    }

    private mutating func wait(_ key: DueKey, until dueAt: Instant?) {
        if let dueAt { othersDue.set(key, dueAt: dueAt) } else { othersDue.remove(key) }
    }

    mutating func forget(_ id: NoticeID) {
        for key in [DueKey.attempt(id), .escalate(id), .forget(id)] { othersDue.remove(key) }
        underWay.remove(id)
        guard let notice = notices.removeValue(forKey: id) else { return }
        for name in notice.providerIDs {
            let key = ProviderName(channel: notice.channel, name: name)
            // A provider that begins to count anew may have given the name to another since.
            if noticeOfProvider[key] == id { noticeOfProvider[key] = nil }
        }
        Self.drop(id, of: notice.caseID, in: &noticesOfCase)
        if let number = notice.holder.telephone {
            Self.drop(id, of: TelephoneKey(number), in: &noticesOfNumber)
        }
        changes["notice/\(id)"] = .some(nil)
    }

    private static func add<Key>(
        _ id: NoticeID, to key: Key, in index: inout [Key: [NoticeID]]
    ) {
        let isFirst = index[key]?.append(id) == nil
        if isFirst { index[key] = [id] }
    }

    private static func drop<Key>(
        _ id: NoticeID, of key: Key, in index: inout [Key: [NoticeID]]
    ) {
        let others = index[key]?.filter { $0 != id } ?? []
        index[key] = others.isEmpty ? nil : others
    }
}
