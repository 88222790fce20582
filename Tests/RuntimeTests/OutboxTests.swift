import Domain
import Logging
import SimKit
import Storage
import Synchronization
import Testing

@testable import Runtime

@Suite struct OutboxTests {
    @Test func aRowLeavesTheOutboxWithTheEventThatSaysHowItWent() async throws {
        let bench = try EngineBench()
        bench.run()
        bench.world.hold()
        try await bench.engine.submit(.remind(account: "a", number: 1, after: .seconds(0)))
        await bench.world.arrived(1)
        #expect(try bench.outbox() == ["a/1/1"])
        bench.world.release()
        await bench.engine.idle()
        #expect(try bench.outbox() == [])
        try await bench.stop()
    }

    @Test func rowsThatRemainAreDoneAgainWithTheSameKey() async throws {
        let temporary = try TemporaryStore()
        do {
            let bench = try EngineBench(temporary)
            try await bench.engine.submit(.remind(account: "a", number: 1, after: .seconds(0)))
            #expect(try bench.outbox() == ["a/1/1"])
        }
        let bench = try EngineBench(temporary)
        bench.run()
        await bench.engine.idle()
        #expect(bench.world.sent == ["a/1/1"])
        #expect(try bench.outbox() == [])
        try await bench.stop()
    }

    @Test func theMachineHearsOfARowThatRemainsBeforeItIsDoneAgain() async throws {
        let temporary = try TemporaryStore()
        do {
            let bench = try EngineBench(temporary)
            try await bench.engine.submit(.remind(account: "a", number: 1, after: .seconds(0)))
        }
        let store = try temporary.open()
        let stored = Mutex<[String]>([])
        var shell = Engine<Ledger>.Shell.ledger { _ in
            let kinds = try store.read { try Journal.page(after: 0, in: $0).entries.map(\.kind) }
            stored.withLock { $0 = kinds }
            return true
        }
        shell.resume = { row in .deposit(account: row.lane, amount: 7) }
        // The first commit fails, and nothing is done before it is on disk.
        temporary.disk.failNext(1)
        let engine = try Engine(
            name: "toy", store: store, clock: SimulatedTime(.t0), shell: shell,
            logger: Logger(label: "toy") { _ in SwiftLogNoOpLogHandler() })
        let running = Task { try await engine.run() }
        await engine.idle()
        #expect(stored.withLock { $0 }.last == "toy.deposited")
        #expect(try await engine.read { $0.accounts["a"]?.balance } == 7)
        running.cancel()
        try await running.value
    }

    @Test func aLaneKeepsItsOrderAndDoesNotHoldUpOthers() async throws {
        let bench = try EngineBench()
        bench.run()
        bench.world.hold()
        for (account, number) in [("a", 1), ("a", 2), ("b", 1)] {
            try await bench.engine.submit(
                .remind(account: account, number: number, after: .seconds(0)))
        }
        await bench.world.arrived(2)
        #expect(Set(bench.world.sent) == ["a/1/1", "b/1/1"])
        bench.world.release()
        await bench.engine.idle()
        #expect(bench.world.sent.last == "a/2/1")
        try await bench.stop()
    }

    @Test func aFailureIsTriedAgainWhenTheMachineSaysSo() async throws {
        let bench = try EngineBench()
        bench.run()
        bench.world.fail("a", times: 2)
        try await bench.engine.submit(.remind(account: "a", number: 1, after: .seconds(0)))
        await bench.engine.idle()
        #expect(bench.world.sent == ["a/1/1"])
        await bench.advance(.seconds(9))
        #expect(bench.world.sent == ["a/1/1"])
        await bench.advance(.seconds(1))
        await bench.advance(.seconds(10))
        #expect(bench.world.sent == ["a/1/1", "a/1/2", "a/1/3"])
        #expect(
            try bench.journal() == [
                "0s toy.reminder_set a", "0s toy.reminder_due a", "0s toy.reminder_failed a",
                "10s toy.reminder_due a", "10s toy.reminder_failed a", "20s toy.reminder_due a",
                "20s toy.reminded a",
            ])
        try await bench.stop()
    }

    @Test func whatWasDoneIsWrittenDownEvenIfTheDiskFailsMeanwhile() async throws {
        let bench = try EngineBench()
        bench.run()
        bench.world.hold()
        try await bench.engine.submit(.remind(account: "a", number: 1, after: .seconds(0)))
        await bench.world.arrived(1)
        bench.temporary.disk.failNext(1)
        bench.world.release()
        await bench.engine.idle()
        #expect(bench.world.sent == ["a/1/1"], "it was done once")
        #expect(try bench.outbox() == [])
        try await bench.stop()
    }

    /// NTF-01: what a slow provider does to yellow ones is not felt by a red one.
    @Test func aFloodThatWaitsForASlowWorldDoesNotHoldBackWhatIsUrgent() async throws {
        let bench = try EngineBench()
        bench.run()
        bench.world.hold()
        let usual = RuntimeLimits.effectsAtOnceMax - RuntimeLimits.effectsKeptForUrgent
        for number in 1...100 {
            try await bench.engine.submit(
                .remind(account: "yellow\(number)", number: 1, after: .seconds(0)))
        }
        await bench.world.arrived(usual)
        try await bench.engine.submit(.remind(account: "red", number: 1, after: .seconds(0)))
        await bench.world.arrived(usual + 1)
        #expect(bench.world.sent.last == "red/1/1")
        bench.world.release()
        await bench.engine.idle()
        #expect(bench.world.sent.count == 101)
        try await bench.stop()
    }

    @Test func rowsThatRemainAreStartedInTheirOrderOfUrgency() async throws {
        let yellow = (1...100).map { "yellow\($0)" }
        let red = (1...RuntimeLimits.effectsAtOnceMax).map { "red\($0)" }
        let temporary = try TemporaryStore()
        do {
            let bench = try EngineBench(temporary)
            for account in yellow + red {
                try await bench.engine.submit(
                    .remind(account: account, number: 1, after: .seconds(0)))
            }
        }
        let bench = try EngineBench(temporary)
        bench.world.hold()
        bench.run()
        // Each row is a task of its own, so who is first among those begun is not laid down. One
        // place is left for the others.
        await bench.world.arrived(RuntimeLimits.effectsAtOnceMax)
        #expect(Set(bench.world.sent).isSuperset(of: red.map { "\($0)/1/1" }))
        #expect(bench.world.sent.count == RuntimeLimits.effectsAtOnceMax)
        bench.world.release()
        await bench.engine.idle()
        #expect(bench.world.sent.count == yellow.count + red.count)
        try await bench.stop()
    }
}
