import Contracts
import Domain
import Ingest
import IngestCore
import NIOCore
import RPC
import Runtime
import SimKit
import Testing

@testable import CLI

@Suite struct DemoTests {
    @Test func theCityIsARegistryWithoutMistakes() throws {
        let city = DemoRegistry()
        let rows = city.entries.enumerated().map { index, entry in
            RegistryRow(
                kind: entry.key.kind.rawValue, line: index + 1,
                fields: entry.fields.map { RegistryField($0.name, $0.text, line: index + 1) })
        }
        let registry = try Registry().importing(
            RegistryDocument(fileName: "demo.yaml", rows: rows), packs: PackSource.load()
        ).result
        #expect(registry.enterprises.count == 13)
        #expect(registry.gateways.count == 12)
        #expect((12...36).contains(registry.hazardSources.count))
        #expect(Set(registry.enterprises.values.map(\.placement)) == Set(Placement.allCases))
        #expect(Set(registry.hazardSources.values.map(\.unitKind)) == Set(UnitKind.allCases))
        let points = city.plants.flatMap(\.pointIDs)
        #expect(points.count == registry.points.count)
        for point in points { #expect(registry.points[PointID(point)] != nil) }
        // There is one of everything to look at.
        let packs = try PackSource.load()
        #expect(
            Set(registry.objects.values.map(\.kind)) == Set(packs.kindNames(of: .object)))
        let tanks = registry.thresholds(by: packs).filter { $0.expected == 12 }
        #expect(tanks.contains { $0.verified == 12 } && tanks.contains { $0.verified == 0 })
        let areas = registry.coverage(by: packs, on: CalendarDay("2026-01-05"))
            .filter { registry.objects[ObjectID($0.subject.id)]?.kind == "plantArea" }
        #expect(Set(areas.map(\.state)).isSuperset(of: [.registered, .missing, .declaredNone]))
        #expect(registry.scope(by: packs, on: CalendarDay("2026-01-05")).map(\.state) == [.overdue])
        #expect(registry.cleaningAreas(by: packs).count == 2)
    }

    @Test func nobodyCanTakeItForARealOne() {
        for entry in DemoRegistry().entries {
            switch entry {
            case .node(let node): #expect(node.name.contains("示范"))
            case .enterprise(let enterprise): #expect(enterprise.name.hasPrefix("示范"))
            case .person(let person):
                #expect(person.name.hasPrefix("示范人员"))
                #expect(person.telephone.hasPrefix("000-0000-"))
            case .officer(let officer):
                #expect(officer.name.hasPrefix("示范人员"))
                #expect(officer.telephone.hasPrefix("000-0000-"))
            case .hazardSource, .device, .point, .gateway, .object, .camera: break
            }
        }
    }

    /// The demo shows cameras that work, one that is broken, one that hangs and some that are not.
    @Test func theCamerasOfTheCityCanBeTried() {
        let urls = DemoRegistry().entries.compactMap { entry -> String? in
            guard case .camera(let camera) = entry else { return nil }
            return camera.address?.secret
        }
        #expect(urls.count == 9)
        #expect(urls.count { $0.hasSuffix("/broken") } == 1)
        #expect(urls.count { $0.hasSuffix("/hanging") } == 1)
        let isAtHome = urls.allSatisfy { $0.contains("@127.0.0.1:\(DemoCameras.usualPort)/") }
        #expect(isAtHome)
    }

    /// Where another has the port the cameras take a free one, and the same in the next run.
    @Test func theCamerasFindAPort() async throws {
        let (first, second) = (try TemporaryFolder(), try TemporaryFolder())
        let one = try await DemoCameras.open(in: DataFolder.parse(["--data", first.path]))
        let two = try await DemoCameras.open(in: DataFolder.parse(["--data", second.path]))
        #expect(one.port != two.port && two.port > 0)
        await two.close()
        let again = try await DemoCameras.open(in: DataFolder.parse(["--data", second.path]))
        #expect(again.port == two.port)
        await again.close()
        await one.close()
    }

