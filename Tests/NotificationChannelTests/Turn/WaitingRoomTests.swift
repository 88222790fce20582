import Domain
import NIOCore
import NotificationChannels
import Testing

/// Who goes first, on a clock of the test (NTF-01: red is never held back).
@Suite struct WaitingRoomTests {
    static let t0 = NIODeadline.uptimeNanoseconds(5_000_000_000)

    /// Lets time pass until nobody waits; who went, and when, in milliseconds.
    static func run(_ room: inout WaitingRoom, from start: NIODeadline = t0) -> [(UInt64, Int64)] {
        var (now, gone) = (start, [(UInt64, Int64)]())
        while true {
            for place in room.next(at: now) {
                gone.append((place, (now - t0).nanoseconds / 1_000_000))
                room.leave(isThrottled: false, at: now)
            }
            guard let due = room.nextDue else { return gone }
            #expect(due > now, "waking must let somebody go")
            now = max(due, now + .nanoseconds(1))
        }
    }

    static func room(_ pace: WaitingRoom.Pace, _ levels: [WarningLevel]) -> WaitingRoom {
        var room = WaitingRoom(pace)
        for level in levels { room.enter(level, room.arrive()) }
        return room
    }

    @Test func othersWaitTheirTurnInTheOrderOfLevelsThenOfArrival() {
        var room = Self.room(.init(10), [.blue, .yellow, .orange, .blue, .orange, .yellow])
        let gone = Self.run(&room)
        #expect(gone.map(\.0) == [3, 5, 2, 6, 1, 4])
        #expect(gone.map(\.1) == [0, 100, 200, 300, 400, 500])
    }

    @Test func redGoesAtOnceAndTheOthersPayForIt() {
        var room = Self.room(.init(10), [.blue, .red, .yellow, .red, .red])
        let gone = Self.run(&room)
        #expect(gone.map(\.0) == [2, 4, 5, 3, 1])
        #expect(gone.map(\.1) == [0, 0, 0, 300, 400])
    }

    @Test func redOvertakesWhoeverWaitsAlready() {
        var room = Self.room(.init(1), [.orange, .orange])
        #expect(room.next(at: Self.t0) == [1])
        room.enter(.red, room.arrive())
        #expect(room.next(at: Self.t0 + .milliseconds(1)) == [3])
        #expect(room.next(at: Self.t0 + .milliseconds(1_999)).isEmpty)
        #expect(room.next(at: Self.t0 + .seconds(2)) == [2])
    }

    @Test func burstMayGoAtOnceAfterARest() {
        var room = Self.room(.init(10, burst: 3), Array(repeating: .yellow, count: 5))
        #expect(Self.run(&room).map(\.1) == [0, 0, 0, 100, 200])
        // A rest of 200 ms allows two more.
        for _ in 0..<4 { room.enter(.yellow, room.arrive()) }
        let again = Self.run(&room, from: Self.t0 + .milliseconds(400))
        #expect(again.map(\.1) == [400, 400, 500, 600])
    }

    @Test func withoutAPaceAllGoAtOnce() {
        var room = Self.room(.init(), Array(repeating: .blue, count: 100))
        #expect(room.next(at: Self.t0).count == 100)
    }

    @Test func noMoreAreUnderWayThanMayBe() {
        var room = Self.room(.init(atOnceMax: 2), [.blue, .red, .red, .red])
        #expect(room.next(at: Self.t0) == [2, 3])
        #expect(room.nextDue == nil)
        room.leave(isThrottled: false, at: Self.t0)
        #expect(room.next(at: Self.t0) == [4])
        room.leave(isThrottled: false, at: Self.t0)
        room.leave(isThrottled: false, at: Self.t0)
        #expect(room.next(at: Self.t0) == [1])
    }

    @Test func whoGivesUpIsNotWaitedFor() {
        var room = Self.room(.init(10), [.orange, .orange, .orange])
        room.giveUp(2)
        room.giveUp(99)
        #expect(Self.run(&room).map(\.0) == [1, 3])
        #expect(room.waitingCount == 0)
    }

    @Test func whoIsSentBackHasNotLostTheirTurn() {
        var room = Self.room(.init(atOnceMax: 1), [.yellow, .yellow, .yellow])
        #expect(room.next(at: Self.t0) == [1])
        room.leave(isThrottled: false, at: Self.t0)
        room.enter(.yellow, 1)
        #expect(room.next(at: Self.t0) == [1])
    }

    @Test func throttleHoldsBackAllButRedAndLongerEachTime() {
        var room = Self.room(.init(), [.yellow, .yellow])
        #expect(room.next(at: Self.t0).count == 2)
        // Two that were under way together are one throttle.
        room.leave(isThrottled: true, at: Self.t0)
        room.leave(isThrottled: true, at: Self.t0)
        for level in [WarningLevel.orange, .red] { room.enter(level, room.arrive()) }
        #expect(room.next(at: Self.t0) == [4])
        #expect(room.nextDue == Self.t0 + .seconds(1))
        #expect(room.next(at: Self.t0 + .seconds(1)) == [3])
        room.leave(isThrottled: true, at: Self.t0 + .seconds(1))
        room.enter(.orange, 3)
        #expect(room.nextDue == Self.t0 + .seconds(3))
        _ = room.next(at: Self.t0 + .seconds(3))
        // What is taken ends it.
        room.leave(isThrottled: false, at: Self.t0 + .seconds(3))
        room.leave(isThrottled: true, at: Self.t0 + .seconds(4))
        room.enter(.orange, room.arrive())
        #expect(room.nextDue == Self.t0 + .seconds(5))
    }

    /// Over any arrivals: red never waits for time, and the others keep the pace.
    @Test(arguments: UInt64(1)...50)
    func paceIsKeptWhateverComes(seed: UInt64) {
        var lot = Lot(seed)
        let (perSecond, burst) = (lot.draw(50) + 1, lot.draw(20) + 1)
        var room = WaitingRoom(.init(perSecond, burst: burst))
        var (now, levels, gone) = (
            Self.t0, [UInt64: WarningLevel](), [(NIODeadline, WarningLevel)]()
        )
        for _ in 0..<300 {
            now = now + .milliseconds(Int64(lot.draw(40)))
            let level = WarningLevel.allCases[lot.draw(4)]
            let place = room.arrive()
            levels[place] = level
            room.enter(level, place)
            let went = room.next(at: now)
            #expect(level != .red || went.contains(place), "seed \(seed)")
            gone += went.compactMap { place in levels[place].map { (now, $0) } }
            for _ in went { room.leave(isThrottled: false, at: now) }
        }
        let others = gone.filter { $0.1 != .red }.map(\.0)
        for (index, start) in others.enumerated() {
            let inSecond = others[index...].prefix { $0 < start + .seconds(1) }.count
            #expect(inSecond <= perSecond + burst, "seed \(seed)")
        }
    }
}
