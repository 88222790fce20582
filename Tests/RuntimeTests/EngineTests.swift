import Domain
import Runtime
import SimKit
import Storage
import Testing

@Suite struct EngineTests {
    @Test func whatSubmitReturnsFromIsInTheStore() async throws {
        let bench = try EngineBench()
        let at = try await bench.engine.submit(.deposit(account: "a", amount: 5))
        #expect(at == .t0)
        #expect(try bench.journal() == ["0s toy.deposited a"])
        #expect(try bench.parts() == [#"a {"balance":5,"reminders":{}}"#])
    }

    @Test func aRefusalReachesItsSenderAloneAndChangesNothing() async throws {
        let bench = try EngineBench()
        try await bench.engine.submit(.deposit(account: "a", amount: 5))
        await #expect(throws: Ledger.Refusal.notCovered(balance: 5)) {
            try await bench.engine.submit(.withdraw(account: "a", amount: 6))
        }
        try await bench.engine.submit(.withdraw(account: "a", amount: 5))
        #expect(try bench.journal() == ["0s toy.deposited a", "0s toy.withdrawn a"])
    }

    @Test func whoCameWhileTheDiskWasBusyShareACommit() async throws {
        let bench = try EngineBench()
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<500 {
                group.addTask {
                    _ = try? await bench.engine.submit(
                        .deposit(account: "a\(index % 7)", amount: 1))
                }
            }
        }
        let balances = try await bench.engine.read { $0.accounts.values.map(\.balance) }
        #expect(balances.reduce(0, +) == 500)
        #expect(try await bench.store.read { try Journal.head(in: $0).seq } == 500)
        #expect(try JournalAudit.verify(path: bench.temporary.path).isClean)
    }

    @Test func theStateComesBackFromTheStore() async throws {
        let temporary = try TemporaryStore()
        do {
            let bench = try EngineBench(temporary)
            try await bench.engine.submit(.deposit(account: "a", amount: 5))
            try await bench.engine.submit(.remind(account: "a", number: 1, after: .hours(1)))
        }
        let bench = try EngineBench(temporary)
        #expect(try await bench.engine.read { $0.accounts["a"]?.balance } == 5)
        #expect(await bench.engine.nextDue == .t0 + .hours(1))
    }

    /// What cannot be read is refused by name, and nothing of it is passed over in silence.
    @Test func aStoreWithWhatWeCannotReadIsRefused() async throws {
        for body in ["{}", "no JSON", #"{"balance":"many","reminders":{}}"#, ""] {
            let temporary = try TemporaryStore()
            do {
                let bench = try EngineBench(temporary)
                for number in 0..<200 {
                    try await bench.engine.submit(.deposit(account: "a\(number)", amount: 5))
                }
                try await bench.store.write { try Parts.put("a137", Array(body.utf8), in: $0) }
            }
            let failure = #expect(throws: StoreFailure.self) { _ = try EngineBench(temporary) }
            guard case .unreadable(let what, _)? = failure else {
                Issue.record("\(body): \(String(describing: failure))")
                return
            }
            #expect(what.contains("a137"))
            // It is as it was: a version that can read it still does.
            try await temporary.open().write {
                try Parts.put("a137", Array(#"{"balance":5,"reminders":{}}"#.utf8), in: $0)
            }
            let bench = try EngineBench(temporary)
            #expect(try await bench.engine.read { $0.accounts.count } == 200)
        }
    }

    // MARK: Upstreams

    @Test func anEventThatWasTakenInBeforeIsAnsweredAndPassedOver() async throws {
        let temporary = try TemporaryStore()
        let from = UpstreamPosition(name: "up", seq: 7)
        do {
            let bench = try EngineBench(temporary)
            try await bench.engine.submit(.deposit(account: "a", amount: 5), from: from)
            try await bench.engine.submit(.deposit(account: "a", amount: 5), from: from)
            #expect(await bench.engine.cursor("up").seq == 7)
        }
        let bench = try EngineBench(temporary)
        try await bench.engine.submit(.deposit(account: "a", amount: 5), from: from)
        try await bench.engine.submit(
            .deposit(account: "a", amount: 5), from: UpstreamPosition(name: "other", seq: 7))
        #expect(try await bench.engine.read { $0.accounts["a"]?.balance } == 10)
    }

    @Test func aRefusedEventOfAnUpstreamIsLeftBehind() async throws {
        let bench = try EngineBench()
        let refusals = try await bench.engine.submit([
            UpstreamItem(
                events: [
                    .withdraw(account: "a", amount: 1), .deposit(account: "a", amount: 3),
                    .withdraw(account: "a", amount: 9),
                ], from: UpstreamPosition(name: "up", seq: 1)),
            UpstreamItem(
                events: [.withdraw(account: "a", amount: 1)],
                from: UpstreamPosition(name: "up", seq: 2)),
        ])
        #expect(refusals == [.notCovered(balance: 0), .notCovered(balance: 3)])
        #expect(await bench.engine.cursor("up").seq == 2)
        #expect(try await bench.engine.read { $0.accounts["a"]?.balance } == 2)
    }

    @Test func cursorsThatNothingDependsOnWaitForTheNextCommit() async throws {
        let temporary = try TemporaryStore()
        let bench = try EngineBench(temporary)
        let item = UpstreamItem<Ledger.Event>(
            events: [.look], from: UpstreamPosition(name: "up", seq: 1))
        // Nothing is written: a disk that fails is not noticed.
        temporary.disk.breakDown()
        _ = try await bench.engine.submit([item])
        temporary.disk.mend()
        // Again, in case that the machine was so slow that the cursor was to be stored by itself.
        _ = try await bench.engine.submit([item])
        try await bench.engine.submit(.deposit(account: "a", amount: 1))
        #expect(try await bench.store.read { try Cursors.all(in: $0) } == ["up": Cursor(seq: 1)])
    }

    @Test func cursorsAreStoredWhenTheEngineStops() async throws {
        let bench = try EngineBench()
        bench.run()
        _ = try await bench.engine.submit([
            UpstreamItem(events: [], from: UpstreamPosition(name: "up", seq: 4))
        ])
        try await bench.stop()
        #expect(try await bench.store.read { try Cursors.all(in: $0) } == ["up": Cursor(seq: 4)])
        await #expect(throws: EngineFailure.stopping) { try await bench.engine.submit(.look) }
    }

    // MARK: Time

    @Test func deadlinesAreMetAtTheirInstant() async throws {
        let bench = try EngineBench()
        bench.run()
        try await bench.engine.submit(.remind(account: "a", number: 1, after: .seconds(30)))
        await bench.advance(.seconds(29))
        #expect(try bench.journal() == ["0s toy.reminder_set a"])
        await bench.advance(.seconds(1))
        #expect(
            try bench.journal()
                == ["0s toy.reminder_set a", "30s toy.reminder_due a", "30s toy.reminded a"])
        try await bench.stop()
    }

    @Test func whatFellDueComesBeforeTheEventThatFoundIt() async throws {
        let bench = try EngineBench()
        try await bench.engine.submit(.remind(account: "a", number: 1, after: .seconds(30)))
        bench.clock.advance(to: .t0 + .seconds(40))
        try await bench.engine.submit(.deposit(account: "b", amount: 1))
        #expect(
            try bench.journal()
                == ["0s toy.reminder_set a", "40s toy.reminder_due a", "40s toy.deposited b"])
    }

    @Test func whatFellDueWhileTheServiceWasDownIsDoneAtItsStart() async throws {
        let temporary = try TemporaryStore()
        do {
            let bench = try EngineBench(temporary)
            try await bench.engine.submit(.remind(account: "b", number: 1, after: .seconds(60)))
            try await bench.engine.submit(.remind(account: "a", number: 1, after: .seconds(30)))
        }
        let bench = try EngineBench(temporary, clock: SimulatedTime(.t0 + .hours(1)))
        bench.run()
        await bench.engine.idle()
        let journal = try bench.journal()
        #expect(
            journal[2...3] == ["3600s toy.reminder_due a", "3600s toy.reminder_due b"],
            "in due order, and visibly late")
        #expect(Set(bench.world.sent) == ["a/1/1", "b/1/1"])
        try await bench.stop()
    }

    @Test func timeNeverGoesBackForTheMachine() async throws {
        let temporary = try TemporaryStore()
        do {
            let bench = try EngineBench(temporary, clock: SimulatedTime(.t0 + .seconds(50)))
            try await bench.engine.submit(.deposit(account: "a", amount: 1))
        }
        let bench = try EngineBench(temporary, clock: SimulatedTime(.t0))
        let at = try await bench.engine.submit(.deposit(account: "a", amount: 1))
        #expect(at == .t0 + .seconds(50))
    }
}
