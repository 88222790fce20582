import Domain
import Logging
import SimKit
import Storage
import Synchronization
import Testing

@testable import Runtime

/// A clock that somebody sets, beside one that nobody can set.
private final class SettableTime: TimeSource {
    private struct State {
        var now: Instant
        var steady = Interval.hours(7)
    }

    private let state: Mutex<State>

    init(_ now: Instant) { state = Mutex(State(now: now)) }

    func now() -> Instant { state.withLock { $0.now } }
    func steady() -> Interval? { state.withLock { $0.steady } }
    func set(to instant: Instant) { state.withLock { $0.now = instant } }

    func pass(_ interval: Interval) {
        state.withLock { state in
            state.now = state.now + interval
            state.steady.milliseconds += interval.milliseconds
        }
    }

    /// The clock of the machine is not looked at: it may stand wherever somebody has set it.
    func sleep(until instant: Instant) async throws {
        while !Task.isCancelled { await Task.yield() }
        throw CancellationError()
    }
}

/// The clock stands still far behind, and real time passes.
private struct StoppedTime: TimeSource {
    let start = ContinuousClock.now

    func now() -> Instant { .t0 }
    func steady() -> Interval? {
        Interval(milliseconds: Int64((ContinuousClock.now - start) / .milliseconds(1)))
    }
    func sleep(until instant: Instant) async throws {
        throw CancellationError()
    }
}

@Suite(.timeLimit(.minutes(10))) struct ForwardTimeTests {
    @Test func timeIsThatOfTheClockWhileItRunsForward() {
        let clock = SettableTime(.t0)
        let time = ForwardTime(clock, last: .t0 - .hours(1))
        for step in [1, 500, 86_400] as [Int64] {
            clock.pass(.seconds(step))
            #expect(time.now() == clock.now())
        }
        clock.set(to: .t0 + .hours(100))
        #expect(time.now() == .t0 + .hours(100))
        #expect(time.lag == .seconds(0))
    }

    @Test func timeGoesOnAfterTheClockWasSetBack() {
        let clock = SettableTime(.t0 + .hours(8))
        let time = ForwardTime(clock, last: .t0)
        #expect(time.now() == .t0 + .hours(8))
        clock.set(to: .t0)
        #expect(time.now() == .t0 + .hours(8))
        #expect(time.lag == .hours(8))
        clock.pass(.hours(1))
        #expect(time.now() == .t0 + .hours(9) - .minutes(1), "a second in a minute slower")
        #expect(time.lag == .minutes(479))
    }

    @Test func theClockCatchesUp() {
        let clock = SettableTime(.t0)
        // Decided by an earlier process.
        let time = ForwardTime(clock, last: .t0 + .seconds(30))
        var before = time.now()
        for _ in 0..<1_800 {
            clock.pass(.seconds(1))
            let now = time.now()
            #expect(now > before)
            before = now
        }
        #expect(time.lag == .seconds(0))
        #expect(time.now() == .t0 + .minutes(30))
    }

    @Test func readingOftenLosesNothing() {
        let clock = SettableTime(.t0)
        let time = ForwardTime(clock, last: .t0 + .hours(8))
        for _ in 0..<60_000 {
            clock.pass(Interval(milliseconds: 1))
            _ = time.now()
        }
        #expect(time.now() == .t0 + .hours(8) + .seconds(59))
    }

    @Test func aSimulatedClockStandsStillUntilItIsMoved() {
        let clock = SimulatedTime(.t0)
        let time = ForwardTime(clock, last: .t0 + .seconds(50))
        clock.advance(to: .t0 + .seconds(49))
        #expect(time.now() == .t0 + .seconds(50))
        clock.advance(to: .t0 + .seconds(51))
        #expect(time.now() == .t0 + .seconds(51))
    }

    @Test func whoSleepsDoesNotWaitForTheClockThatIsBehind() async throws {
        let time = ForwardTime(StoppedTime(), last: .t0 + .hours(8))
        try await time.sleep(until: .t0 + .hours(8) + Interval(milliseconds: 20))
        #expect(time.now() >= .t0 + .hours(8) + Interval(milliseconds: 20))
    }

    @Test func anEngineMeetsItsDeadlinesAfterTheClockWasPutRight() async throws {
        let clock = SettableTime(.t0 + .hours(8))
        let store = try TemporaryStore()
        let engine = try Engine(
            name: "toy", store: try store.open(), clock: clock, shell: .ledger { _ in true },
            logger: Logger(label: "toy") { _ in SwiftLogNoOpLogHandler() })
        try await engine.submit(.remind(account: "a", number: 1, after: .hours(1)))
        clock.set(to: .t0)
        clock.pass(.minutes(59))
        await engine.tick()
        #expect(await engine.nextDue == .t0 + .hours(9))
        clock.pass(.minutes(3))
        await engine.tick()
        #expect(await engine.nextDue == nil)
        #expect(engine.clockLag > .hours(7))
    }

    @Test func aServiceSaysThatItsClockIsBehindAndGoesOn() async throws {
        let folder = try TemporaryFolder()
        let first = try await TestHost([ToyService.self], folder: folder)
        try await first.ledger("toy").submit(.deposit(account: "a", amount: 1))
        let store = try #require(first.service("toy")?.store)
        let ahead = SystemTime().now() + .hours(8)
        try await store.write { db in
            try Meta.put("engine.last_now_unix_ms", String(ahead.unixMilliseconds), in: db)
        }
        #expect(try await first.admin("toy", "/readyz").body == "ready\n")
        try await first.stop()
        let second = try await TestHost([ToyService.self], folder: folder)
        try await second.until { try await second.isServing("toy") }
        let ready = try await second.admin("toy", "/readyz")
        #expect(ready.status == 200)
        #expect(ready.body.contains("is 28") && ready.body.contains(" s behind the last decision"))
        let metrics = try await second.admin("toy", "/metrics").body
        #expect(metrics.contains("clock_behind_seconds{service=\"toy\"} 28"))
        let at = try await second.ledger("toy").submit(.deposit(account: "a", amount: 1))
        #expect(at >= ahead)
        try await second.stop()
    }
}
