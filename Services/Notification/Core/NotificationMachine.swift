package import Domain
package import Kernel
package import Policy

/// Opens, raises, lowers and closes warning cases, tells whom the profile names, and repeats
/// circulars until the level falls.
///
/// *What it owns*: open cases with their circulars, and notices that may still change; beside them
/// copies of the registry.
/// *How it moves*: a level above the resting one opens a case, another level moves it, the resting
/// one closes it. Each change sends notices and starts the circulars of the new level; those of
/// the old one stop and stay on record. A notice goes its way by what its channel answers.
/// *The odd case*: confirming stops no clock. Circulars that fell due while the platform stood
/// still are all recorded, and the last one says the earlier ones.
package struct NotificationMachine: Machine {
    package typealias Event = NotificationEvent
    package typealias Effect = NotificationEffect
    package typealias Part = NotificationPart
    package typealias Refusal = NotificationRefusal

    /// What waits for time to pass; circulars before attempts if both are due at once.
    enum DueKey: Hashable, Comparable, Sendable {
        case circular(CaseID, run: Int)
        case attempt(NoticeID)
        case forget(NoticeID)
    }

    package let profile: PolicyProfile
    package private(set) var tree = OrganisationTree()
    private(set) var enterprises: [EnterpriseID: RegistryFact.Enterprise] = [:]
    private(set) var sources: [HazardSourceID: RegistryFact.HazardSource] = [:]
    /// The person of each tier of each source.
    private(set) var persons: [TierPost: RegistryFact.Person] = [:]
    var cases: [CaseID: WarningCase] = [:]
    var caseOfSource: [HazardSourceID: CaseID] = [:]
    var notices: [NoticeID: Notice] = [:]
    var noticesOfCase: [CaseID: [NoticeID]] = [:]
    var noticeOfProvider: [String: NoticeID] = [:]
    /// Notices that no provider has taken yet, and so has not named.
    var queued: Set<NoticeID> = []
    var circularsDue = Deadlines<DueKey>()
    var othersDue = Deadlines<DueKey>()
    var changes: [String: NotificationPart?] = [:]

    struct TierPost: Hashable {
        var source: HazardSourceID
        var tier: Tier
    }

    package init(profile: PolicyProfile) {
        self.profile = profile
    }

    /// Circulars wait for news: the level may have fallen meanwhile. Attempts do not.
    package func nextDue(heard: Instant) -> Instant? {
        [circularsDue.nextDue(by: heard), othersDue.nextDue].compactMap(\.self).min()
    }

    package mutating func handle(
        _ event: NotificationEvent, at now: Instant
    ) throws(NotificationRefusal) -> [NotificationEffect] {
        switch event {
        case .registered(let fact):
            put(fact)
            return []
        case .levelChanged(let news):
            return levelChanged(news, at: now)
        case .attempted(let id, let attempt, let outcome):
            return attempted(id, attempt: attempt, outcome, at: now)
        case .receipt(let subject, let receipt):
            return try self.receipt(receipt, for: subject, at: now)
        case .delivered(let ids):
            return ids.flatMap { advance($0, to: .delivered, at: now) }
        case .seen(let ids):
            return ids.flatMap { advance($0, to: .seen, at: now) }
        case .confirmed(let id, let subject):
            return try confirm(id, by: subject, at: now)
        }
    }

    package mutating func wake(at now: Instant, heard: Instant) -> [NotificationEffect] {
        var effects: [NotificationEffect] = []
        while let due = nextDue(heard: heard), due <= now {
            // At one time circulars go first; all in due order.
            let entry =
                circularsDue.nextDue(by: heard) == due
                ? circularsDue.popDue(at: now) : othersDue.popDue(at: now)
            guard let entry else { break }
            switch entry.key {
            case .circular(let id, let run):
                // None is merged into one that has to wait: that one may never come.
                effects += issueCircular(of: id, run: run, by: min(now, heard), at: now)
            case .attempt(let id): effects += tryAgain(id, at: now)
            case .forget(let id): forget(id)
            }
        }
        return effects
    }

    // MARK: Registry

    private mutating func put(_ fact: RegistryFact) {
        apply(fact)
        changes[Self.key(of: fact)] = .fact(fact)
    }

    private mutating func apply(_ fact: RegistryFact) {
        switch fact {
        case .node(let node): tree.put(node)
        case .enterprise(let enterprise):
            enterprises[enterprise.id] = enterprise
            tree.put(
                .init(
                    id: enterprise.node, parent: enterprise.parent, kind: .enterprise,
                    name: enterprise.name))
        case .source(let source): sources[source.id] = source
        case .person(let person):
            persons[TierPost(source: person.source, tier: person.tier)] = person
        }
    }

    private static func key(of fact: RegistryFact) -> String {
        switch fact {
        case .node(let node): "fact/node/\(node.id)"
        case .enterprise(let enterprise): "fact/enterprise/\(enterprise.id)"
        case .source(let source): "fact/source/\(source.id)"
        case .person(let person): "fact/person/\(person.source)/\(person.tier)"
        }
    }

    // MARK: Parts

    package mutating func takeChanges() -> [PartChange<NotificationPart>] {
        let keys = changes.keys.sorted()
        defer { changes = [:] }
        return keys.map { PartChange(key: $0, part: changes[$0] ?? nil) }
    }

    package mutating func restore(_ part: NotificationPart, key: String) {
        switch part {
        case .fact(let fact): apply(fact)
        case .openCase(let warningCase): hold(warningCase)
        case .notice(let notice): hold(notice)
        }
    }

    // MARK: Cases and notices in memory

    mutating func store(_ warningCase: WarningCase) {
        hold(warningCase)
        changes["case/\(warningCase.id)"] = .openCase(warningCase)
    }

    /// Keeps an open case, and makes its circulars wait.
    private mutating func hold(_ warningCase: WarningCase) {
        cases[warningCase.id] = warningCase
        caseOfSource[warningCase.source] = warningCase.id
        for (number, run) in warningCase.runs.enumerated() {
            let key = DueKey.circular(warningCase.id, run: number)
            if let dueAt = run.dueAt {
                circularsDue.set(key, dueAt: dueAt)
            } else {
                circularsDue.remove(key)
            }
        }
    }

    /// Lets a closed case go; its record is in the store.
    mutating func drop(_ warningCase: WarningCase) {
        for number in warningCase.runs.indices {
            circularsDue.remove(.circular(warningCase.id, run: number))
        }
        cases[warningCase.id] = nil
        caseOfSource[warningCase.source] = nil
        changes["case/\(warningCase.id)"] = .some(nil)
    }

    /// Keeps a notice that may still change.
    mutating func store(_ notice: Notice) {
        hold(notice)
        changes["notice/\(notice.id)"] = .notice(notice)
    }

    private mutating func hold(_ notice: Notice) {
        if notices.updateValue(notice, forKey: notice.id) == nil {
            let isFirst = noticesOfCase[notice.caseID]?.append(notice.id) == nil
            if isFirst { noticesOfCase[notice.caseID] = [notice.id] }
        }
        if notice.state == .queued { queued.insert(notice.id) } else { queued.remove(notice.id) }
        if !notice.providerID.isEmpty { noticeOfProvider[notice.providerID] = notice.id }
        if let dueAt = notice.nextAttemptAt {
            othersDue.set(.attempt(notice.id), dueAt: dueAt)
        } else {
            othersDue.remove(.attempt(notice.id))
        }
        othersDue.set(.forget(notice.id), dueAt: notice.stateAt + NotificationLimits.noticeKept)
    }

    private mutating func forget(_ id: NoticeID) {
        othersDue.remove(.attempt(id))
        othersDue.remove(.forget(id))
        queued.remove(id)
        guard let notice = notices.removeValue(forKey: id) else { return }
        noticeOfProvider[notice.providerID] = nil
        let others = noticesOfCase[notice.caseID]?.filter { $0 != id } ?? []
        noticesOfCase[notice.caseID] = others.isEmpty ? nil : others
        changes["notice/\(id)"] = .some(nil)
    }
}
