import Contracts
import Domain
import Foundation
import Ingest
import IngestCore
import Policy
import SimKit
import Testing

/// What an enterprise says of its units, held against what they show, over a real socket (ING-18).
@Suite(.timeLimit(.minutes(10))) struct DeclarationAPITests {
    private let over = DetectorRule.ours.running.over

    /// All units are committed as standing, and one runs: found after its hour, once, and kept over
    /// a restart; a correction that admits it ends it.
    @Test func aCommitmentThatLiesIsFound() async throws {
        let folder = try TemporaryFolder()
        var plant = try await Liar(folder, isNew: true)
        try await plant.commit(running: 0)
        try await plant.run(minutes: 0..<60)
        #expect(try await plant.lies().isEmpty)
        try await plant.run(minutes: 60..<65)
        let found = try await plant.lies()
        #expect(found.map(\.id) == ["stoppedButRunning/hazardSource/s9/1"])
        #expect(found.first?.firstUnixMs == t0.unixMilliseconds)
        #expect(
            found.first?.clues.map { "\($0.name): \($0.text)" }.last
                == "declared by: commitment 2021-11-01")
        // What may be forbidden has its inspection at once.
        #expect(found.first?.state == "assigned")

        try await plant.watched.host.stop()
        plant = try await Liar(folder, isNew: false)
        try await plant.run(minutes: 65..<70)
        #expect(try await plant.lies().map(\.id) == found.map(\.id))
        #expect(try await plant.lies().map(\.goneUnixMs) == [0])
        try await plant.commit(running: 2, correcting: "误报")
        try await plant.run(minutes: 70..<75)
        #expect(try await plant.lies().first?.goneUnixMs ?? 0 > 0)
        try await plant.watched.host.stop()
    }

    /// The reverse; and a day later the commitment says nothing any more.
    @Test func aCommitmentToRunThatIsNoneIsFound() async throws {
        let plant = try await Liar(try TemporaryFolder(), isNew: true)
        try await plant.commit(running: 2)
        try await plant.run(minutes: 0..<70, value: 5)
        let found = try await plant.watched.findings(kind: "runningButStopped")
        #expect(found.map(\.id) == ["runningButStopped/hazardSource/s9/1"])
        try await plant.watched.move(to: t0 + .hours(16))
        let after = try await plant.watched.findings(kind: "runningButStopped")
        #expect(after.map { $0.goneUnixMs > 0 } == [true])
        try await plant.watched.host.stop()
    }

    /// A filed stop of points that show a plant that runs; other outages say nothing of units.
    @Test(arguments: [("shutdown", 1), ("maintenance", 0)])
    func aFiledStopThatLiesIsFound(cause: String, count: Int) async throws {
        let plant = try await Liar(try TemporaryFolder(), isNew: true)
        try await plant.run(minutes: 0..<1)
        try await plant.file("f9", cause: cause, device: "u9", from: t0, to: t0 + .hours(5))
        try await plant.run(minutes: 1..<65)
        let found = try await plant.lies()
        #expect(found.count == count)
        #expect(found.allSatisfy { $0.clues.last?.text == "filing f9" })
        // A filing that data refute excuses nothing: the true score falls from its start on.
        let today = try await plant.watched.ask(
            IngestV1.QualityService.listScores, IngestV1.ListScoresRequest(), at: "c1")
        let truth = today.days.first { $0.enterpriseID == "e1" }?.scores.first
        #expect(truth?.quality == "true")
        #expect((truth?.score ?? 0 < 10_000) == (count == 1))
        try await plant.watched.host.stop()
    }

    /// ING-23: what was filed excuses its time however long ago it was.
    @Test func anOldFilingStillExcuses() async throws {
        let plant = try await Liar(try TemporaryFolder(), isNew: true)
        try await plant.file("f9", cause: "maintenance", device: "u9", from: t0, to: t0 + .hours(5))
        let window = IngestV1.ListOnlineRatesRequest(
            fromUnixMs: t0.unixMilliseconds, toUnixMs: (t0 + .hours(10)).unixMilliseconds)
        func rate() async throws -> IngestV1.OnlineDuration? {
            try await plant.watched.ask(
                IngestV1.PresenceService.listOnlineRates, window, at: "c1"
            ).rates.first { $0.enterpriseID == "e1" }?.points
        }
        try await plant.watched.move(to: t0 + .hours(10))
        let fresh = try await rate()
        #expect(fresh?.filedMs == Interval.hours(5).milliseconds)
        try await plant.watched.move(to: t0 + .day * 32)
        let known = try await plant.watched.ask(
            IngestV1.FilingService.listFilings, IngestV1.ListFilingsRequest(), at: "c1")
        #expect(known.filings.map(\.state) == ["over"])
        #expect(try await rate() == fresh)
        try await plant.watched.host.stop()
    }
}

