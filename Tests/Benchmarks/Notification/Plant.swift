import Domain
import Logging
import Notification
import NotificationChannels
import NotificationCore
import Policy
import Runtime
import Storage
import Synchronization

/// One platform with so many hazard sources, each with its three persons.
struct Plant {
    let profile: PolicyProfile
    let store: Store
    let peer: Peer

    init(path: String, perSecond: Int) throws {
        profile = try ProfileSource.load("mem-2021")
        peer = Peer(perSecond: perSecond)
        store = try Self.store(path)
    }

    static func store(_ path: String) throws -> Store {
        try Store(
            path: path,
            migrations: [
                .shared, MigrationSet(owner: "notification", NotificationService.migrations),
            ])
    }

    /// `lateness` hears how late each circular was decided.
    func engine(
        _ profile: PolicyProfile, lateness: Lateness = Lateness()
    ) throws -> Engine<NotificationMachine> {
        var shell = NotificationService.shell(profile, ChannelSet([.sms: peer]))
        let plan = shell.plan
        shell.plan = { effect, now in
            if case .publishNotice(let notice) = effect, notice.reason == .circular {
                lateness.add(now - notice.dueAt, at: now)
            }
            return plan(effect, now)
        }
        return try Engine(
            name: "notification", store: store, clock: SystemTime(), shell: shell,
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Tells the engine of the registry: a county for each fifty enterprises.
    static func register(_ count: Int, in engine: Engine<NotificationMachine>) async throws {
        var facts: [RegistryFact] = [
            node("nation", nil, .nation), node("province", "nation", .province),
            node("city", "province", .city),
        ]
        for index in 0..<count {
            let county = "county-\(index / 50)"
            if index % 50 == 0 { facts.append(node(county, "city", .county)) }
            let enterprise = EnterpriseID("e\(index)")
            facts.append(
                .enterprise(
                    .init(
                        id: enterprise, parent: NodeID(county), placement: .outsidePark,
                        name: "第\(index)厂")))
            facts.append(.source(.init(id: source(index), enterprise: enterprise, name: "罐区")))
            facts += Tier.allCases.map { tier in
                .person(
                    .init(
                        id: PersonID("\(tier)-\(index)"), source: source(index), tier: tier,
                        name: "某人", telephone: "t-\(tier)-\(index)"))
            }
        }
        for start in stride(from: 0, to: facts.count, by: 500) {
            let some = facts[start..<min(start + 500, facts.count)]
            _ = try await engine.submit([
                UpstreamItem(
                    events: some.map { .registered($0) },
                    from: UpstreamPosition(name: "ingest", seq: UInt64(start + 1)))
            ])
        }
    }

    private static func node(_ id: String, _ parent: String?, _ kind: NodeKind) -> RegistryFact {
        .node(.init(id: NodeID(id), parent: parent.map { NodeID($0) }, kind: kind, name: id))
    }

    /// Levels of so many sources, as risk's journal tells them.
    static func change(
        _ count: Int, in engine: Engine<NotificationMachine>, to level: (Int) -> WarningLevel
    ) async throws {
        for start in stride(from: 0, to: count, by: 100) {
            let now = SystemTime().now()
            let items = (start..<min(start + 100, count)).map { index in
                UpstreamItem<NotificationEvent>(
                    events: [.levelChanged(news(index, level(index), at: now))],
                    from: UpstreamPosition(name: "risk", seq: UInt64(index + 1)))
            }
            _ = try await engine.submit(items)
        }
    }

    static func source(_ index: Int) -> HazardSourceID { HazardSourceID("s\(index)") }

    static func news(_ index: Int, _ level: WarningLevel, at now: Instant) -> LevelNews {
        LevelNews(
            seq: UInt64(index + 1), source: source(index), enterprise: EnterpriseID("e\(index)"),
            sourceName: "罐区", enterpriseName: "第\(index)厂", level: level, changedAt: now,
            knownAt: now, causes: [])
    }
}

/// How late circulars were decided, in milliseconds.
final class Lateness: Sendable {
    private let all = Mutex<[(at: Instant, late: Int64)]>([])

    func values(since start: Instant) -> [Int64] {
        all.withLock { all in all.filter { $0.at >= start }.map(\.late) }
    }

    func add(_ interval: Interval, at now: Instant) {
        all.withLock { $0.append((now, interval.milliseconds)) }
    }
}
