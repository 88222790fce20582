import Domain
import Policy
import RiskCore
import Testing

/// Levels of hazard sources by the provisional rule (RSK-01; decision 0010).
@Suite struct LevelTests {
    static let table: [(values: [(Int64, Double)], wakeAtMinute: Int64, level: WarningLevel)] = [
        ([(0, 50)], 0, .blue), ([(0, 80)], 0, .yellow), ([(0, 20)], 0, .yellow),
        ([(0, 90)], 0, .orange), ([(0, 10)], 0, .orange), ([(0, 80)], 1_000, .yellow),
        ([(0, 90)], 29, .orange), ([(0, 90)], 30, .red), ([(0, 10)], 30, .red),
        // Half an hour at HH, interrupted by H, does not count.
        ([(0, 90), (29, 85), (30, 95)], 31, .orange),
        ([(0, 90), (29, 85), (30, 95)], 60, .red),
        // From HH to LL without a reading between is not a break of the rule.
        ([(0, 95), (20, 5)], 30, .red), ([(0, 90), (31, 85)], 40, .yellow),
        ([(0, 90), (40, 50)], 41, .blue),
    ]

    @Test(arguments: table)
    func worstStandingAlarmGivesTheLevel(
        row: (values: [(Int64, Double)], wakeAtMinute: Int64, level: WarningLevel)
    ) throws {
        var machine = try RiskMachine.city()
        for (minute, value) in row.values {
            _ = machine.wake(at: t0 + .minutes(minute))
            _ = try machine.measure("p", (minute, value))
        }
        _ = machine.wake(at: t0 + .minutes(row.wakeAtMinute))
        #expect(machine.level(of: HazardSourceID("tank-farm"))?.level == row.level)
    }

    /// RSK-15: where blue is a warning, an alarm that gives it is news, and so is its end; RSK-14:
    /// where it is the base state, nothing changes.
    @Test(arguments: [PolicyProfile.BlueRule.Meaning.warning, .baseState])
    func alarmThatGivesBlueIsNewsWhereBlueIsAWarning(
        meaning: PolicyProfile.BlueRule.Meaning
    ) throws {
        var profile = try ministry.get()
        profile.blue.meaning = meaning
        profile.levelModel.rules[0].level = .blue
        var machine = try RiskMachine.city(by: profile)
        let isWarning = meaning == .warning
        let begun = levels(try machine.measure("p", (0, 80)))
        #expect(begun.map(\.level) == (isWarning ? [.blue] : []))
        #expect(begun.allSatisfy { $0.causes.map(\.currentState) == [.high] })
        // A second alarm that gives the same is none.
        #expect(levels(try machine.measure("q", (1, 80))).isEmpty)
        #expect(levels(try machine.measure("q", (2, 50))).isEmpty)
        let ended = levels(try machine.measure("p", (3, 50)))
        #expect(ended.map(\.level) == (isWarning ? [.blue] : []))
        #expect(ended.allSatisfy { $0.causes.map(\.currentState) == [.normal] })
        #expect(levels(try machine.measure("p", (4, 80))).count == (isWarning ? 1 : 0))
        #expect(levels(try machine.measure("p", (5, 90))).map(\.level) == [.orange])
        #expect(levels(try machine.measure("p", (6, 85))).map(\.level) == [.blue])
    }

    @Test func halfAnHourEndsAtTheExactMillisecond() throws {
        var machine = try RiskMachine.city()
        _ = try machine.measure("p", (0, 95))
        let due = t0 + .minutes(30)
        #expect(machine.nextDue == due)
        #expect(machine.wake(at: due - .init(milliseconds: 1)).isEmpty)
        let level = try #require(levels(machine.wake(at: due)).first)
        #expect(level.level == .red)
        #expect(level.previous == .orange)
        #expect(level.measuredAt == due)
        #expect(level.rule.text == "high-high-or-low-low-30-minutes")
        #expect(level.clause.text == "ours 0010")
        #expect(level.profile == "mem-2021/2021-06-25")
        #expect(machine.nextDue == nil)
    }

    @Test func readingThatStillStandsThereProvesTheHalfHour() throws {
        var machine = try RiskMachine.city()
        // A backlog: all of it is measured long before it is heard of.
        let effects = try machine.measure("p", (0, 95), (29, 95), (31, 95), at: t0 + .hours(5))
        #expect(words(effects) == ["raised p HH", "tank-farm orange", "tank-farm red"])
        #expect(levels(effects).last?.measuredAt == t0 + .minutes(30))
    }

