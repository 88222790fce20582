import Contracts
import Domain
import IngestCore
import Logging
import Policy
import RPC
package import Runtime
import ServiceLifecycle
package import Storage

/// Takes in the registry and the readings: what others may ask stands in `API`, what we remember
/// in `Store`.
package enum IngestService: HostedService {
    package static let name = "ingest"
    package static let ports = ServicePorts(grpc: 7401, admin: 7501)

    package static let keys = ownKeys + superiorKeys

    private static let ownKeys = [
        ConfigurationKey.profile,
        ConfigurationKey(
            "future-tolerance-seconds", .integer(0...86_400), default: "60",
            "How far a reading may be measured after our clock; later ones are refused. Ours."),
        ConfigurationKey(
            "commit-delay-ms", .integer(0...1_000), default: "5",
            "How long the first batch of a group waits for others before all go to the disk."),
        ConfigurationKey(
            "commit-readings", .integer(1...100_000), default: "2000",
            "A group with so many readings goes to the disk at once."),
        ConfigurationKey(
            "retention-days", .integer(1...3_650), default: "90",
            "Readings are kept for so many days. Ours; enterprises must keep 30 themselves."),
        ConfigurationKey(
            "packs", .text, default: "",
            "Files of further industry packs, with commas between; those of the program are there "
                + "in any case."),
        ConfigurationKey(
            "follow-hours", .integer(1...8_760), default: "168",
            "Batches are kept for services that follow, for so many hours. Ours."),
        ConfigurationKey(
            "flush-readings", .integer(1...100_000_000), default: "10000000",
            "Readings in memory that begin a flush before the hour is over; 20 bytes each."),
        ConfigurationKey(
            "camera-every-minutes", .integer(1...1_440), default: "10",
            "How often each camera with an address is tried. Ours."),
        ConfigurationKey(
            "cameras-at-once", .integer(4...64), default: "8",
            "How many cameras are tried at once; those of one enterprise take half of the places "
                + "at most, and so do those that were never seen or failed before."),
        ConfigurationKey(
            "camera-networks", .text, default: CameraNetworks.usual,
            "The networks that cameras may lie in, with commas between; others are not connected "
                + "to. The default are private ones, without those of this machine."),
        ConfigurationKey(
            "camera-limit-seconds", .integer(1...120), default: "15",
            "How long a camera may take to give a picture; then the try is ended."),
        ConfigurationKey(
            "stills-per-camera", .integer(1...1_000), default: "24",
            "How many stills are kept of each camera; older ones are removed."),
        ConfigurationKey(
            "video-programs", .text, default: "",
            "The folder of ffprobe and ffmpeg; empty: they are looked for in PATH."),
        ConfigurationKey(
            "commitment-form", .text, default: "",
            "The file of what a commitment must say; empty: that of the program."),
    ]
    package static let migrations =
        CommitmentTables.migrations + FilingTables.migrations + GapTable.migrations
        + FindingTable.migrations + ScoreTables.migrations + FilingTables.spanMigrations
        + CleaningTable.migrations

    package static func assemble(_ context: ServiceContext) async throws -> ServiceParts {
        try await assemble(context, readingsOptions: Store.Options())
    }

    /// The same with a disk of its own under the readings; tests let it fail.
    package static func assemble(
        _ context: ServiceContext, readingsOptions: Store.Options
    ) async throws -> ServiceParts {
        let settings = context.configuration
        let metrics = IngestMetrics(context.metrics)
        let packs = try PackSource.load(settings.text("packs"))
        let profile = try context.profile()
        let watch = LiveWatch(
            presence: profile.presence ?? .ours, detectors: profile.detectors ?? .ours,
            packs: packs)
        let registry = RegistrySnapshot { watch.follow($0, $1, version: $2) }
        let form = try FormSource.load(settings.text("commitment-form"))
        let tolerance = Interval.seconds(Int64(settings.integer("future-tolerance-seconds")))
        let engine = try Engine(
            name: name, store: context.store, clock: context.clock,
            shell: shell(packs, form, profile, tolerance),
            metrics: context.metrics, logger: context.logger)
        try await registry.refresh(from: engine)
        let log = try openLog(context, metrics, readingsOptions)
        let linkMetrics = LinkMetrics(context.metrics)
        let board = try linkBoard(context, linkMetrics)
        let watching = try await start(watch, engine, log, board, context, profile.zone)
        var router = RPCRouter()
        ReadingsAPI(
            log: log, registry: registry, clock: context.clock,
            futureTolerance: tolerance, watch: watch, metrics: metrics
        ).register(in: &router)
        let registryAPI = RegistryAPI(
            engine: engine, registry: registry, packs: packs, clock: context.clock)
        registryAPI.register(in: &router)
        let desk = try videoDesk(context, engine, watch)
        VideoAPI(
            desk: desk, engine: engine, registry: registry, registryAPI: registryAPI,
            packs: packs, clock: context.clock
        ).register(in: &router)
        let video = VideoJob(desk: desk, registry: registry, logger: context.logger)
        registerPapers(in: &router, context, engine, registry)
        let newest = PresenceAPI.Newest(
            seen: { watch.seen($0) }, measured: { log.latest(of: $0).map { $0?.measuredAt } })
        registerWatch(in: &router, context, engine, registry, watching.keeper, newest)
        LinkAPI(
            log: log, engine: engine, registry: registry, clock: context.clock,
            futureTolerance: .seconds(Int64(settings.integer("future-tolerance-seconds"))),
            watch: watch, metrics: metrics, linkMetrics: linkMetrics, board: board
        ).register(in: &router)
        let job = ReadingsJob(
            log: log, journalHead: engine.journalHead, clock: context.clock,
            keeping: retention(hours: 24 * settings.integer("retention-days")),
            following: retention(hours: settings.integer("follow-hours")),
            owed: owed(board, settings), logger: context.logger)
        let uplink = try uplink(context, board, log, engine, registry, linkMetrics)
        return ServiceParts(
            router: router, engine: engine,
            jobs: [job, video, watching] + uplink,
            scope: { scope(of: $0, registry) },
            heads: { [StreamHead(name: "ingest.readings", seq: log.head.head)] },
            settle: { try await watching.lookOnce() },
            readiness: { log.readiness })
    }

    /// What a caller may see of the journal.
    private static func scope(
        of principal: Principal, _ registry: RegistrySnapshot
    ) -> @Sendable (NodeID, String) -> Bool {
        // Gateways and links need none of it.
        if principal.role == .gateway || principal.role == .link { return { _, _ in false } }
        let view = registry.current
        return { node, kind in
            // An entry cannot be masked without breaking its hash, so it is left out.
            if personal.contains(kind), !principal.seesTelephones { return false }
            return view.isVisible(node, to: principal)
        }
    }

    /// What enterprises say of their days and outages.
    private static func registerPapers(
        in router: inout RPCRouter, _ context: ServiceContext, _ engine: Engine<IngestMachine>,
        _ registry: RegistrySnapshot
    ) {
        CommitmentAPI(
            engine: engine, registry: registry, days: .init(context.store),
            clock: context.clock
        ).register(in: &router)
        FilingAPI(
            engine: engine, registry: registry, rows: .init(context.store),
            clock: context.clock
        ).register(in: &router)
    }

    /// What is connected, what is wrong, and how good it is.
    private static func registerWatch(
        in router: inout RPCRouter, _ context: ServiceContext, _ engine: Engine<IngestMachine>,
        _ registry: RegistrySnapshot, _ keeper: DayKeeper, _ newest: PresenceAPI.Newest
    ) {
        let store = context.store
        PresenceAPI(
            engine: engine, registry: registry, clock: context.clock, newest: newest,
            gapsWithin: { window, after, limit in
                try await store.read {
                    try GapTable.within(window, after: after, limit: limit, in: $0)
                }
            },
            outages: { try await FiledOutages.within($0, in: store) }
        ).register(in: &router)
        FindingAPI(
            engine: engine, registry: registry, clock: context.clock, rows: .init(store)
        ).register(in: &router)
        CleaningAPI(
            engine: engine, registry: registry, rows: .init(store),
            photos: PhotoStore(folder: context.folder + "/photos"), clock: context.clock
        ).register(in: &router)
        QualityAPI(registry: registry, scores: .init(store, keeper))
            .register(in: &router)
    }

    /// Begins to watch, before the first batch comes.
    private static func start(
        _ watch: LiveWatch, _ engine: Engine<IngestMachine>, _ log: SQLiteBatchLog,
        _ board: LinkBoard, _ context: ServiceContext, _ zone: Zone
    ) async throws -> WatchJob {
        let clock = context.clock
        let now = clock.now()
        let (registry, books, links) = try await engine.read { machine in
            (machine.registry, machine.watch, machine.links.places(in: machine.registry))
        }
        let listened = try DayKeeper.listened(context.store)
        let wasShort = listened.map { now - $0 <= IngestLimits.shortStopMax } ?? false
        watch.start(
            registry, links, latest: { log.latest(of: $0) }, books: books, at: now,
            wasShort: wasShort)
        return WatchJob(
            sweep: WatchSweep(
                watch: watch, engine: engine, log: log, clock: clock,
                listeningSince: wasShort ? .distantPast : now),
            keeper: try DayKeeper(
                watch: watch, engine: engine, store: context.store, clock: clock, zone: zone),
            openLinks: { board.open }, watch: watch, clock: clock, logger: context.logger)
    }

    private static func openLog(
        _ context: ServiceContext, _ metrics: IngestMetrics, _ storeOptions: Store.Options
    ) throws -> SQLiteBatchLog {
        let settings = context.configuration
        var options = SQLiteBatchLog.Options()
        options.commitDelayMilliseconds = settings.integer("commit-delay-ms")
        options.commitReadings = settings.integer("commit-readings")
        options.didCommit = { metrics.count($0) }
        options.didTurn = { [logger = context.logger] trouble in
            metrics.show(isWritable: trouble == nil)
            if let trouble {
                logger.error("readings cannot be stored", metadata: ["reason": "\(trouble)"])
            } else {
                logger.notice("readings can be stored again")
            }
        }
        options.flushReadings = settings.integer("flush-readings")
        options.didFailToMerge = { [logger = context.logger] reason in
            logger.error("readings of a day were not merged", metadata: ["reason": "\(reason)"])
        }
        return try SQLiteBatchLog(
            folder: context.folder + "/readings", options: options,
            storeOptions: storeOptions)
    }

    static func retention(hours: Int) -> Retention {
        Retention(
            keeping: .hours(Int64(hours)), silenceMax: IngestLimits.retentionSilenceMax,
            perRunMax: IngestLimits.retentionPerRunMax)
    }

    private static func videoDesk(
        _ context: ServiceContext, _ engine: Engine<IngestMachine>, _ watch: LiveWatch
    ) throws -> VideoDesk {
        let settings = context.configuration
        let networks: CameraNetworks
        do throws(CameraNetworks.Mistake) {
            networks = try CameraNetworks(settings.text("camera-networks"))
        } catch {
            throw settings.mistake(
                "camera-networks",
                "\(error.part) is neither a network such as 10.0.0.0/8 nor an address")
        }
        return VideoDesk(
            tool: VideoTool(
                folder: settings.text("video-programs"),
                limit: .seconds(settings.integer("camera-limit-seconds")), networks: networks),
            stills: StillStore(
                folder: context.folder + "/stills",
                perCameraMax: settings.integer("stills-per-camera")),
            rule: CameraRounds.Rule(
                every: .minutes(Int64(settings.integer("camera-every-minutes"))),
                atOnceMax: settings.integer("cameras-at-once")),
            engine: engine, clock: context.clock, metrics: CameraMetrics(context.metrics),
            logger: context.logger, heard: { watch.hear(.camera($0), at: $1) })
    }

    /// Entries with names and numbers of people.
    private static let personal = [JournalKind.personPut, .officerPut, .commitmentFiled]
        .map(\.rawValue)

    /// What an effect means: all of it is written down, nothing is to be done.
    private static func shell(
        _ packs: Packs, _ form: CommitmentForm, _ profile: PolicyProfile, _ tolerance: Interval
    ) -> Engine<IngestMachine>.Shell {
        Engine<IngestMachine>.Shell(
            machine: {
                IngestMachine(
                    registrar: RegistryMachine(packs: packs, review: profile.review ?? .ours),
                    commitments: CommitmentBook(
                        form: form, rule: profile.commitment, zone: profile.zone),
                    filings: FilingBook(rule: profile.filing ?? .ours),
                    watch: WatchBooks(
                        presence: profile.presence ?? .ours,
                        detectors: profile.detectors ?? .ours),
                    cleanings: CleaningBook(zone: profile.zone, tolerance: tolerance))
            },
            plan: { effect, _ in effect.plans },
            perform: { row in
                preconditionFailure("Ingest puts nothing into its outbox, found \(row.key).")
            })
    }
}
