import Domain
import Foundation
import Kernel
import NotificationCore
import Policy
import Runtime

/// 2021-11-01 08:00 +08:00.
let t0 = Instant(unixMilliseconds: 1_635_724_800_000)

/// The profile of the ministry, read once.
let ministry = read("mem-2021")

/// The five, read once.
private let five = Dictionary(
    uniqueKeysWithValues: FiveProfilesTests.profiles.map { ($0, read($0)) })

/// A profile that comes with the program, or one of docs/examples.
private func read(_ name: String) -> Result<PolicyProfile, any Error> {
    let example = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("docs/examples/\(name).yaml").path
    let isExample = FileManager.default.fileExists(atPath: example)
    return Result { try isExample ? ProfileSource.load(path: example) : ProfileSource.load(name) }
}

extension NotificationMachine {
    /// Enterprises `park-works` in a park, `county-works` outside, `city-works` city-managed; each
    /// with a source of that name plus `-source` and its three persons.
    static func city(
        _ name: String = "mem-2021", adding rules: [ObligationRule] = [],
        channels: Set<Channel> = Set(Channel.allCases)
    ) throws -> NotificationMachine {
        var profile = try (five[name] ?? read(name)).get()
        profile.obligations += rules
        var machine = NotificationMachine(profile: profile, channels: channels)
        let tree: [(id: String, parent: String?, kind: NodeKind)] = [
            ("nation", nil, .nation), ("province", "nation", .province),
            ("city", "province", .city), ("county", "city", .county), ("park", "county", .park),
        ]
        for node in tree {
            try machine.hear(
                .node(
                    .init(
                        id: NodeID(node.id), parent: node.parent.map(NodeID.init),
                        kind: node.kind, name: "\(node.id)局")))
        }
        for (placement, name, parent) in Self.enterprises {
            try machine.hear(
                .enterprise(
                    .init(
                        id: EnterpriseID(name), parent: NodeID(parent), placement: placement,
                        name: "\(name)厂")),
                .source(
                    .init(
                        id: HazardSourceID("\(name)-source"), enterprise: EnterpriseID(name),
                        name: "罐区")))
            for tier in Tier.allCases {
                try machine.hear(.person(.someone(tier, of: name)))
            }
        }
        for (node, posts) in Self.posts {
            for post in posts {
                try machine.hear(
                    .officer(
                        .init(
                            id: PersonID("\(post)@\(node)"), node: NodeID(node),
                            post: PostID(post), name: "\(node)\(post)",
                            telephone: "tel-\(post)-\(node)", verifiedOn: "2021-10-01")))
            }
        }
        _ = machine.takeChanges()
        return machine
    }

    /// Who holds posts where, for profiles that name them.
    static let posts: [(node: String, posts: [String])] =
        ["park-works", "county-works", "city-works"].map {
            ($0, ["safetyHead", "safetyDirector", "safetyLeader", "principal"])
        } + [
            ("park", ["head", "leaderInCharge", "principal"]),
            ("county", ["sectionHead", "leaderInCharge", "principal", "dutyLeader"]),
            ("city", ["divisionStaff", "divisionHead"]),
        ]

    static let enterprises: [(Placement, name: String, parent: String)] = [
        (.inPark, "park-works", "park"), (.outsidePark, "county-works", "county"),
        (.cityManaged, "city-works", "county"),
    ]

    mutating func hear(_ facts: RegistryFact...) throws {
        for fact in facts { _ = try handle(.registered(fact), at: t0) }
    }

    /// Risk says that the level of a source changed, `minute` minutes after t0.
    mutating func level(
        _ level: WarningLevel, minute: Int64, of enterprise: String = "county-works",
        knownMinute: Int64? = nil, heardAt: Instant? = nil
    ) throws -> [NotificationEffect] {
        let changedAt = t0 + .minutes(minute)
        var news = LevelNews.of(enterprise, level, at: changedAt)
        if let knownMinute { news.knownAt = t0 + .minutes(knownMinute) }
        return try handle(.levelChanged(news), at: heardAt ?? changedAt)
    }

