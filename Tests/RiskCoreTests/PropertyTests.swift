import Domain
import Kernel
import Policy
import RiskCore
import Testing

/// What holds for any readings; seeds are printed with a failure as the test's argument.
@Suite struct PropertyTests {
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func restartAtAnyMomentGivesTheSameRecord(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var whole = try RiskMachine.city()
        var broken = try RiskMachine.city()
        var shelf = Shelf()
        var now = t0
        for _ in 0..<120 {
            now = now + .seconds(random.integer(in: 0...599))
            let left = try step(&whole, at: now, by: random)
            let right = try step(&broken, at: now, by: random)
            #expect(left == right)
            _ = random.next()
            shelf.keep(&broken)
            if random.chance(1, of: 3) { broken = try shelf.load() }
        }
        #expect(whole.allLevels == broken.allLevels)
        #expect(whole.nextDue == broken.nextDue)
    }

    /// Wakes and then measures something that the generator chooses.
    private func step(
        _ machine: inout RiskMachine, at now: Instant, by random: SeededRandom
    ) throws -> [RiskEffect] {
        var random = random
        let point = ["p", "q", "r"][Int(random.integer(in: 0...2))]
        let values = [5, 15, 50, 50, 85, 95, 120] as [Double]
        let value = values[Int(random.integer(in: 0...6))]
        let time = now - .seconds(random.integer(in: 0...899))
        let quality = random.chance(1, of: 8) ? 1 : 0 as UInt32
        let batch = ReadingBatch(
            receivedAt: now, table: [PointID(point)], point: [0], base: time, measuredDelta: [0],
            value: [value], quality: [quality])
        return machine.wake(at: now) + (try machine.handle(.measured(batch), at: now))
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func wakeDoesSomethingExactlyWhenItIsDue(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var machine = try RiskMachine.city()
        var now = t0
        for _ in 0..<60 {
            now = now + .seconds(random.integer(in: 0...599))
            _ = try step(&machine, at: now, by: random)
            _ = random.next()
            guard let due = machine.nextDue else { continue }
            var early = machine
            _ = early.takeChanges()
            #expect(early.wake(at: due - .init(milliseconds: 1)).isEmpty)
            #expect(early.takeChanges().isEmpty)
            _ = early.wake(at: due)
            #expect(early.nextDue.map { $0 > due } ?? true)
            #expect(!early.takeChanges().isEmpty)
        }
    }

    @Test func oneLongWakeDoesWhatManyShortOnesDo() throws {
        var once = try RiskMachine.city()
        for (minute, point) in [(0, "p"), (7, "q"), (3, "r")] as [(Int64, String)] {
            _ = try once.measure(point, (minute, 95))
        }
        var often = once
        let long = once.wake(at: t0 + .hours(2))
        let short = (0..<120).flatMap { often.wake(at: t0 + .minutes($0)) }
        #expect(words(long) == words(short))
        #expect(levels(long).map(\.measuredAt) == levels(short).map(\.measuredAt))
        #expect(once.nextDue == nil && often.nextDue == nil)
    }

    @Test func batchesMayBeCutAnywhere() throws {
        let readings: [(minute: Int64, value: Double)] = (0..<200).map { minute in
            (Int64(minute), [50, 85, 95, 15, 5][(minute * 7 / 13) % 5])
        }
        var whole = try RiskMachine.city()
        let once = try whole.handle(.measured(.of("p", readings)), at: t0 + .hours(10))
        for size in [1, 3, 7, 50] {
            var machine = try RiskMachine.city()
            let parts = try stride(from: 0, to: readings.count, by: size).flatMap { start in
                try machine.handle(
                    .measured(.of("p", Array(readings[start..<min(start + size, 200)]))),
                    at: t0 + .hours(10))
            }
            #expect(words(parts) == words(once))
        }
    }
}
