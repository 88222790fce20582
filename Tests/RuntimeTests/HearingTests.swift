import Domain
import SimKit
import Storage
import Synchronization
import Testing

@testable import Runtime

/// What becomes true by time alone waits for the upstreams.
@Suite(.timeLimit(.minutes(10))) struct HearingTests {
    private static let up = UpstreamPosition(name: "up", seq: 7)
    private static let patience = Hearing.patience

    @Test func nothingIsHeardBeforeTheHeadsAreReached() {
        var hearing = Hearing()
        let asked = Instant.t0 + .seconds(2)
        #expect(hearing.limit(at: .t0) == .distantPast)
        hearing.ask(at: .t0)
        hearing.told(
            [Self.up], askedAt: asked, cursors: ["up": .init(seq: 5)], at: .t0 + .seconds(3))
        hearing.moved("up", cursors: ["up": .init(seq: 6)], at: .t0 + .seconds(4))
        #expect(hearing.isAsking && hearing.limit(at: .t0 + .seconds(4)) == .distantPast)
        hearing.moved("up", cursors: ["up": .init(seq: 7)], at: .t0 + .seconds(5))
        // As of when it was asked; what came later may not have been heard.
        #expect(!hearing.isAsking && hearing.limit(at: .t0 + .seconds(5)) == asked)
    }

    @Test func silenceHoldsNothingUpForLongerThanPatience() {
        var hearing = Hearing()
        hearing.ask(at: .t0)
        let end = Instant.t0 + Self.patience
        #expect(hearing.patienceEnds == end)
        #expect(hearing.limit(at: end - .init(milliseconds: 1)) == .distantPast)
        #expect(hearing.limit(at: end) == end)
        #expect(hearing.limit(at: end + .hours(1)) == end + .hours(1))
        // It answers again: what it kept meanwhile is heard first.
        let back = end + .hours(1)
        hearing.told([Self.up], askedAt: back, cursors: [:], at: back)
        #expect(hearing.limit(at: back) == .distantPast)
        #expect(hearing.limit(at: back + Self.patience) == back + Self.patience)
    }

    @Test func aBacklogIsHeardToItsEndHoweverLongItTakesWhileItMoves() {
        var hearing = Hearing()
        hearing.ask(at: .t0)
        hearing.told([Self.up], askedAt: .t0, cursors: [:], at: .t0)
        var now = Instant.t0
        for seq in 1...6 as ClosedRange<UInt64> {
            now = now + .seconds(29)
            hearing.moved("up", cursors: ["up": .init(seq: seq)], at: now)
            #expect(hearing.limit(at: now) == .distantPast)
        }
        // News of another upstream are no step.
        hearing.moved(
            "other", cursors: ["up": .init(seq: 6), "other": .init(seq: 9)], at: now + .seconds(20))
        #expect(hearing.limit(at: now + Self.patience) == now + Self.patience)
    }

    @Test func whatIsReadAgainIsHeardAgain() {
        var hearing = Hearing()
        hearing.ask(at: .t0)
        hearing.told([], askedAt: .t0, cursors: [:], at: .t0)
        #expect(hearing.limit(at: .t0) == .t0)
        hearing.forget()
        #expect(hearing.limit(at: .t0) == .distantPast)
        // Also on the way: the cursors of both go back.
        let other = UpstreamPosition(name: "other", seq: 1)
        hearing.ask(at: .t0)
        hearing.told([Self.up, other], askedAt: .t0, cursors: ["up": .init(seq: 7)], at: .t0)
        hearing.forget()
        hearing.moved("other", cursors: ["other": .init(seq: 1)], at: .t0)
        #expect(hearing.isAsking)
        hearing.moved("up", cursors: ["other": .init(seq: 1), "up": .init(seq: 7)], at: .t0)
        #expect(!hearing.isAsking)
    }

    // MARK: In the engine

    /// An upstream of which a test says what it answers.
    private final class Upstream: Sendable {
        struct Away: Error {}

        private let answer = Mutex<UInt64?>(nil)
        private let asked = HeadSignal()

        func reach(to head: UInt64?) { answer.withLock { $0 = head } }

        /// Waits until it has been asked once more.
        func isAsked() async throws { _ = try await asked.head(past: asked.head) }

        func heads() throws -> [UpstreamPosition] {
            asked.advance(to: asked.head + 1)
            guard let head = answer.withLock({ $0 }) else { throw Away() }
            return [UpstreamPosition(name: "up", seq: head)]
        }
    }

    private static func bench(_ upstream: Upstream) async throws -> EngineBench {
        let bench = try EngineBench()
        await bench.engine.listen { try upstream.heads() }
        bench.run()
        try await bench.engine.submit(.remind(account: "a", number: 1, after: .minutes(30)))
        return bench
    }

    @Test func aReminderWaitsForWhatTheUpstreamHeldWhenItFellDue() async throws {
        let upstream = Upstream()
        upstream.reach(to: 2)
        let bench = try await Self.bench(upstream)
        bench.clock.advance(to: .t0 + .minutes(30))
        await bench.engine.tick()
        for seq in 1...2 as ClosedRange<UInt64> {
            #expect(bench.world.sent.isEmpty)
            try await bench.engine.submit(
                .deposit(account: "a", amount: 1), from: UpstreamPosition(name: "up", seq: seq))
        }
        await bench.engine.idle()
        #expect(bench.world.sent == ["a/1/1"])
        // The news came first.
        #expect(
            try bench.journal().map { $0.split(separator: " ")[1] } == [
                "toy.reminder_set", "toy.deposited", "toy.deposited", "toy.reminder_due",
                "toy.reminded",
            ])
        try await bench.stop()
    }

    @Test func aReminderGoesAfterHalfAMinuteOfSilence() async throws {
        let upstream = Upstream()
        let bench = try await Self.bench(upstream)
        bench.clock.advance(to: .t0 + .minutes(30))
        await bench.engine.tick()
        try await upstream.isAsked()
        bench.clock.advance(to: .t0 + .minutes(30) + Self.patience - .init(milliseconds: 1))
        await bench.engine.tick()
        #expect(bench.world.sent.isEmpty)
        bench.clock.advance(to: .t0 + .minutes(30) + Self.patience)
        await bench.engine.idle()
        #expect(bench.world.sent == ["a/1/1"])
        try await bench.stop()
    }

    @Test func anUpstreamThatComesBackIsAskedAgainAndHeard() async throws {
        let upstream = Upstream()
        let bench = try await Self.bench(upstream)
        bench.clock.advance(to: .t0 + .minutes(30))
        await bench.engine.tick()
        try await upstream.isAsked()
        #expect(bench.world.sent.isEmpty)
        upstream.reach(to: 0)
        await bench.engine.idle()
        #expect(bench.world.sent == ["a/1/1"])
        try await bench.stop()
    }
}
