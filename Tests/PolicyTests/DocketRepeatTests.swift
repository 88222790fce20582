import Domain
import Policy
import Testing

/// NTF-11 to NTF-13, NTF-31, NTF-33: repeats, what several late ones become, and levels.
@Suite struct DocketRepeatTests {
    private typealias Rules = DocketTests

    @Test func aCircularComesEachHourUntilTheFall() throws {
        var sheet = try Sheet(Rules.circular("circular", at: .yellow))
        #expect(sheet.enter(.yellow, 0) == [])
        #expect(sheet.wake(59) == [])
        #expect(sheet.wake(60) == ["60 circular issued 1"])
        #expect(sheet.wake(119) == [])
        #expect(sheet.wake(120) == ["120 circular issued 2"])
        // A fall at the very time is in time.
        #expect(sheet.lower(.yellow, 180) == ["180 circular excused"])
        #expect(sheet.docket.nextDue == nil)
    }

    @Test func newsIssueWhatWasDueBeforeThem() throws {
        var sheet = try Sheet(Rules.circular("circular", at: .yellow))
        _ = sheet.enter(.yellow, 0)
        #expect(
            sheet.lower(.yellow, 121)
                == [
                    "60 circular issued 1 into 2", "120 circular issued 2 from 1",
                    "121 circular excused",
                ])
    }

    @Test func ofSeveralThatAreLateTheLastOneSaysTheOthers() throws {
        var sheet = try Sheet(Rules.circular("circular", at: .yellow))
        _ = sheet.enter(.yellow, 0)
        #expect(
            sheet.wake(185) == [
                "60 circular issued 1 into 3", "120 circular issued 2 into 3",
                "180 circular issued 3 from 1",
            ])
        #expect(sheet.docket.nextDue == t0 + .minutes(240))
    }

    @Test func oneLongWakeEqualsManyShortOnes() throws {
        var once = try Sheet(
            Rules.circular("circular", at: .yellow), Rules.task(due: .after(.minutes(90))))
        _ = once.enter(.yellow, 0)
        var often = once
        let long = once.wake(600)
        let short = (1...600).flatMap { often.wake($0) }
        let bare = { (step: String) in step.split(separator: " ").prefix(4).joined(separator: " ") }
        #expect(long.map(bare) == short.map(bare))
        #expect(once.docket.nextDue == often.docket.nextDue)
    }

    @Test func aTaskOfEachDayComesAgain() throws {
        let daily = Rules.task(due: .timeOfDay(minutes: 600, boundary: .before)) {
            $0.repeats = .next
        }
        var sheet = try Sheet(daily)
        #expect(sheet.enter(.yellow, 0) == ["0 task opened"])
        #expect(sheet.fulfil(1, after: .minutes(60)) == ["60 task met"])
        // The rest of the day is free; the next round opens at the time of the last.
        #expect(sheet.wake(119) == [])
        #expect(sheet.wake(120) == ["120 task opened"])
        #expect(sheet.wake(1_560) == ["1560 task missed", "1560 task opened"])
        #expect(sheet.docket.run(1)?.round == 3)
    }

    @Test func anHourlyLookRestsAtNight() throws {
        let look = Rules.task(due: .windows(from: 420, to: 1_380, each: 60)) { $0.repeats = .next }
        var sheet = try Sheet(look)
        // 22:30 is 870 minutes after t0.
        #expect(sheet.enter(.yellow, 870) == ["870 task opened"])
        #expect(sheet.wake(900) == ["900 task missed"])
        // 7:00 tomorrow.
        #expect(sheet.docket.nextDue == t0 + .minutes(1_380))
        #expect(sheet.wake(1_380) == ["1380 task opened"])
        #expect(sheet.wake(1_439) == [])
        #expect(sheet.wake(1_440) == ["1440 task missed", "1440 task opened"])
    }

    // MARK: Levels

    @Test func aRiseTakesThePlaceOfTheLowerLevel() throws {
        var sheet = try Sheet(
            Rules.circular("yellow", at: .yellow), Rules.circular("red", at: .red),
            Rules.task("visit"))
        _ = sheet.enter(.yellow, 0)
        #expect(sheet.enter(.red, 30) == ["30 yellow superseded", "30 visit superseded"])
        #expect(sheet.wake(90) == ["90 red issued 1"])
    }

    @Test func whereTheProfileKeepsThemTheyGoOn() throws {
        var sheet = try Sheet(
            Rules.circular("yellow", at: .yellow), Rules.circular("red", at: .red))
        sheet.profile.choices.rise.value = .keep
        _ = sheet.enter(.yellow, 0)
        #expect(sheet.enter(.red, 30) == [])
        #expect(sheet.wake(90) == ["60 yellow issued 1", "90 red issued 1"])
    }

    @Test func whatWasMissedStaysOwedOverARise() throws {
        var sheet = try Sheet(Rules.task(due: .after(.minutes(10))))
        _ = sheet.enter(.yellow, 0)
        #expect(sheet.enter(.red, 30) == ["10 task missed"])
        #expect(sheet.fulfil(1, after: .minutes(40)) == ["40 task late"])
    }

    @Test(arguments: [(.restart, 210), (.resume, 180)] as [(Choices.Fall, Int64)])
    func aFallBeginsAnewOrGoesOn(fall: Choices.Fall, minute: Int64) throws {
        var sheet = try Sheet(
            Rules.circular("yellow", at: .yellow), Rules.circular("red", at: .red))
        sheet.profile.choices.fall.value = fall
        _ = sheet.enter(.yellow, 0)
        // Half of yellow's hour has passed.
        _ = sheet.enter(.red, 30)
        #expect(sheet.lower(.red, 150).last == "150 red excused")
        _ = sheet.enter(.yellow, 150)
        #expect(sheet.docket.nextDue == t0 + .minutes(minute))
        #expect(sheet.wake(minute) == ["\(minute) yellow issued 1"])
    }

    @Test func whatALevelEndedIsOpenAgainWhenItIsBack() throws {
        var sheet = try Sheet(
            Rules.task(opens: .after(.hours(24))) { $0.unless = [.lowered(.yellow)] })
        _ = sheet.enter(.yellow, 0)
        #expect(sheet.lower(.yellow, 60) == ["60 task withdrawn"])
        _ = sheet.enter(.yellow, 120)
        #expect(sheet.wake(1_560) == ["1560 task opened"])
    }
}
