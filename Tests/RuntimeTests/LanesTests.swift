import Kernel
import Storage
import Testing

@testable import Runtime

@Suite struct LanesTests {
    private static func row(
        _ ordinal: Int64, _ lane: String, _ priority: Int = OutboxDraft.usual
    ) -> OutboxRow {
        OutboxRow(
            ordinal: ordinal,
            draft: OutboxDraft(
                key: "\(lane)\(ordinal)", lane: lane, kind: "k", body: [], priority: priority))
    }

    /// Starts one after another and says in which order.
    private static func order(_ lanes: inout Lanes) -> [Int64] {
        var order: [Int64] = []
        while let row = lanes.next() {
            order.append(row.ordinal)
            lanes.finish(row)
        }
        return order
    }

    private static func lanes(_ rows: [OutboxRow], atOnceMax: Int = 1) -> Lanes {
        var lanes = Lanes(atOnceMax: atOnceMax)
        for row in rows { lanes.add(row) }
        return lanes
    }

    @Test func noMoreThanAllowedAreUnderWay() {
        var lanes = Self.lanes((1...3).map { Self.row($0, "l\($0)") }, atOnceMax: 2)
        let started = (0..<3).map { _ in lanes.next()?.ordinal }
        #expect(started == [1, 2, nil])
        lanes.finish(Self.row(1, "l1"))
        let next = lanes.next()?.ordinal
        #expect(next == 3)
    }

    @Test func whatHasWaitedLongestIsStartedFirst() {
        var lanes = Self.lanes([
            Self.row(1, "a"), Self.row(2, "a"), Self.row(3, "b"), Self.row(4, "a"),
        ])
        #expect(Self.order(&lanes) == [1, 2, 3, 4])
        #expect(lanes.isIdle)
    }

    @Test func theLowestNumberIsStartedFirst() {
        var lanes = Self.lanes([
            Self.row(1, "a", 2), Self.row(2, "b", 1), Self.row(3, "c", 0), Self.row(4, "d", 5),
            Self.row(5, "e", 0),
        ])
        #expect(Self.order(&lanes) == [3, 5, 2, 1, 4])
    }

    @Test func aLaneKeepsItsOrderAndIsAsUrgentAsItsMostUrgentRow() {
        var lanes = Self.lanes([
            Self.row(1, "x", 1), Self.row(2, "a", 2), Self.row(3, "a", 2), Self.row(4, "a", 0),
            Self.row(5, "a", 2),
        ])
        #expect(Self.order(&lanes) == [2, 3, 4, 1, 5])
    }

    @Test func aRowThatIsNoLongerWantedHurriesNobody() {
        var lanes = Self.lanes([
            Self.row(1, "a", 2), Self.row(2, "a", 0), Self.row(3, "b", 1), Self.row(4, "b", 1),
        ])
        lanes.drop(key: "a2")
        lanes.drop(key: "b3")
        #expect(Self.order(&lanes) == [4, 1])
    }

    @Test func theLastPlacesAreKeptForWhatIsUrgent() {
        var lanes = Lanes(atOnceMax: 4, keptForUrgent: 2)
        for index in Int64(1)...6 { lanes.add(Self.row(index, "l\(index)")) }
        let usual = (0..<3).map { _ in lanes.next()?.ordinal }
        #expect(usual == [1, 2, nil])
        // In the way of an urgent one, so it is as urgent.
        lanes.add(Self.row(7, "l6", 0))
        lanes.add(Self.row(8, "red", 0))
        lanes.add(Self.row(9, "red too", 0))
        let urgent = (0..<3).map { _ in lanes.next()?.ordinal }
        #expect(urgent == [6, 8, nil])
        lanes.finish(Self.row(8, "red", 0))
        let next = lanes.next()?.ordinal
        #expect(next == 9)
        // A usual place that becomes free is for anybody.
        lanes.finish(Self.row(1, "l1"))
        let free = (0..<2).map { _ in lanes.next()?.ordinal }
        #expect(free == [3, nil])
    }