    @Test func backlogThatEndsWellNeverTurnsRed() throws {
        var machine = try RiskMachine.city()
        let effects = try machine.measure("p", (0, 95), (40, 50), at: t0 + .hours(5))
        #expect(
            words(effects) == [
                "raised p HH", "tank-farm orange", "cleared p -", "tank-farm blue",
            ])
        #expect(machine.nextDue == nil)
    }

    @Test func bufferThatComesBatchByBatchIsHeardToItsEnd() throws {
        // A gateway is back after an hour and sends what it kept, one batch after another.
        var machine = try RiskMachine.city()
        let back = t0 + .minutes(60)
        var effects = try machine.handle(
            .measured(.of("p", [(0, 95)], receivedAt: back)), at: back)
        effects += machine.wake(at: back)
        effects += try machine.handle(
            .measured(.of("p", [(29, 95)], receivedAt: back)), at: back)
        effects += machine.wake(at: back)
        effects += try machine.handle(
            .measured(.of("p", [(40, 50)], receivedAt: back)), at: back)
        #expect(
            words(effects) == ["raised p HH", "tank-farm orange", "cleared p -", "tank-farm blue"])
        #expect(machine.nextDue == nil)
    }

    static let delays: [(readings: [(measured: Int64, received: Int64)], dueAtMinute: Int64)] = [
        ([(0, 0)], 30), ([(0, 5)], 35), ([(0, 60)], 90),
        // The last reading says how late the point is heard, earlier or later than before.
        ([(0, 60), (29, 60)], 61), ([(0, 0), (10, 14)], 34), ([(0, 20), (20, 20)], 30),
        // A device whose clock is ahead has its half hour over as much earlier.
        ([(5, 2)], 32),
        // A reading that is not newer says nothing.
        ([(0, 0), (0, 20)], 30),
    ]

    @Test(arguments: delays)
    func halfHourIsOverByTimeWhenThePlatformWouldHaveHeardIt(
        row: (readings: [(measured: Int64, received: Int64)], dueAtMinute: Int64)
    ) throws {
        var machine = try RiskMachine.city()
        var shelf = Shelf()
        for (measured, received) in row.readings {
            let batch = ReadingBatch.of(
                "p", [(measured, 95)], receivedAt: t0 + .minutes(received))
            _ = try machine.handle(.measured(batch), at: t0 + .minutes(received))
            shelf.keep(&machine)
        }
        let due = t0 + .minutes(row.dueAtMinute)
        #expect(machine.nextDue == due)
        #expect(try shelf.load().nextDue == due)
        let level = try #require(levels(machine.wake(at: due)).first)
        #expect(level.level == .red)
        // The level says when it was true, not when it was heard.
        let since = row.readings.first?.measured ?? 0
        #expect(level.measuredAt == t0 + .minutes(since + 30))
    }

    @Test func levelSaysWhenThePlatformHadWhatChangedIt() throws {
        // Risk was down for three hours; ingest was not.
        var machine = try RiskMachine.city()
        let late = t0 + .hours(3)
        let raised = try machine.handle(
            .measured(.of("p", [(0, 95)], receivedAt: t0 + .minutes(2))), at: late)
        #expect(levels(raised).map(\.knownAt) == [t0 + .minutes(2)])
        #expect(levels(machine.wake(at: late)).map(\.knownAt) == [t0 + .minutes(32)])
        let fallen = try machine.handle(
            .measured(.of("p", [(40, 50)], receivedAt: t0 + .minutes(41))), at: late)
        #expect(levels(fallen).map(\.knownAt) == [t0 + .minutes(41)])
        #expect(levels(fallen).map(\.changedAt) == [late])
    }

    @Test func sourceHasTheHighestOfItsAlarmsAndFallsToTheNext() throws {
        var machine = try RiskMachine.city()
        #expect(words(try machine.measure("p", (0, 85))) == ["raised p H", "tank-farm yellow"])
        #expect(words(try machine.measure("q", (1, 95))) == ["raised q HH", "tank-farm orange"])
        #expect(words(try machine.measure("r", (1, 85))) == ["raised r H", "plant yellow"])
        let fallen = try machine.measure("q", (2, 50))
        #expect(words(fallen) == ["cleared q -", "tank-farm yellow"])
        #expect(levels(fallen).first?.causes.map(\.point.text) == ["p"])
        #expect(words(try machine.measure("p", (3, 50))) == ["cleared p -", "tank-farm blue"])
    }

    @Test func secondAlarmAtTheSameLevelChangesNothing() throws {
        var machine = try RiskMachine.city()
        _ = try machine.measure("p", (0, 85))
        #expect(words(try machine.measure("q", (1, 15))) == ["raised q L"])
    }

    @Test func levelNamesTheReadingsThatCausedIt() throws {
        var machine = try RiskMachine.city()
        let raised = try #require(levels(try machine.measure("p", (0, 95))).first)
        #expect(raised.causes.map(\.changed.value) == [95])
        #expect(raised.sourceName == "tank-farm源")
        #expect(raised.enterpriseName == "示范化工")
        let back = try #require(levels(try machine.measure("p", (1, 42))).first)
        #expect(back.causes.map(\.changed.value) == [42])
        #expect(back.rule.text == "no-alarm")
    }

    @Test func sourceWithoutAlarmsIsBlueAndNothingWaits() throws {
        // RSK-14: blue is the base state.
        let machine = try RiskMachine.city()
        #expect(machine.allLevels.map(\.level) == [.blue, .blue])
        #expect(machine.nextDue == nil)
        #expect(machine.level(of: HazardSourceID("nowhere")) == nil)
    }

    @Test func highestLevelsAreListedFirst() throws {
        var machine = try RiskMachine.city()
        _ = try machine.measure("p", (0, 95))
        _ = try machine.measure("r", (0, 85))
        #expect(machine.allLevels.map(\.source.text) == ["tank-farm", "plant"])
    }
}
