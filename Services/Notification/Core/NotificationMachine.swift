package import Domain
package import Kernel
package import Policy

/// Opens, moves and closes cases, tells whom the profile names, and pursues what is owed.
///
/// *What it owns*: cases that are not closed, each with its docket, and notices that may still
/// change; beside them copies of the registry, and the profiles that cases follow.
/// *How it moves*: a level above the resting one opens a case (where blue is a warning itself, also
/// a blue that an alarm gives), another level moves it, the resting one ends the warning; people
/// open other cases, do what they owe, declare and close. Each is a fact for the case's docket, and
/// what the docket answers becomes notices, documents and records.
/// *The odd case*: confirming stops no clock. What fell due while the platform stood still is all
/// recorded, and of repeats the last one says the earlier ones.
package struct NotificationMachine: Machine {
    package typealias Event = NotificationEvent
    package typealias Effect = NotificationEffect
    package typealias Part = NotificationPart
    package typealias Refusal = NotificationRefusal

    /// Gateways name messages each for itself, and several begin with 1.
    struct ProviderName: Hashable {
        var channel: Channel
        var name: String
    }

    /// What waits for time to pass.
    enum DueKey: Hashable, Comparable, Sendable {
        case attempt(NoticeID)
        case escalate(NoticeID)
        case forget(NoticeID)
    }

    /// The rules for new cases.
    package private(set) var profile: PolicyProfile
    /// Over which persons and bodies can be told.
    let channels: Set<Channel>
    /// The rules that running cases began with, by name with version.
    private(set) var profiles: [String: PolicyProfile] = [:]
    /// Who is where, and who holds which post.
    private(set) var registry = RegistryCopy()
    var cases: [CaseID: Case] = [:]
    /// The warning of a source that is not over; drills apart.
    var caseOfSource: [HazardSourceID: CaseID] = [:]
    var drillOfSource: [HazardSourceID: CaseID] = [:]
    /// How often in a row each enterprise has missed what.
    var streaks: [NodeID: Streaks] = [:]
    /// The last number of each kind of document, issuer and year.
    var serials: [String: Int] = [:]
    /// When each number was sent messages of late.
    var sentTo: [String: [Instant]] = [:]
    var notices: [NoticeID: Notice] = [:]
    var noticesOfCase: [CaseID: [NoticeID]] = [:]
    var noticeOfProvider: [ProviderName: NoticeID] = [:]
    /// What each number was sent, in the order in which it was decided.
    var noticesOfNumber: [TelephoneKey: [NoticeID]] = [:]
    /// Notices that are being handed over: a provider may have named them, and we not know yet.
    var underWay: Set<NoticeID> = []
    var casesDue = Deadlines<CaseID>()
    var othersDue = Deadlines<DueKey>()
    var changes: [String: NotificationPart?] = [:]

    /// `channels` are those that are set up: a ladder passes over the others.
    package init(profile: PolicyProfile, channels: Set<Channel> = Set(Channel.allCases)) {
        (self.profile, self.channels) = (profile, channels)
    }

    /// What cases owe waits for news: the level may have fallen meanwhile. Attempts do not.
    package func nextDue(heard: Instant) -> Instant? {
        [casesDue.nextDue(by: heard), othersDue.nextDue].compactMap(\.self).min()
    }

    package mutating func handle(
        _ event: NotificationEvent, at now: Instant
    ) throws(NotificationRefusal) -> [NotificationEffect] {
        switch event {
        case .adopted(let profile): return try adopt(profile)
        case .registered(let fact):
            put(fact)
            return []
        case .levelChanged(let news):
            try checkDrill(news)
            return levelChanged(news, at: now)
        case .opened(let request, let who): return try open(request, by: who, at: now)
        case .fulfilled(let id, let number, let round, let proof, let who):
            return try fulfil(number, round: round, of: id, proof, by: who, at: now)
        case .declared(let id, let declaration, let key, let proof, let who):
            return try declare(declaration, in: id, key: key, proof, by: who, at: now)
        case .cleared(let id, let who): return try registerClearing(id, by: who, at: now)
        case .closed(let id, let who): return try close(id, by: who, at: now)
        case .attempted(let id, let attempt, let outcome):
            return attempted(id, attempt: attempt, outcome, at: now)
        case .interrupted(let id, let attempt):
            return interrupted(id, attempt: attempt)
        case .receipt(let subject, let receipt):
            return try self.receipt(receipt, for: subject, at: now)
        case .replied(let telephone, let text):
            return try replied(by: telephone, text, at: now)
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
            // At one time cases go first; all in due order.
            if casesDue.nextDue(by: heard) == due, let entry = casesDue.popDue(at: now) {
                // None is merged into one that has to wait: that one may never come.
                effects += wake(entry.key, by: min(now, heard), at: now)
            } else if let entry = othersDue.popDue(at: now) {
                switch entry.key {
                case .attempt(let id): effects += tryAgain(id, at: now)
                case .escalate(let id): effects += escalate(id, at: now)
                case .forget(let id): forget(id)
                }
            } else {
                break
            }
        }
        return effects
    }

    // MARK: Profiles

    /// The rules that a case follows.
    func rules(of one: Case) -> PolicyProfile { profiles[one.profile] ?? profile }

    private mutating func adopt(
        _ new: PolicyProfile
    ) throws(NotificationRefusal) -> [NotificationEffect] {
        let known = profiles[new.name]
        if var known {
            // Texts are no rules, and each notice keeps its own: a program of before knew fewer.
            known.templates = new.templates
            // Two sets of rules under one name: no case could say which one it followed.
            guard known == new else { throw .versionInUse(new.name) }
        }
        profile = new
        if known == new { return [] }
        profiles[new.name] = new
        changes["profile/\(new.name)"] = .profile(new)
        return [.publishProfile(new)]
    }

    // MARK: Registry

    package var tree: OrganisationTree { registry.tree }

    private mutating func put(_ fact: RegistryFact) {
        registry.put(fact)
        changes[fact.key] = .fact(fact)
    }

    // MARK: Parts

    package mutating func takeChanges() -> [PartChange<NotificationPart>] {
        let keys = changes.keys.sorted()
        defer { changes = [:] }
        return keys.map { PartChange(key: $0, part: changes[$0] ?? nil) }
    }

    package mutating func restore(_ part: NotificationPart, key: String) {
        switch part {
        case .fact(let fact): registry.put(fact)
        case .openCase(let one): hold(one)
        case .notice(let notice): hold(notice)
        case .profile(let profile): profiles[profile.name] = profile
        case .streaks(let node, let streaks): self.streaks[node] = streaks
        case .serial(let name, let number): serials[name] = number
        case .sent(let number, let times): sentTo[number] = times
        }
    }
}