/// The small city with a process unit of which the enterprise says what it likes.
private struct Liar {
    let watched: WatchedPlant

    init(_ folder: TemporaryFolder, isNew: Bool) async throws {
        watched = try await WatchedPlant(folder, from: isNew ? t0 : nil)
        guard isNew else { return }
        try await watched.host.importRegistry(processUnitYAML)
        try await watched.host.settle()
    }

    /// Two units, of which so many run.
    func commit(running: Int64, correcting reason: String = "") async throws {
        var request = try FormSource.load().quietDay(of: "e1", on: "2021-11-01")
        request.correctionReason = reason
        let numbers = ["unitsNumber": 2, "runNumber": running, "parkNumber": 2 - running]
        for index in request.items.indices {
            if let number = numbers[request.items[index].id] {
                request.items[index].value = .number(number)
            }
        }
        _ = try await watched.ask(
            IngestV1.CommitmentService.fileCommitment, request, by: "a1", at: "e1")
    }

    func file(
        _ id: String, cause: String, device: String, from start: Instant, to end: Instant
    ) async throws {
        _ = try await watched.ask(
            IngestV1.FilingService.sendFiling,
            IngestV1.SendFilingRequest(
                id: id, enterpriseID: "e1", deviceIDs: [device], cause: cause, reason: "停用",
                startUnixMs: start.unixMilliseconds, endUnixMs: end.unixMilliseconds),
            by: "a1", at: "e1")
        let evidence = IngestV1.Evidence(
            name: "单.pdf", sha256: String(repeating: "0a", count: 32))
        _ = try await watched.ask(
            IngestV1.FilingService.verifyFiling,
            IngestV1.VerifyFilingRequest(
                id: id, verdict: "confirm", method: "onSite", finding: "属实",
                evidence: [evidence]), by: "county-1", at: "k1")
    }

    /// Each minute a value near this one: half of the range and moving, or what is said.
    func run(minutes: Range<Int64>, value: Double = 50) async throws {
        for minute in minutes {
            let time = t0 + .minutes(minute)
            try await watched.host.advance(to: time)
            let row = IngestV1.Row(
                pointID: "q9", measuredAtUnixMs: time.unixMilliseconds,
                value: value + Double(minute % 7), quality: .good)
            let answer = try await watched.host.push(
                [row], sequence: UInt64(minute + 1), gateway: "g1", enterprise: "e1")
            #expect(answer.stored == 1)
        }
        try await watched.host.settle()
    }

    func lies() async throws -> [IngestV1.Finding] {
        try await watched.findings(kind: "stoppedButRunning")
    }
}

/// A process unit `s9` of the first enterprise with the pressure `q9`.
let processUnitYAML = """
    hazardSources:
      - { id: s9, enterprise: e1, name: 装置, unitKind: processUnit, grade: 1 }
    devices:
      - { id: u9, hazardSource: s9, name: 反应器, medium: 苯 }
    points:
      - { id: q9, device: u9, name: 反应压力, indicator: pressure, unit: kPa, rangeLow: 0, rangeHigh: 100 }
    persons:
      - { id: q1, hazardSource: s9, tier: principal, name: 示范人员, telephone: 000-0000-0001 }
      - { id: q2, hazardSource: s9, tier: technical, name: 示范人员, telephone: 000-0000-0002 }
      - { id: q3, hazardSource: s9, tier: operating, name: 示范人员, telephone: 000-0000-0003 }
    """