    /// Wakes at each time at which something is due, up to `minute` minutes after t0.
    mutating func run(toMinute minute: Int64) -> [NotificationEffect] {
        var effects: [NotificationEffect] = []
        while let due = nextDue, due <= t0 + .minutes(minute) { effects += wake(at: due) }
        return effects
    }

    /// The providers take all that is handed over, and say nothing more.
    mutating func take(_ effects: [NotificationEffect], at now: Instant) {
        for effect in effects {
            guard case .handOver(let notice, let attempt) = effect else { continue }
            let taken = AttemptOutcome.taken(providerIDs: ["p-\(notice.id)"])
            _ = try? handle(.attempted(notice.id, attempt: attempt, taken), at: now)
        }
    }

    /// The warnings that are not over.
    var openWarnings: [Case] { openCases.filter { $0.clearedAt == nil } }

    /// Everything that would be stored.
    var stored: [PartChange<NotificationPart>] {
        var copy = self
        return copy.takeChanges()
    }
}

extension RegistryFact.Person {
    static func someone(_ tier: Tier, of enterprise: String, telephone: String? = nil) -> Self {
        .init(
            id: PersonID("\(tier)-\(enterprise)"), source: HazardSourceID("\(enterprise)-source"),
            tier: tier, name: "\(tier)某", telephone: telephone ?? "tel-\(tier)-\(enterprise)")
    }
}

extension LevelNews {
    /// The news of number `seq` in risk's journal; else numbered by its time.
    static func of(
        _ enterprise: String, _ level: WarningLevel, at changedAt: Instant, seq: UInt64? = nil
    ) -> Self {
        .init(
            seq: seq ?? UInt64((changedAt - t0).milliseconds / 1_000) + 1,
            source: HazardSourceID("\(enterprise)-source"), enterprise: EnterpriseID(enterprise),
            sourceName: "罐区", enterpriseName: "\(enterprise)厂", level: level,
            changedAt: changedAt, knownAt: changedAt,
            causes: [
                .init(
                    deviceName: "1号罐", pointName: "压力", unit: "kPa",
                    state: level == .blue ? .normal : .highHigh, value: 2_897.34, limit: 2_890,
                    measuredAt: changedAt)
            ])
    }
}

/// The notices that were decided.
func notices(_ effects: [NotificationEffect]) -> [Notice] {
    effects.compactMap { effect in
        switch effect {
        case .publishNotice(let notice): notice
        case _: nil
        }
    }
}

/// Notices with who, over what and by which clause: `principal sms 002-WD §5`.
func words(_ effects: [NotificationEffect]) -> [String] {
    notices(effects).map { notice in
        let roles = notice.roles.map(\.text).joined(separator: "+")
        return "\(roles) \(notice.channel) \(notice.clause)"
    }
}

/// Circulars as `minute number role`, in the order in which they were decided.
func circulars(_ effects: [NotificationEffect]) -> [String] {
    notices(effects).filter { $0.reason == .circular }.map { notice in
        let minute = (notice.dueAt - t0).milliseconds / 60_000
        return "\(minute) \(notice.circularNumber) \(notice.roles[0])"
    }
}

/// The states of notices after their deliveries.
func deliveries(_ effects: [NotificationEffect]) -> [Delivery] {
    effects.compactMap { effect in
        switch effect {
        case .publishDelivery(let notice): notice.state
        case _: nil
        }
    }
}

/// What is handed to the provider: `id#attempt`.
func handOvers(_ effects: [NotificationEffect]) -> [String] {
    effects.compactMap { effect in
        switch effect {
        case .handOver(let notice, let attempt): notice.outboxKey(attempt: attempt)
        case _: nil
        }
    }
}

/// What happened to the case.
func caseNews(_ effects: [NotificationEffect]) -> [CaseNews] {
    effects.compactMap { effect in
        switch effect {
        case .publishCase(_, let news): news
        case _: nil
        }
    }
}

/// What became of obligations that somebody owes, in order.
func obligations(_ effects: [NotificationEffect]) -> [ObligationRecord] {
    effects.compactMap { effect in
        switch effect {
        case .publishObligation(let record): record.owner == nil ? nil : record
        case _: nil
        }
    }
}