    @Test func urgentOnesMayTakeEveryPlace() {
        var lanes = Lanes(atOnceMax: 3, keptForUrgent: 1)
        for index in Int64(1)...3 { lanes.add(Self.row(index, "l\(index)", 0)) }
        lanes.add(Self.row(4, "l4", 2))
        let started = (0..<4).map { _ in lanes.next()?.ordinal }
        #expect(started == [1, 2, 3, nil])
        lanes.finish(Self.row(2, "l2", 0))
        let next = lanes.next()?.ordinal
        #expect(next == 4, "the kept place is still free")
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

    @Test func whatEndsAfterTheStopChangesNothing() {
        var lanes = Self.lanes([Self.row(1, "a")])
        let row = lanes.next()
        lanes.removeAll()
        if let row { lanes.finish(row) }
        #expect(row != nil && lanes.isIdle && lanes.underWayCount == 0)
        lanes.add(Self.row(2, "a"))
        #expect(lanes.next()?.ordinal == 2)
    }

    /// Against the plainest bookkeeping: of the lanes with nothing under way the one whose rows
    /// are most urgent, then the oldest; never more than allowed.
    @Test(arguments: UInt64(1)...20)
    func anyOrderOfEventsAgreesWithAPlainList(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var lanes = Lanes(atOnceMax: 5, keptForUrgent: 2)
        var waiting: [OutboxRow] = []
        var busy: [(row: OutboxRow, isUrgent: Bool)] = []
        func expected() -> (row: OutboxRow, isUrgent: Bool)? {
            let free = waiting.filter { row in !busy.contains { $0.row.lane == row.lane } }
            let heads = Dictionary(grouping: free, by: \.lane).values.map { rows in
                (priority: rows.map(\.draft.priority).min() ?? 9, row: rows[0])
            }
            guard busy.count < 5,
                let best = heads.min(by: {
                    ($0.priority, $0.row.ordinal) < ($1.priority, $1.row.ordinal)
                }), best.priority == 0 || busy.count(where: { !$0.isUrgent }) < 3
            else { return nil }
            return (best.row, best.priority == 0)
        }
        for ordinal in Int64(1)...600 {
            let row = Self.row(
                ordinal, "l\(random.integer(in: 0...8))", Int(random.integer(in: 0...3)))
            lanes.add(row)
            waiting.append(row)
            if random.chance(1, of: 3) {
                let place = Int(random.integer(in: 0...Int64(waiting.count - 1)))
                lanes.drop(key: waiting.remove(at: place).key)
            }
            if random.chance(1, of: 2), !busy.isEmpty {
                let place = Int(random.integer(in: 0...Int64(busy.count - 1)))
                lanes.finish(busy.remove(at: place).row)
            }
            if random.chance(1, of: 2) {
                let wanted = expected()
                let found = lanes.next()
                #expect(found == wanted?.row, "seed \(seed)")
                if let wanted {
                    waiting.removeAll { $0.ordinal == wanted.row.ordinal }
                    busy.append(wanted)
                }
            }
            #expect(lanes.waitingCount == waiting.count && lanes.underWayCount == busy.count)
        }
    }

    /// As many as the nation's alarms of its worst day, in one lane or in many: with work for each
    /// row that grew with their number this would take minutes.
    @Test(arguments: [1, 3_000, 21_000])
    func aFloodCostsNoMoreForEachRow(laneCount: Int64) {
        let count: Int64 = 21_000
        var lanes = Lanes(atOnceMax: 64, keptForUrgent: 16)
        for ordinal in 1...count {
            lanes.add(
                Self.row(ordinal, "l\(ordinal % laneCount)", ordinal % 100 == 0 ? 0 : 2))
        }
        for ordinal in stride(from: count, to: 0, by: -7) {
            lanes.drop(key: "l\(ordinal % laneCount)\(ordinal)")
        }
        var started = 0
        while let row = lanes.next() {
            started += 1
            lanes.finish(row)
        }
        #expect(started == 18_000 && lanes.isIdle)
    }
}
