import Domain
import Kernel
import NotificationCore
import Testing

/// What holds for any course of events; the seed of a failure is the test's argument.
@Suite struct PropertyTests {
    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func restartAtAnyMomentGivesTheSameRecord(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var whole = try NotificationMachine.city()
        var broken = try NotificationMachine.city()
        var shelf = Shelf()
        var now = t0
        for seq in 1...80 as ClosedRange<UInt64> {
            now = now + .seconds(random.integer(in: 0...2_400))
            let event = event(at: now, seq: seq, &random)
            #expect(whole.wake(at: now) == broken.wake(at: now))
            #expect(try whole.handle(event, at: now) == broken.handle(event, at: now))
            shelf.keep(&broken)
            if random.chance(1, of: 3) { broken = try shelf.load() }
        }
        #expect(whole.openCases == broken.openCases)
        #expect(whole.nextDue == broken.nextDue)
    }

    private func event(
        at now: Instant, seq: UInt64, _ random: inout SeededRandom
    ) -> NotificationEvent {
        let enterprise = NotificationMachine.enterprises[Int(random.integer(in: 0...2))].name
        let level = WarningLevel.allCases[Int(random.integer(in: 0...3))]
        return .levelChanged(.of(enterprise, level, at: now, seq: seq))
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func wakeDoesSomethingExactlyWhenItIsDue(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var machine = try NotificationMachine.city()
        var now = t0
        for seq in 1...40 as ClosedRange<UInt64> {
            now = now + .seconds(random.integer(in: 0...2_400))
            _ = machine.wake(at: now)
            _ = try machine.handle(event(at: now, seq: seq, &random), at: now)
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

    @Test func oneLongWakeRecordsWhatManyShortOnesDo() throws {
        var once = try NotificationMachine.city()
        _ = try once.level(.red, minute: 0, of: "park-works")
        _ = try once.level(.yellow, minute: 7, of: "county-works")
        _ = try once.level(.orange, minute: 9, of: "city-works")
        var often = once
        let long = notices(once.wake(at: t0 + .minutes(600)))
        let short = notices(often.run(toMinute: 600))
        #expect(long.map(\.id) == short.map(\.id))
        #expect(long.map(\.dueAt) == short.map(\.dueAt))
        #expect(long.map(\.circularNumber) == short.map(\.circularNumber))
        #expect(long.map(\.dueAt) == long.map(\.dueAt).sorted())
        #expect(once.nextDue == often.nextDue)
        // One message for each recipient of each case, whatever the length of the stop.
        #expect(long.filter { $0.state != .merged && $0.reason == .circular }.count == 4)
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func noCircularFollowsADowngradeAndNoneIsMissing(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var machine = try NotificationMachine.city()
        var changes: [(at: Instant, level: WarningLevel)] = []
        var effects: [NotificationEffect] = []
        var now = t0
        var level = WarningLevel.blue
        for _ in 0..<40 {
            now = now + .seconds(random.integer(in: 1...9_000))
            effects += machine.run(toMinute: (now - t0).milliseconds / 60_000)
            level = WarningLevel.allCases[Int(random.integer(in: 0...3))]
            if changes.last?.level != level { changes.append((now, level)) }
            effects += try machine.handle(.levelChanged(.of("park-works", level, at: now)), at: now)
        }
        now = now + .seconds(1)
        changes.append((now, .blue))
        effects += try machine.handle(.levelChanged(.of("park-works", .blue, at: now)), at: now)
        let issued = notices(effects).filter { $0.reason == .circular && $0.channel == .desk }
        #expect(
            issued.map { [$0.dueAt.unixMilliseconds, Int64($0.circularNumber)] }
                == expected(changes))
    }

    /// The circulars that the law wants, reckoned by hand.
    private func expected(_ changes: [(at: Instant, level: WarningLevel)]) -> [[Int64]] {
        zip(changes, changes.dropFirst()).flatMap { change, next -> [[Int64]] in
            guard change.level != .blue else { return [] }
            let every = change.level == .red ? Interval.minutes(30) : .hours(1)
            let count = ((next.at - change.at).milliseconds - 1) / every.milliseconds
            return stride(from: 1, through: count, by: 1).map {
                [(change.at + every * $0).unixMilliseconds, $0]
            }
        }
    }
}

/// What a store holds of a machine of the city.
struct Shelf {
    private var parts: [String: NotificationPart] = [:]

    mutating func keep(_ machine: inout NotificationMachine) {
        for change in machine.takeChanges() { parts[change.key] = change.part }
    }

    func load() throws -> NotificationMachine {
        var machine = try NotificationMachine.city()
        for key in parts.keys.sorted() {
            if let part = parts[key] { machine.restore(part, key: key) }
        }
        return machine
    }
}
