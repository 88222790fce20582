import Domain
import NIOCore
import NotificationChannels
import Synchronization
import Testing

/// The same over real waiting callers.
@Suite struct TurnstileTests {
    private static func pass(
        _ turnstile: Turnstile, _ level: WarningLevel, patience: TimeAmount = .minutes(10)
    ) async throws -> Bool {
        try await turnstile.pass(level, turnstile.arrive(), patience: patience) { (true, false) }
            ?? false
    }

    @Test func callersAreLetThroughAtThePace() async throws {
        let turnstile = Turnstile(.init(50))
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<11 { group.addTask { try await Self.pass(turnstile, .yellow) } }
            for try await isThrough in group { #expect(isThrough) }
        }
        #expect(ContinuousClock.now - start >= .milliseconds(199))
    }

    @Test func whoRunsOutOfPatienceIsToldSoAndHoldsUpNobody() async throws {
        let turnstile = Turnstile(.init(1, each: .hours(1)))
        #expect(try await Self.pass(turnstile, .yellow))
        #expect(try await !Self.pass(turnstile, .yellow, patience: .milliseconds(20)))
        #expect(try await Self.pass(turnstile, .red))
    }

    @Test func whoIsCancelledWhileWaitingThrowsAndLeavesNoGap() async throws {
        let turnstile = Turnstile(.init(atOnceMax: 1))
        let (inside, enter) = AsyncStream.makeStream(of: Void.self)
        let (outside, leave) = AsyncStream.makeStream(of: Void.self)
        let first = Task {
            try await turnstile.pass(.blue, turnstile.arrive(), patience: .minutes(10)) {
                enter.finish()
                for await _ in outside {}
                return (true, false)
            }
        }
        for await _ in inside {}
        let second = Task { try await Self.pass(turnstile, .blue) }
        let third = Task { try await Self.pass(turnstile, .blue) }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        leave.finish()
        #expect(try await first.value == true)
        #expect(try await third.value)
    }

    /// Whatever is cancelled when, everybody ends and the place is free again.
    @Test(arguments: UInt64(1)...5)
    func cancellingAtAnyMomentLosesNoPlace(seed: UInt64) async throws {
        let turnstile = Turnstile(.init(atOnceMax: 2))
        var lot = Lot(seed)
        var tasks: [Task<Bool, any Error>] = []
        for _ in 0..<500 {
            let level = WarningLevel.allCases[lot.draw(4)]
            tasks.append(Task { try await Self.pass(turnstile, level) })
            if lot.draw(3) == 0 { tasks[lot.draw(tasks.count)].cancel() }
        }
        for task in tasks { _ = await task.result }
        #expect(try await Self.pass(turnstile, .blue, patience: .minutes(10)))
        #expect(try await Self.pass(turnstile, .blue, patience: .minutes(10)))
    }
}
