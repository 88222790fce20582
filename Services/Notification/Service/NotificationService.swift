import Contracts
import Domain
package import NotificationChannels
package import NotificationCore
package import Policy
import RPC
package import Runtime
import ServiceLifecycle
package import Storage

/// Opens warning cases, tells whom the profile names, and pursues the circulars: what others may
/// ask stands in `API`, what we remember in `Store`, how people are reached in `Channels`.
package enum NotificationService: HostedService {
    package static let name = "notification"
    package static let upstreams = ["ingest", "risk"]
    package static let keys = ConfigurationKey.profile + ChannelSet.keys
    package static let migrations = CaseTables.migrations + RecordTables.migrations

    package static func assemble(_ context: ServiceContext) async throws -> ServiceParts {
        let profile = try context.profile()
        let reports = ReportIntake()
        let channels = try ChannelSet.read(
            context.configuration, group: context.group, logger: context.logger
        ) { _, report in
            try await reports.take(report)
        }
        if !channels.isSet.contains(.sms) {
            context.logger.warning(
                "no gateway is configured: notices to persons fail; set http-url or smpp-host")
        }
        let engine = try Engine(
            name: name, store: context.store, clock: context.clock,
            shell: shell(profile, channels),
            metrics: context.metrics, logger: context.logger)
        reports.open { try await engine.submit($0) }
        let registry = Follower.journal(
            "ingest.journal", of: context.client("ingest"), kindPrefixes: ["ingest."],
            engine: engine, metrics: context.metrics, logger: context.logger
        ) { entry in
            try RegistryFact(entry).map { [.registered($0)] } ?? []
        }
        let levels = levels(engine, registry, context)
        var router = RPCRouter()
        let ports = Ports(
            engine: engine, store: context.store, now: { [clock = context.clock] in clock.now() })
        CaseAPI(ports: ports.cases).register(in: &router)
        CaseActions(ports: ports.actions).register(in: &router)
        InboxAPI(ports: ports.inbox).register(in: &router)
        return ServiceParts(
            router: router, engine: engine, followers: [registry, levels],
            jobs: [
                ChannelsJob(channels: channels),
                AdoptProfile(profile: profile, submit: { try await engine.submit($0) }),
            ],
            scope: { principal in
                let tree = try await engine.read { $0.tree }
                return { node, _ in principal.sees(node, in: tree) }
            })
    }

    private static func levels(
        _ engine: Engine<NotificationMachine>, _ registry: any HostedFollower,
        _ context: ServiceContext
    ) -> Follower<NotificationMachine, JournalV1.SubscribeResponse> {
        let levels = LevelSource(
            risk: context.client("risk"), registry: registry,
            knows: { source in try await engine.read { $0.knows(source) } },
            logger: context.logger)
        let source = Follower<NotificationMachine, JournalV1.SubscribeResponse>.Source(
            name: "risk.journal",
            open: { after, take in try await levels.open(after: after, take) },
            head: { try await levels.risk.journalHead() },
            step: { response in
                let news = try response.entry.flatMap { try LevelNews($0) }
                return FollowStep(events: news.map { [.levelChanged($0)] } ?? [], response)
            },
            weight: { $0.entry?.body.count ?? 0 })
        return Follower(
            source: source, engine: engine, metrics: context.metrics, logger: context.logger)
    }

    /// What an engine needs to act by `profile` over `channels`.
    package static func shell(
        _ profile: PolicyProfile, _ channels: ChannelSet
    ) -> Engine<NotificationMachine>.Shell {
        Engine<NotificationMachine>.Shell(
            machine: { NotificationMachine(profile: profile) },
            plan: { effect, _ in effect.plans },
            perform: { row in
                let handOver = try HandOver(row)
                let notice = handOver.notice
                let outcome = try await channels[notice.channelName].handOver(notice.outgoing)
                return .attempted(
                    notice.id, attempt: handOver.attempt, AttemptOutcome(outcome))
            })
    }
}