    /// A camera of the demo answers whole requests in their order, and passes over reports.
    @Test func aCameraOfTheDemoSpeaksRTSP() {
        var asked = DemoRequests()
        let url = "rtsp://127.0.0.1/demo-e01/duty"
        asked.take(ByteBuffer(string: "OPTIONS \(url) RTSP/1.0\r\nCSeq: 1\r\n"))
        #expect(asked.next() == nil)
        asked.take(ByteBuffer(string: "\r\n$\0\0\u{2}ab"))
        asked.take(
            ByteBuffer(string: "SETUP \(url) RTSP/1.0\r\nCSeq: 2\r\nTransport: RTP/AVP\r\n\r\n"))
        #expect(asked.next()?.answer?.hasPrefix("RTSP/1.0 200 OK\r\nCSeq: 1\r\n") == true)
        #expect(asked.next()?.answer?.hasPrefix("RTSP/1.0 461 ") == true)
        #expect(asked.next() == nil)
        asked.take(
            ByteBuffer(string: "DESCRIBE rtsp://h/x/broken RTSP/1.0\r\nCSeq: 3\r\n\r\n"))
        #expect(asked.next()?.answer == "RTSP/1.0 404 Not Found\r\nCSeq: 3\r\n\r\n")
    }

    @Test func theSameSeedGivesTheSameCityAndDay() {
        #expect(DemoRegistry().entries == DemoRegistry().entries)
        #expect(DemoRegistry(seed: 1).entries != DemoRegistry(seed: 2).entries)
        var (first, second) = (makeStory(), makeStory())
        for minute: Int64 in 0...20 {
            let now = Instant.t0 + .minutes(minute)
            #expect(first.values(at: now) == second.values(at: now))
        }
    }

