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
    package static let keys = [ConfigurationKey.profile] + ChannelSet.keys + ConfirmLinks.keys
    package static let migrations = (CaseTables.migrations + RecordTables.migrations)
        .sorted { $0.name < $1.name }

    package static func assemble(_ context: ServiceContext) async throws -> ServiceParts {
        let profile = try context.profile()
        let reports = ReportIntake()
        let channels = try ChannelSet.read(
            context.configuration, group: context.group, logger: context.logger
        ) { name, report in
            try await reports.take(report, from: Channel(name))
        }
        for (name, advice) in channels.missing(of: profile) {
            context.logger.warning(
                "a channel that the profile names is not configured: nobody is told over it",
                metadata: ["channel": "\(name.rawValue)", "next": "\(advice)"])
        }
        let links = try ConfirmLinks.read(context.configuration, folder: context.folder)
        let engine = try Engine(
            name: name, store: context.store, clock: context.clock,
            shell: shell(
                profile, channels,
                adding: { notice in
                    try await links?.words(for: notice, in: context.store)
                }),
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
        let pages = links.map { links in
            ConfirmServer(
                links: links, store: context.store, zone: profile.zone,
                submit: { try await engine.submit($0) }, group: context.group,
                logger: context.logger)
        }
        let jobs: [any Service] = [
            ChannelsJob(channels: channels),
            AdoptProfile(profile: profile, submit: { try await engine.submit($0) }),
        ]
        return ServiceParts(
            router: router, engine: engine, followers: [registry, levels],
            jobs: jobs + [pages].compactMap(\.self),
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

    /// What an engine needs to act by `profile` over `channels`; what `words` says of a notice
    /// stands in its message after the text.
    package static func shell(
        _ profile: PolicyProfile, _ channels: ChannelSet,
        adding words: @escaping @Sendable (Notice) async throws -> String? = { _ in nil }
    ) -> Engine<NotificationMachine>.Shell {
        Engine<NotificationMachine>.Shell(
            machine: {
                NotificationMachine(
                    profile: profile, channels: Set(channels.isSet.map { Channel($0) } + [.desk]))
            },
            plan: { effect, _ in effect.plans },
            perform: { row in
                let handOver = try HandOver(row)
                let notice = handOver.notice
                var message = notice.outgoing
                message.text += try await words(notice) ?? ""
                let outcome = try await channels[notice.channelName].handOver(message)
                return .attempted(
                    notice.id, attempt: handOver.attempt, AttemptOutcome(outcome))
            },
            resume: { row in
                guard let handOver = try? HandOver(row) else { return nil }
                return .interrupted(handOver.notice.id, attempt: handOver.attempt)
            })
    }
}
