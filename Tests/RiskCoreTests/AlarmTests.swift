import Domain
import RiskCore
import Testing

/// Alarm sessions of one point (RSK-07, RSK-24).
@Suite struct AlarmTests {
    // LL 10, L 20, H 80, HH 90
    static let boundaries: [(value: Double, state: LimitState)] = [
        (9.9, .lowLow), (10, .lowLow), (10.1, .low), (20, .low), (20.1, .normal), (50, .normal),
        (79.9, .normal), (80, .high), (89.9, .high), (90, .highHigh), (1_000, .highHigh),
    ]

    @Test(arguments: boundaries)
    func limitIsReachedAtItsValue(row: (value: Double, state: LimitState)) throws {
        var machine = try RiskMachine.city()
        let alarm = alarms(try machine.measure("p", (0, row.value))).first
        #expect((alarm?.currentState ?? .normal) == row.state)
    }

    @Test func absentLimitIsNeverReached() throws {
        var machine = try RiskMachine.city(limits: Limits(high: 80))
        #expect(try machine.measure("p", (0, -1e9)).isEmpty)
        #expect(words(try machine.measure("p", (1, 1e9))) == ["raised p H", "tank-farm yellow"])
    }

    @Test func escalationStaysInOneSession() throws {
        var machine = try RiskMachine.city()
        let effects = try machine.measure("p", (0, 85), (1, 95), (2, 99), (3, 85), (4, 50))
        #expect(
            words(effects).filter { $0.contains(" p ") } == [
                "raised p H", "changed p HH", "changed p H", "cleared p -",
            ])
        let ended = try #require(alarms(effects).last)
        #expect(Set(alarms(effects).map(\.id)).count == 1)
        #expect(ended.id.text == "p@1635724800000")
        #expect(ended.startState == .high)
        #expect(ended.worstState == .highHigh)
        #expect(ended.worst.value == 99)
        #expect(ended.worst.measuredAt == t0 + .minutes(2))
        #expect(ended.worstLimit == 90)
        #expect(ended.start.value == 85)
        #expect(ended.changed.value == 50)
        #expect(ended.changedLimit == nil)
        #expect(ended.clearedAt == t0 + .minutes(4))
    }

    @Test func nextSessionIsAnotherAlarm() throws {
        var machine = try RiskMachine.city()
        let effects = try machine.measure("p", (0, 85), (1, 50), (2, 85))
        #expect(Set(alarms(effects).map(\.id)).count == 2)
    }

    @Test(arguments: [1, 2] as [UInt32])
    func onlyGoodReadingsMoveAnAlarm(quality: UInt32) throws {
        var machine = try RiskMachine.city()
        #expect(try machine.measure("p", (0, 99), quality: [quality]).isEmpty)
        _ = try machine.measure("p", (1, 99))
        #expect(try machine.measure("p", (2, 50), quality: [quality]).isEmpty)
        #expect(machine.standingAlarms.count == 1)
    }

    @Test func silenceNeverClears() throws {
        var machine = try RiskMachine.city()
        _ = try machine.measure("p", (0, 85))
        _ = machine.wake(at: t0 + .hours(1_000))
        #expect(machine.standingAlarms.map(\.currentState) == [.high])
    }

    @Test func valueThatIsNoNumberNeverClears() throws {
        var machine = try RiskMachine.city()
        _ = try machine.measure("p", (0, 85))
        #expect(try machine.measure("p", (1, .nan)).isEmpty)
        #expect(try machine.measure("p", (2, -.infinity)).isEmpty)
        #expect(machine.standingAlarms.count == 1)
    }

    @Test func lateAndRepeatedReadingsMoveNothing() throws {
        var machine = try RiskMachine.city()
        _ = try machine.measure("p", (10, 85))
        #expect(try machine.measure("p", (9, 50), at: t0 + .minutes(11)).isEmpty)
        #expect(try machine.measure("p", (10, 50), at: t0 + .minutes(11)).isEmpty)
        #expect(words(try machine.measure("p", (11, 50))) == ["cleared p -", "tank-farm blue"])
    }

    @Test func latestTimeOutlivesARestart() throws {
        var machine = try RiskMachine.city()
        _ = try machine.measure("p", (10, 50))
        var shelf = Shelf()
        shelf.keep(&machine)
        var restarted = try shelf.load()
        #expect(try restarted.measure("p", (9, 99), at: t0 + .minutes(11)).isEmpty)
        #expect(try !restarted.measure("p", (11, 99)).isEmpty)
    }

    @Test func changedLimitsTakeEffectWithTheNextReadingAndEndNothing() throws {
        var machine = try RiskMachine.city()
        _ = try machine.measure("p", (0, 85))
        try machine.hear(
            .point(
                .init(
                    id: PointID("p"), device: DeviceID("tank-farm-device"), name: "p点",
                    unit: "kPa", limits: Limits(high: 100))))
        #expect(machine.standingAlarms.count == 1)
        #expect(words(try machine.measure("p", (1, 85))) == ["cleared p -", "tank-farm blue"])
    }

    @Test func readingsOfUnknownPointsAreCountedAndTheOthersJudged() throws {
        var machine = try RiskMachine.city()
        let batch = ReadingBatch(
            receivedAt: t0, table: [PointID("nowhere"), PointID("q")], point: [0, 1], base: t0,
            measuredDelta: [0, 0], value: [99, 99])
        let effects = try machine.handle(.measured(batch), at: t0)
        #expect(alarms(effects).map(\.point.text) == ["q"])
        #expect(machine.readingsOfUnknownPoints == 1)
        #expect(machine.unknownPoints(in: batch.table).map(\.text) == ["nowhere"])
    }

    @Test func columnsThatDoNotFitChangeNothing() throws {
        var machine = try RiskMachine.city()
        let good = ReadingBatch.of("p", [(0, 99)])
        var short = good
        short.value = []
        var outside = good
        outside.point = [1]
        var halfQuality = good
        halfQuality.quality = [0, 0]
        for batch in [short, outside, halfQuality] {
            #expect(throws: RiskRefusal.columnsDoNotFit(receivedAt: t0)) {
                try machine.handle(.measured(batch), at: t0)
            }
            #expect(machine.stored.isEmpty)
        }
    }

    @Test func alarmNamesPointDeviceUnitAndLimit() throws {
        var machine = try RiskMachine.city()
        let alarm = try #require(alarms(try machine.measure("r", (0, 85))).first)
        #expect(alarm.pointName == "r点")
        #expect(alarm.deviceName == "罐")
        #expect(alarm.unit == "kPa")
        #expect(alarm.changedLimit == 80)
        #expect(alarm.enterprise.text == "e")
    }
}
