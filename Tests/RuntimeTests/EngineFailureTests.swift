import Domain
import Kernel
import Runtime
import SimKit
import Storage
import Testing

@Suite struct EngineFailureTests {
    @Test func aFailedCommitChangesNothingAndIsTold() async throws {
        let bench = try EngineBench()
        bench.run()
        try await bench.engine.submit(.deposit(account: "a", amount: 5))
        bench.temporary.disk.failNext(1)
        await #expect(throws: EngineFailure.notStored(reason: "the disk is full")) {
            try await bench.engine.submit(.deposit(account: "a", amount: 7))
        }
        #expect(try await bench.engine.read { $0.accounts["a"]?.balance } == 5)
        #expect(try bench.journal() == ["0s toy.deposited a"])
        try await bench.stop()
    }

    @Test func theEngineIsUnreadyUntilACommitWorksAgain() async throws {
        let bench = try EngineBench()
        #expect(!bench.engine.readiness.isReady)
        bench.run()
        try await bench.engine.submit(.deposit(account: "a", amount: 5))
        #expect(bench.engine.readiness == .ready)
        // Until it is mended: the engine tries by itself as well, in real time.
        bench.temporary.disk.breakDown()
        for _ in 0..<2 {
            _ = try? await bench.engine.submit(.deposit(account: "a", amount: 5))
            guard case .unready(let reason) = bench.engine.readiness else {
                Issue.record("A store that fails is not ready.")
                return
            }
            #expect(reason.contains("the disk is full"))
        }
        bench.temporary.disk.mend()
        try await bench.engine.submit(.deposit(account: "a", amount: 5))
        #expect(bench.engine.readiness == .ready)
        #expect(try await bench.engine.read { $0.accounts["a"]?.balance } == 10)
        try await bench.stop()
    }

    @Test func aDeadlineWhoseCommitFailedIsMetLater() async throws {
        let bench = try EngineBench()
        bench.run()
        try await bench.engine.submit(.remind(account: "a", number: 1, after: .seconds(30)))
        bench.temporary.disk.failNext(1)
        bench.clock.advance(to: .t0 + .seconds(30))
        await bench.engine.tick()
        // The engine tries again by itself, in real time; a tick stands for it here.
        await bench.engine.tick()
        await bench.engine.idle()
        #expect(bench.world.sent == ["a/1/1"])
        #expect(try bench.journal().count { $0.contains("reminder_due") } == 1)
        try await bench.stop()
    }

    @Test func aCursorDoesNotPassAnItemThatWasNotStored() async throws {
        let bench = try EngineBench()
        func item(_ seq: UInt64) -> UpstreamItem<Ledger.Event> {
            UpstreamItem(
                events: [.deposit(account: "a", amount: 1)],
                from: UpstreamPosition(name: "up", seq: seq))
        }
        _ = try await bench.engine.submit([item(1)])
        bench.temporary.disk.failNext(1)
        await #expect(throws: EngineFailure.self) { try await bench.engine.submit([item(2)]) }
        #expect(await bench.engine.cursor("up").seq == 1)
        _ = try await bench.engine.submit([item(2)])
        #expect(try await bench.engine.read { $0.accounts["a"]?.balance } == 2)
    }

    /// Random faults against the plainest bookkeeping: what was answered is there, nothing else.
    @Test(arguments: UInt64(1)...5)
    func whatWasAcknowledgedIsThereAndNothingElse(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let bench = try EngineBench()
        var balances: [String: Int64] = [:]
        for _ in 0..<200 {
            let account = "a\(random.integer(in: 0...3))"
            let amount = random.integer(in: 1...9)
            if random.chance(1, of: 4) { bench.temporary.disk.failNext(1) }
            let isDeposit = random.chance(2, of: 3)
            do {
                try await bench.engine.submit(
                    isDeposit
                        ? .deposit(account: account, amount: amount)
                        : .withdraw(account: account, amount: amount))
                balances[account, default: 0] += isDeposit ? amount : -amount
            } catch let refusal as Ledger.Refusal {
                #expect(refusal == .notCovered(balance: balances[account] ?? 0))
            } catch is EngineFailure {}
        }
        let kept = try await bench.engine.read { $0.accounts.mapValues(\.balance) }
        #expect(kept == balances, "seed \(seed)")
        let path = bench.temporary.path
        #expect(try JournalAudit.verify(path: path).isClean, "seed \(seed)")
    }
}
