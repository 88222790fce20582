import Domain
import SimKit
import Storage
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
}

@Suite struct LanesTests {
    static func row(_ ordinal: Int64, _ lane: String) -> OutboxRow {
        OutboxRow(
            ordinal: ordinal,
            draft: OutboxDraft(key: "\(lane)\(ordinal)", lane: lane, kind: "k", body: []))
    }

    @Test func noMoreThanAllowedAreUnderWay() {
        var lanes = Lanes(atOnceMax: 2)
        for index in Int64(1)...3 { lanes.add(Self.row(index, "l\(index)")) }
        let started = (0..<3).map { _ in lanes.next()?.ordinal }
        #expect(started == [1, 2, nil])
        lanes.finish(Self.row(1, "l1"))
        let next = lanes.next()?.ordinal
        #expect(next == 3)
    }

    @Test func lanesTakeTurns() {
        var lanes = Lanes(atOnceMax: 1)
        for index in Int64(1)...4 { lanes.add(Self.row(index, index <= 3 ? "a" : "b")) }
        var order: [Int64] = []
        while let row = lanes.next() {
            order.append(row.ordinal)
            lanes.finish(row)
        }
        #expect(order == [1, 4, 2, 3])
        #expect(lanes.isIdle)
    }

    @Test func aRowThatIsNoLongerWantedIsNotStarted() {
        var lanes = Lanes(atOnceMax: 8)
        lanes.add(Self.row(1, "a"))
        lanes.add(Self.row(2, "a"))
        lanes.add(Self.row(3, "b"))
        let first = lanes.next()
        lanes.drop(key: "a2")
        lanes.drop(key: "b3")
        lanes.drop(key: "a1")
        let rest = lanes.next()
        #expect(first?.ordinal == 1)
        #expect(rest == nil)
        #expect(!lanes.isIdle, "what is under way is let finish")
        lanes.finish(Self.row(1, "a"))
        #expect(lanes.isIdle)
    }
}
