import Contracts
import Domain
import Ingest
import IngestCore
import RPC
import Runtime
import ServiceLifecycle

/// Lets the plants of a city that does not exist run, and pushes what they measure.
struct DemoCity: Service {
    let options: ConnectionOptions
    let folder: DataFolder
    let zone: Zone
    /// How many times faster than real time; nil: real time.
    let speed: Int?
    /// Where the cameras of the city are.
    let cameraPort: Int

    /// How often each enterprise pushes, and how often it did before the demo began.
    private static let every = Interval.seconds(3)
    private static let everyBefore = Interval.seconds(30)

    func run() async throws {
        let city = DemoRegistry(cameraPort: cameraPort)
        do {
            try await cancelWhenGracefulShutdown {
                guard let speed else {
                    try await register(city)
                    return try await liveInRealTime(city)
                }
                // What is registered in 1970 would have been silent ever since.
                let (clock, start) = try await arrive()
                try await register(city)
                try await live(city, at: speed, clock, from: start)
            }
        } catch {
            // What was under way when the process was told to stop is no failure.
            if !Task.isShuttingDownGracefully { throw error }
        }
    }

    /// Loads the city once; what was changed in it since stays.
    private func register(_ city: DemoRegistry) async throws {
        try await Connection.with(.ingest, options) { connection in
            let known = try await connection.unary(
                IngestV1.RegistryService.list, IngestV1.ListRequest())
            if known.nodes.contains(where: { $0.id == DemoRegistry.root.text }) { return }
            guard known.nodes.isEmpty else {
                throw Failure.refused(
                    "The data folder \(folder.path) holds a registry of its own; the demo city "
                        + "does not mix with it.",
                    next: "Leave --demo out, or name an empty folder with --data DIR.")
            }
            let file = RegistryFormat.yaml.write(city.entries)
            _ = try await connection.unary(
                IngestV1.RegistryService.import,
                IngestV1.ImportRequest(fileName: "demo.yaml", content: Array(file.utf8)))
        }
    }

    /// Moves the clocks to where the demo begins: now, or where an earlier run left them.
    private func arrive() async throws -> (clock: PlantClock, start: Instant) {
        let platform = try PlatformPorts(options, patience: .seconds(60), tell: Terminal.error)
        var clock = PlantClock(ports: platform.ports, zone: zone)
        let start = max(try await clock.standing().now, SystemTime().now())
        return (clock, try await clock.move(from: start, to: start))
    }

    private func live(
        _ city: DemoRegistry, at speed: Int, _ standing: PlantClock, from start: Instant
    ) async throws {
        var clock = standing
        let feeds = try await feeds(city.plants, start: start)
        var story = DemoStory(city.plants, start: start)
        var desk = DemoDesk(city.plants, folder: folder, zone: zone)
        var now = start
        try await catchUp(&story, to: start, feeds)
        // No more than some steps a second, however fast the plants run.
        let step = Interval.seconds(max(3, Int64(speed) / 4))
        let began = ContinuousClock.now
        while true {
            try await push(&story, at: now, feeds)
            try await desk.work(at: now)
            let next = now + step
            let passed = Duration.milliseconds((next - start).milliseconds / Int64(speed))
            try await Task.sleep(until: began + passed, clock: .continuous)
            now = try await clock.move(from: now, to: next)
        }
    }

    private func liveInRealTime(_ city: DemoRegistry) async throws {
        let clock = SystemTime()
        let start = clock.now()
        let feeds = try await feeds(city.plants, start: start)
        var story = DemoStory(city.plants, start: start)
        var desk = DemoDesk(city.plants, folder: folder, zone: zone)
        try await catchUp(&story, to: start, feeds)
        var now = start
        while true {
            try await clock.sleep(until: now)
            try await push(&story, at: now, feeds)
            // By the clock, not by the plan: after a pause of the machine the plan is behind.
            try await desk.work(at: clock.now())
            now = now + Self.every
        }
    }

    /// Pushes what the plants measured before the demo began, as a gateway does that was cut off.
    private func catchUp(
        _ story: inout DemoStory, to start: Instant, _ feeds: [DemoFeed]
    ) async throws {
        var before = start - DemoStory.lyingHistory
        while before < start - DemoStory.history {
            let lies = story.lyingValues(at: before)
            try await Self.push(lies.map(\.values), at: before, lies.map { feeds[$0.plant] })
            before = before + .minutes(1)
        }
        var now = start - DemoStory.history
        while now < start {
            try await push(&story, at: now, feeds)
            now = now + Self.everyBefore
        }
    }

    private func feeds(_ plants: [DemoPlant], start: Instant) async throws -> [DemoFeed] {
        let key = try await TokenKey.open(data: folder.path)
        guard let port = folder.port(of: .ingest) else {
            throw Failure.refused(
                "Ingest has not noted its port in \(folder.path).", next: "Start again.")
        }
        return plants.map { plant in
            let (subject, node) = (plant.gateway.id.text, NodeID(plant.gateway.enterprise.text))
            let tokens = TokenSource { now in
                try await key.issue(
                    subject: subject, role: .gateway, node: node, life: .hours(2), now: now)
            }
            return DemoFeed(
                plant, port: port, tokens: tokens, sequence: UInt64(start.unixMilliseconds))
        }
    }

    /// What the plants measure now, but for those that are cut off.
    private func push(
        _ story: inout DemoStory, at now: Instant, _ feeds: [DemoFeed]
    ) async throws {
        let values = story.values(at: now)
        let heard = feeds.indices.filter { !story.isCutOff($0, at: now) }
        try await Self.push(heard.map { values[$0] }, at: now, heard.map { feeds[$0] })
    }

    /// Each enterprise over its own stream, all at once.
    static func push(_ values: [[Double]], at now: Instant, _ feeds: [DemoFeed]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (feed, row) in zip(feeds, values) {
                group.addTask { try await feed.push(row, at: now) }
            }
            try await group.waitForAllOrFailure()
        }
    }
}
