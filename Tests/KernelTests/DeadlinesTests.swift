import Domain
import Kernel
import Testing

@Suite struct DeadlinesTests {
    static func at(_ milliseconds: Int64) -> Instant { Instant(unixMilliseconds: milliseconds) }

    @Test func theEarliestComesFirstAndEqualTimesGoByKey() {
        var deadlines = Deadlines<String>()
        deadlines.set("b", dueAt: Self.at(20))
        deadlines.set("c", dueAt: Self.at(10))
        deadlines.set("a", dueAt: Self.at(20))
        #expect(deadlines.ascending.map(\.key) == ["c", "a", "b"])
        #expect(deadlines.nextDue == Self.at(10))
    }

    @Test func nothingIsTakenBeforeItsTime() {
        var deadlines = Deadlines<String>()
        deadlines.set("a", dueAt: Self.at(10))
        let taken = [9, 10, 11].map { deadlines.popDue(at: Self.at($0))?.key }
        #expect(taken == [nil, "a", nil])
        #expect(deadlines.nextDue == nil)
    }

    @Test func settingAgainMovesAKey() {
        var deadlines = Deadlines<String>()
        deadlines.set("a", dueAt: Self.at(10))
        deadlines.set("a", dueAt: Self.at(30))
        #expect(deadlines.count == 1)
        #expect(deadlines.dueAt("a") == Self.at(30))
        let removed = [deadlines.remove("a"), deadlines.remove("a")]
        #expect(removed == [true, false])
        #expect(deadlines.isEmpty)
    }

    /// Compared with the plainest thing that could work: a dictionary, searched whole each time.
    @Test(arguments: UInt64(1)...20)
    func anySeriesOfStepsGivesWhatASearchWouldGive(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var deadlines = Deadlines<Int64>()
        var plain: [Int64: Instant] = [:]
        for _ in 0..<1_000 {
            let key = random.integer(in: 0...30)
            switch random.integer(in: 0...3) {
            case 0, 1:
                let due = Self.at(random.integer(in: 0...50))
                deadlines.set(key, dueAt: due)
                plain[key] = due
            case 2:
                let isRemoved = deadlines.remove(key)
                #expect(isRemoved == (plain.removeValue(forKey: key) != nil))
            default:
                let now = Self.at(random.integer(in: 0...50))
                let first = plain.min { ($0.value, $0.key) < ($1.value, $1.key) }
                let expected = first.flatMap { $0.value <= now ? $0.key : nil }
                let taken = deadlines.popDue(at: now)?.key
                #expect(taken == expected, "seed \(seed)")
                if let expected { plain[expected] = nil }
            }
            #expect(deadlines.count == plain.count)
            #expect(deadlines.nextDue == plain.values.min(), "seed \(seed)")
            #expect(deadlines.dueAt(key) == plain[key])
        }
        let order = plain.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
        #expect(deadlines.ascending.map(\.key) == order, "seed \(seed)")
    }

    @Test func theOrderOfFillingLeavesNoTrace() {
        let entries: [(key: String, due: Int64)] = [("a", 3), ("b", 1), ("c", 2), ("d", 1)]
        var forward = Deadlines<String>()
        var backward = Deadlines<String>()
        for entry in entries { forward.set(entry.key, dueAt: Self.at(entry.due)) }
        for entry in entries.reversed() { backward.set(entry.key, dueAt: Self.at(entry.due)) }
        #expect(forward == backward)
    }
}
