import Domain
import RiskCore
import Testing

/// What is removed from the registry (ING-25): its alarm is over, and that is no good news.
@Suite struct RemovalTests {
    private let hour = t0 + .hours(1)

    /// ING-25, RSK-07: an alarm that stands ends as removed and not as cleared.
    @Test func anAlarmOfARemovedPointEndsAsRemoved() throws {
        var machine = try RiskMachine.city()
        _ = try machine.measure("p", (0, 95))
        #expect(machine.nextDue(heard: .distantFuture) != nil)
        let effects = try machine.remove(.point(PointID("p")), at: hour)
        #expect(words(effects) == ["removed p -", "tank-farm blue"])
        let alarm = try #require(alarms(effects).first)
        #expect(alarm.removedAt == hour && alarm.clearedAt == nil && !alarm.isStanding)
        #expect(alarm.changed.value == 95 && alarm.worstState == .highHigh)
        let level = try #require(levels(effects).first)
        #expect(level.causes.map(\.removedAt) == [hour] && level.measuredAt == hour)
        #expect(machine.standingAlarms.isEmpty)
        #expect(machine.nextDue(heard: .distantFuture) == nil)
        // What was on its way is of nobody any more.
        #expect(try machine.measure("p", (61, 99)).isEmpty)
        #expect(machine.readingsOfUnknownPoints == 1)
        #expect(try machine.remove(.point(PointID("p")), at: hour).isEmpty)
    }

    /// The level stays where another alarm holds it.
    @Test func anotherAlarmHoldsTheLevel() throws {
        var machine = try RiskMachine.city()
        _ = try machine.measure("p", (0, 95))
        _ = try machine.measure("q", (1, 95))
        #expect(words(try machine.remove(.point(PointID("p")), at: hour)) == ["removed p -"])
        #expect(machine.level(of: HazardSourceID("tank-farm"))?.level == .orange)
    }

    /// A point without an alarm goes without a word; a device too.
    @Test func whatIsQuietGoesQuietly() throws {
        var machine = try RiskMachine.city()
        #expect(try machine.remove(.point(PointID("r")), at: hour).isEmpty)
        #expect(try machine.remove(.device(DeviceID("plant-device")), at: hour).isEmpty)
        #expect(
            machine.stored.map(\.key) == ["fact/device/plant-device", "fact/point/r"])
        #expect(machine.stored.first?.part == nil)
        #expect(machine.unknownPoints(in: [PointID("p"), PointID("r")]) == [PointID("r")])
    }

    /// A restart changes nothing, and who comes after it gets no times of who went.
    @Test func aRestartKeepsWhatWentApart() throws {
        var shelf = Shelf()
        var machine = try RiskMachine.city()
        try machine.hear(.point(.new("z")))
        _ = try machine.measure("z", (10, 95))
        shelf.keep(&machine)
        _ = try machine.remove(.point(PointID("z")), at: hour)
        shelf.keep(&machine)
        var again = try shelf.load()
        #expect(again.standingAlarms.isEmpty && again.allLevels == machine.allLevels)
        #expect(again.unknownPoints(in: [PointID("z")]) == [PointID("z")])
        for machine in [machine, again] {
            var machine = machine
            try machine.hear(.point(.new("y")))
            // Earlier than the last reading of the one that went.
            #expect(words(try machine.measure("y", (5, 95))).first == "raised y HH")
        }
        // The same one again begins anew.
        try again.hear(.point(.new("z")))
        #expect(words(try again.measure("z", (6, 95))).first == "raised z HH")
        shelf.keep(&again)
        #expect(try shelf.load().standingAlarms.map(\.point) == [PointID("z")])
    }
}

extension RiskMachine {
    fileprivate mutating func remove(
        _ entry: RegistryFact.Removal, at now: Instant
    ) throws -> [RiskEffect] {
        try handle(.registered(.removed(entry)), at: now)
    }
}

extension RegistryFact.Point {
    fileprivate static func new(_ id: String) -> Self {
        .init(
            id: PointID(id), device: DeviceID("tank-farm-device"), name: "\(id)点", unit: "kPa",
            limits: .init(lowLow: 10, low: 20, high: 80, highHigh: 90))
    }
}
