import Domain
import Testing

@testable import CLI

@Suite struct ReplayRunTests {
    @Test func everyDeadlineIsMetAtItsInstantBetweenTheRows() async throws {
        // A value of 9 starts a clock that falls due each 2 minutes until a lower one comes.
        let platform = Platform()
        var run = try run("1 0\n9 0\n9 0\n1 0\n", platform)
        try await run.accelerate(until: nil) { _, _ in }
        #expect(
            await platform.story == [
                "0 push 1,0", "3 push 9,0", "5 due", "6 push 9,0", "7 due", "9 due", "9 push 1,0",
            ])
        #expect(run.summary.deadlines == 3)
        #expect(run.summary.stored == 8)
    }

    @Test func whatFallsDueAfterTheLastRowIsReachedWithUntil() async throws {
        let platform = Platform()
        var run = try run("9 0\n", platform)
        try await run.accelerate(until: t0 + .minutes(5)) { _, _ in }
        #expect(await platform.story == ["0 push 9,0", "2 due", "4 due"])
        #expect(await platform.clocks.values.allSatisfy { $0 == t0 + .minutes(5) })
    }

    @Test func listenersReachAnInstantBeforeThoseTheyListenTo() async throws {
        let platform = Platform()
        var run = try run("1 0\n", platform)
        try await run.accelerate(until: nil) { _, _ in }
        #expect(await platform.advanced == [.notification, .risk, .ingest])
    }

    @Test func aReplayBrokenOffGoesOnWithoutStoringTwice() async throws {
        let platform = Platform()
        let text = "1 0\n9 0\n9 0\n1 0\n"
        let undisturbed = Platform()
        var whole = try run(text, undisturbed)
        try await whole.accelerate(until: nil) { _, _ in }
        for stop in 1...70 {
            await platform.fail(after: stop)
            var broken = try run(text, platform)
            try? await broken.accelerate(until: nil) { _, _ in }
        }
        await platform.fail(after: .max)
        var last = try run(text, platform)
        try await last.accelerate(until: nil) { _, _ in }
        #expect(await platform.story == undisturbed.story)
        #expect(last.summary.repeatedRows > 0)
    }

    @Test func anotherFileBeforeTheClockIsRefusedAndChangesNothing() async throws {
        let platform = Platform()
        var later = try run("1 0\n1 0\n", platform, shift: .hours(1))
        try await later.accelerate(until: nil) { _, _ in }
        let story = await platform.story
        var early = try run("5 5\n", platform)
        let failure = await #expect(throws: Failure.self) {
            try await early.accelerate(until: nil) { _, _ in }
        }
        #expect(failure?.exitCode == 1)
        #expect(failure?.lines.joined().contains("A clock never goes back") == true)
        #expect(await platform.story == story)
    }

    @Test func aRefusedReadingStopsTheReplayAndNamesLineAndPoint() async throws {
        let platform = Platform(refuses: "p2")
        var run = try run("1 0\n2 0\n", platform)
        let failure = await #expect(throws: Failure.self) {
            try await run.accelerate(until: nil) { _, _ in }
        }
        let text = failure?.lines.joined() ?? ""
        #expect(text.contains(":1: 1 of 2 readings were refused"))
        #expect(text.contains("p2: no such point"))
    }

    @Test func somethingDueThatIsNeverDoneEndsTheReplay() async throws {
        let platform = Platform(isStuck: true)
        var run = try run("9 0\n9 0\n", platform)
        let failure = await #expect(throws: Failure.self) {
            try await run.accelerate(until: nil) { _, _ in }
        }
        #expect(failure?.lines.first?.contains("has been due since 2021-11-01 08:02:00") == true)
    }

    @Test func rowsKeepThePaceOfThePlant() async throws {
        let platform = Platform()
        var run = try run("1 0\n2 0\n", platform, shift: .minutes(7))
        var waits: [Instant] = []
        try await run.pace(waitUntil: { waits.append($0) }, report: { _, _ in })
        #expect(waits == [t0 + .minutes(7), t0 + .minutes(10)])
        #expect(await platform.story == ["7 push 1,0", "10 push 2,0"])
    }

    private func run(
        _ text: String, _ platform: Platform, shift: Interval = .seconds(0)
    ) throws -> ReplayRun {
        ReplayRun(
            file: try file(text, blanks()), first: t0, shift: shift, ports: platform.ports)
    }
}

/// Three services in little: the clock of notification fires each 2 minutes while the value is 9.
private actor Platform {
    private(set) var story: [String] = []
    private(set) var clocks: [ServiceName: Instant] = [:]
    private(set) var advanced: [ServiceName] = []
    private var sequences: Set<UInt64> = []
    private var times: Set<Instant> = []
    private var due: Instant?
    private var callsLeft = Int.max
    private let refuses: String
    private let isStuck: Bool

    init(refuses: String = "", isStuck: Bool = false) {
        (self.refuses, self.isStuck) = (refuses, isStuck)
    }

    func fail(after calls: Int) { callsLeft = calls }

    nonisolated var ports: ReplayPorts {
        ReplayPorts(
            push: { try await self.push($0) },
            settle: { service, _ in try await self.settle(service) },
            advance: { try await self.advance($0, to: $1) }, holds: { await self.holds($1) })
    }

    private func push(_ batch: ReplayBatch) throws -> ReplayAnswer {
        try count()
        let refused = batch.readings.indices.filter { batch.readings[$0].point.text == refuses }
        guard sequences.insert(batch.sequence).inserted else {
            return ReplayAnswer(stored: 0, isRepeated: true)
        }
        times.insert(batch.at)
        let values = batch.readings.map { "\(Int($0.value))" }.joined(separator: ",")
        story.append("\(minute(batch.at)) push \(values)")
        if batch.readings.first?.value == 9 {
            due = due ?? batch.at + .minutes(2)
        } else {
            due = nil
        }
        return ReplayAnswer(
            stored: batch.readings.count - refused.count,
            refused: refused.map { .init(index: $0, text: "no such point") })
    }

    private func settle(_ service: ServiceName) throws -> ReplayStanding {
        try count()
        return ReplayStanding(
            heads: [], nextDue: service == .notification ? due : nil, now: now(service))
    }

    private func advance(_ service: ServiceName, to instant: Instant) throws {
        try count()
        if advanced.count < 3 { advanced.append(service) }
        clocks[service] = max(now(service), instant)
        guard service == .notification, !isStuck else { return }
        while let fallen = due, fallen <= now(service) {
            story.append("\(minute(fallen)) due")
            due = fallen + .minutes(2)
        }
    }

    private func holds(_ instant: Instant) -> Bool { times.contains(instant) }

    private func now(_ service: ServiceName) -> Instant {
        clocks[service] ?? Instant(unixMilliseconds: 0)
    }

    private func minute(_ instant: Instant) -> Int64 { (instant - t0).milliseconds / 60_000 }

    private func count() throws {
        callsLeft -= 1
        if callsLeft < 0 { throw Failure.unreachable("gone", next: "") }
    }
}
