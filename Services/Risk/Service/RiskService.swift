import Contracts
import Domain
import Policy
import RPC
import RiskCore
package import Runtime
package import Storage

/// Finds alarms in the readings, and the warning level of each hazard source: what others may ask
/// stands in `API`, what we remember in `Store`.
package enum RiskService: HostedService {
    package static let name = "risk"
    package static let upstreams = ["ingest"]
    package static let keys = [ConfigurationKey.profile]
    package static let migrations = AlarmTable.migrations

    package static func assemble(_ context: ServiceContext) async throws -> ServiceParts {
        let profile = try context.profile()
        let store = context.store
        let engine = try Engine(
            name: name, store: store, clock: context.clock, shell: shell(profile),
            metrics: context.metrics, logger: context.logger)
        let registry = Follower.journal(
            "ingest.journal", of: context.client("ingest"), kindPrefixes: ["ingest."],
            engine: engine, metrics: context.metrics, logger: context.logger
        ) { entry in
            try RegistryFact(entry).map { [.registered($0)] } ?? []
        }
        var router = RPCRouter()
        RiskAPI(ports: ports(engine, store)).register(in: &router)
        return ServiceParts(
            router: router, engine: engine,
            followers: [registry, readings(engine, registry, context)],
            scope: { principal in
                let tree = try await engine.read { $0.tree }
                return { node, _ in principal.sees(node, in: tree) }
            })
    }

    private static func readings(
        _ engine: Engine<RiskMachine>, _ registry: any HostedFollower, _ context: ServiceContext
    ) -> Follower<RiskMachine, IngestV1.FollowResponse> {
        let gate = RegistryGate(
            ingest: context.client("ingest"), registry: registry,
            unknownPoints: { table in try await engine.read { $0.unknownPoints(in: table) } },
            logger: context.logger)
        let source = Follower<RiskMachine, IngestV1.FollowResponse>.Source(
            name: "ingest.readings",
            open: { after, take in try await gate.open(after: after.seq, take) },
            head: { try await gate.head() },
            step: { response in
                FollowStep(
                    events: ReadingBatch(response).map { [.measured($0)] } ?? [],
                    position: response.position, head: response.headPosition)
            },
            weight: { ($0.columns?.point.count ?? 0) * RiskLimits.bytesPerReading })
        return Follower(
            source: source, engine: engine, metrics: context.metrics, logger: context.logger)
    }

    private static func ports(_ engine: Engine<RiskMachine>, _ store: Store) -> RiskAPI.Ports {
        RiskAPI.Ports(
            machine: { try await engine.read { $0.forQuestions } },
            alarms: { before, source, isStandingOnly, limit in
                try await store.read { db in
                    try AlarmTable.page(
                        before: before, source: source?.text, isStandingOnly: isStandingOnly,
                        limit: limit, in: db)
                }.map { .init(ordinal: $0.ordinal, node: NodeID($0.node), body: $0.body) }
            })
    }

    /// Everything that risk decides is written down; nothing is to be done in the world.
    private static func shell(_ profile: PolicyProfile) -> Engine<RiskMachine>.Shell {
        Engine<RiskMachine>.Shell(
            machine: { RiskMachine(profile: profile) },
            plan: { effect, _ in effect.plans },
            perform: { row in
                preconditionFailure("Risk puts nothing into its outbox, found \(row.key).")
            })
    }
}