    @Test(.timeLimit(.minutes(10))) func aRefusedPlantIsToldWhileAnotherWaitsForIngest()
        async throws
    {
        let host = try await TestHost([IngestService.self])
        let tokens = TokenSource(fixed: try await host.token(.gateway, subject: "stranger"))
        let port = try #require(host.service("ingest")?.ports.grpc)
        let plants = DemoRegistry().plants
        // Nothing listens on the first port, so the first plant waits for ever.
        let feeds = zip(plants, [1, port]).map { plant, port in
            DemoFeed(plant, port: port, tokens: tokens, sequence: 1)
        }
        await #expect {
            try await DemoCity.push(plants.map { $0.pointIDs.map { _ in 1 } }, at: .t0, feeds)
        } throws: { error in
            (error as? RPCStatus)?.code == .permissionDenied
        }
        for feed in feeds { await feed.close() }
        try await host.stop()
    }

    /// In time, late, missed, waiting and in force: of each there is something to look at.
    @Test(.timeLimit(.minutes(10))) func theCityCommitsItselfAndFilesOutages() async throws {
        let host = try await TestHost(
            [IngestService.self], flags: [(name: "clock", value: "simulated")])
        let city = DemoRegistry()
        let seven = Instant.t0 - .hours(1)
        try await host.advance(to: seven)
        try await host.importRegistry(RegistryFormat.yaml.write(city.entries))
        let folder = try DataFolder.parse(["--data", host.folder.path])
        var desk = DemoDesk(city.plants, folder: folder, zone: .beijing)
        for minutes: Int64 in [0, 5, 60, 215, 24 * 60 + 60] {
            try await host.advance(to: seven + .minutes(minutes))
            try await desk.work(at: seven + .minutes(minutes))
            if minutes == 215 {
                #expect(try await standings(host) == ["inTime": 10, "late": 1, "missed": 2])
            }
        }
        #expect(try await standings(host) == ["inTime": 10, "awaited": 3])
        let filings = try await host.ask(
            "ingest", IngestV1.FilingService.listFilings, IngestV1.ListFilingsRequest()
        ).filings
        #expect(filings.map(\.state) == ["over", "sent", "over"])
        // Another run of the demo says the same, and nothing new.
        var again = DemoDesk(city.plants, folder: folder, zone: .beijing)
        try await again.work(at: seven + .minutes(24 * 60 + 70))
        #expect(try await standings(host) == ["inTime": 10, "awaited": 3])
        for day in ["2021-11-01", "2021-11-02"] {
            let cleanings = try await host.ask(
                "ingest", IngestV1.CleaningService.listCleanings,
                IngestV1.ListCleaningsRequest(day: day)
            ).cleanings
            #expect(cleanings.map(\.areaID) == ["demo-e13-w1"])
        }
        try await host.stop()
    }

    private func standings(_ host: TestHost) async throws -> [String: Int] {
        let board = try await host.ask(
            "ingest", IngestV1.CommitmentService.readBoard, IngestV1.ReadBoardRequest())
        return Dictionary(grouping: board.entries, by: \.standing).mapValues(\.count)
    }

    @Test func everyLevelIsSeenWithinThreeMinutes() {
        let states = run(makeStory(), from: -1_800, to: 180)
        // Past HH for half an hour before three minutes are over: red.
        let hot = states.filter { $0.plant == 0 && $0.state == .highHigh }.map(\.second)
        let since = hot.min() ?? 0
        #expect(since + 1_800 <= 180)
        #expect(hot.contains(180))
        // A yellow that begins after the start, and one that grows to orange.
        let yellow = states.filter { $0.plant == 7 && $0.state != .normal }
        #expect(yellow.allSatisfy { $0.second > 0 && $0.state == .high })
        #expect(!yellow.isEmpty)
        let growing = states.filter { $0.plant == 3 && $0.second > 0 }
        let high = growing.first { $0.state == .high }?.second ?? 0
        let highHigh = growing.first { $0.state == .highHigh }?.second ?? 0
        #expect(0 < high && high < highHigh)
    }

    @Test func whatWentWrongIsMendedAndTheRestStaysQuiet() {
        let states = run(makeStory(), from: 0, to: 3 * 3_600)
        #expect(!states.contains { $0.state == .low || $0.state == .lowLow })
        let troubled = states.filter { $0.state != .normal }.count
        #expect(troubled > 0)
        #expect(Double(troubled) < Double(states.count) * 0.05)
        // The gauge that was red at first has cooled down.
        let hot = states.filter { $0.plant == 0 && $0.gauge == 0 && $0.second == 600 }
        #expect(hot.map(\.state) == [.normal])
    }

    /// ING-18: a unit whose stop is filed moves like the others, and a gauge of another does not.
    @Test func twoPlantsLie() throws {
        var story = makeStory()
        let lies = try #require(story.lies)
        #expect(lies.stopped.plant != lies.still.plant)
        var seen: [[Double]] = []
        for minute: Int64 in stride(from: -150, to: 0, by: 1) {
            let rows = story.lyingValues(at: Instant.t0 + .minutes(minute))
            #expect(rows.map(\.plant) == [lies.stopped.plant, lies.still.plant])
            seen.append(rows[0].values + rows[1].values)
        }
        let plants = [lies.stopped, lies.still].map { story.plants[$0.plant] }
        let still = story.plants[lies.still.plant].tanks[lies.still.tank]
        for (column, point) in plants.flatMap(\.pointIDs).enumerated() {
            let isStill = Set(seen.map { $0[column] }).count == 1
            #expect(isStill == (point == still.id + "-temperature"), "\(point)")
        }
        // It runs: above a fifth of its range.
        let stopped = story.plants[lies.stopped.plant].tanks[lies.stopped.tank]
        let pressure = try #require(stopped.gauges.first { $0.indicator == .pressure })
        #expect(pressure.usual - pressure.drift * 1.1 > pressure.range.upperBound / 5)
    }

    /// One plant loses its line, and has it back within the hour; what was before is delivered.
    @Test func onePlantIsCutOffForAWhile() {
        let story = makeStory()
        let last = story.plants.count - 1
        func minutes(of plant: Int) -> [Int64] {
            (-30..<60).filter { story.isCutOff(plant, at: Instant.t0 + .minutes($0)) }
        }
        #expect(minutes(of: last) == Array(2..<30))
        #expect((0..<last).allSatisfy { minutes(of: $0).isEmpty })
    }

    private struct Seen {
        var plant: Int
        var gauge: Int
        var second: Int64
        var state: LimitState
    }

    private func makeStory() -> DemoStory {
        DemoStory(DemoRegistry().plants, start: .t0)
    }

    /// The limit state of every gauge each three seconds, counted from the start.
    private func run(_ story: DemoStory, from first: Int64, to last: Int64) -> [Seen] {
        var story = story
        return stride(from: first, through: last, by: 3).flatMap { second in
            let rows = story.values(at: Instant.t0 + .seconds(second))
            return zip(story.plants.indices, rows).flatMap { index, row in
                let gauges = story.plants[index].tanks.flatMap(\.gauges)
                return zip(gauges, row).enumerated().map { place, pair in
                    let (gauge, value) = pair
                    #expect(gauge.range.contains(value))
                    return Seen(
                        plant: index, gauge: place, second: second,
                        state: gauge.limits.state(of: value))
                }
            }
        }
    }
}
