import Contracts
import Domain
import Foundation
import GRDB
import Logging
import NIOPosix
import Notification
import NotificationChannels
import NotificationCore
import Policy
import Runtime
import SimKit
import Storage

/// An engine of notification with one enterprise of one source or more, on a store and a clock of
/// a test.
struct Desk: Sendable {
    let engine: Engine<NotificationMachine>
    let store: Store
    let clock: SimulatedTime
    private let channel: any MessageChannel
    private let keeping: Task<Void, any Error>
    private let running: Task<Void, any Error>

    init(
        url: String?, folder: TemporaryFolder? = nil, now: Instant = .t0, sources: Int = 1,
        timeout: Interval = .minutes(5)
    ) async throws {
        let folder = try folder ?? TemporaryFolder()
        store = try Store(
            path: folder.file("store.sqlite"),
            migrations: [
                .shared, MigrationSet(owner: "notification", NotificationService.migrations),
            ])
        clock = SimulatedTime(now)
        var logger = Logger(label: "desk")
        logger.logLevel = .critical
        let channel =
            url.map { url -> any MessageChannel in
                HTTPChannel(
                    name: "sms",
                    provider: HTTPProvider(url: url, body: DispatchTests.body, timeout: timeout),
                    group: MultiThreadedEventLoopGroup.singleton, logger: logger)
            } ?? ChannelSet([:])[.sms]
        self.channel = channel
        keeping = Task { try await channel.run() }
        let engine = try Engine(
            name: "notification", store: store, clock: clock,
            shell: NotificationService.shell(
                try ProfileSource.load("mem-2021"), ChannelSet([.sms: channel])),
            logger: logger)
        self.engine = engine
        running = Task { try await engine.run() }
        for fact in Self.registry(sources) { try await engine.submit(.registered(fact)) }
    }

    private static func registry(_ sources: Int) -> [RegistryFact] {
        let tree: [(id: String, parent: String?, kind: NodeKind)] = [
            ("cn", nil, .nation), ("p1", "cn", .province), ("c1", "p1", .city),
            ("d1", "c1", .county),
        ]
        let nodes = tree.map { node in
            RegistryFact.node(
                .init(
                    id: NodeID(node.id), parent: node.parent.map { NodeID($0) }, kind: node.kind,
                    name: node.id))
        }
        let plant = (1...sources).flatMap { number in
            let (source, mark) = (Self.source(number), number == 1 ? "" : "\(number)")
            let persons = Tier.allCases.map { tier in
                RegistryFact.person(
                    .init(
                        id: PersonID("\(tier)\(mark)"), source: source, tier: tier,
                        name: "某\(tier)", telephone: "tel-\(tier)\(mark)"))
            }
            return [
                .source(.init(id: source, enterprise: EnterpriseID("e"), name: "罐区"))
            ] + persons
        }
        return nodes + [
            .enterprise(
                .init(
                    id: EnterpriseID("e"), parent: NodeID("d1"), placement: .outsidePark,
                    name: "示范化工"))
        ] + plant
    }

    private static func source(_ number: Int) -> HazardSourceID { HazardSourceID("s\(number)") }

    /// The level of a source changed.
    func level(_ level: WarningLevel, source: Int = 1, seq: UInt64 = 1) async throws {
        try await engine.submit(
            .levelChanged(
                LevelNews(
                    seq: seq, source: Self.source(source), enterprise: EnterpriseID("e"),
                    sourceName: "罐区", enterpriseName: "示范化工", level: level,
                    changedAt: clock.now(), knownAt: clock.now(), causes: [])))
    }

    func advance(by interval: Interval) async {
        clock.advance(to: clock.now() + interval)
        await engine.tick()
        await engine.idle()
    }

    /// All notices in the order in which they were decided.
    func notices() async throws -> [NotificationV1.Notice] {
        try await store.read { db in
            try Data.fetchAll(db, sql: "select body from notices order by ordinal")
        }.map { try NotificationV1.Notice(serialized: [UInt8]($0)) }
    }

    func states() async throws -> [Delivery] {
        try await notices().map { try Delivery($0.state) }
    }

    func stop() async {
        running.cancel()
        _ = await running.result
        keeping.cancel()
        _ = await keeping.result
        try? store.close()
    }
}
