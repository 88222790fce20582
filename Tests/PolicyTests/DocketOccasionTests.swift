import Domain
import Foundation
import Policy
import Testing

/// NTF-22, NTF-24, NTF-28: what a declaration excuses, and what is owed on each occasion.
@Suite struct DocketOccasionTests {
    private typealias Rules = DocketTests

    private static let explanation = Fact.declared(DeclarationID("explanation"))
    private static let cleared = Rules.task(due: .after(.hours(12)))

    /// What is owed unless it was explained why `task` was missed.
    private static func talk(
        after fact: Fact = .missed(RuleID("task")),
        _ change: (inout ObligationRule) -> Void = { _ in }
    ) -> ObligationRule {
        Rules.task("talk", from: fact) {
            $0.unless = [explanation]
            change(&$0)
        }
    }

    private static func declare(_ sheet: inout Sheet, _ minute: Int64) -> [String] {
        sheet.take(explanation, minute, isNews: false)
    }

    // MARK: Since when

    @Test(arguments: [(60, false), (61, true), (780, true)] as [(Int64, Bool)])
    func anExplanationExcusesWhatWasMissedSinceItBegan(minute: Int64, isExcused: Bool) throws {
        var sheet = try Sheet(Self.cleared, Self.talk())
        if minute == 60 { _ = Self.declare(&sheet, 60) }
        _ = sheet.enter(.yellow, 61)
        if minute > 60 { _ = Self.declare(&sheet, minute) }
        #expect(
            sheet.wake(800) == ["781 task missed"] + (isExcused ? [] : ["781 talk opened"]))
    }

    @Test func ofEachDayOnlyItsOwnExplanationCounts() throws {
        let daily = Rules.task(due: .timeOfDay(minutes: 600, boundary: .before)) {
            $0.repeats = .next
        }
        let said = Rules.task(
            "said", from: .missed(RuleID("task")), due: .timeOfDay(minutes: 720, boundary: .before)
        ) { ($0.unless, $0.metBy) = ([Self.explanation], [Self.explanation]) }
        var sheet = try Sheet(daily, said)
        // Monday 8:00; missed at 10:00, explained at 11:00 and again at 23:59.
        _ = sheet.enter(.yellow, 0)
        #expect(sheet.wake(120) == ["120 task missed", "120 said opened", "120 task opened"])
        #expect(Self.declare(&sheet, 180) == ["180 said met"])
        #expect(Self.declare(&sheet, 959) == [])
        // Tuesday 10:00; not explained by 12:00.
        #expect(sheet.wake(1_560) == ["1560 task missed", "1560 said opened", "1560 task opened"])
        #expect(sheet.wake(1_680) == ["1680 said missed"])
        // Wednesday, explained at midnight.
        #expect(Self.declare(&sheet, 2_400) == ["2400 said late"])
        #expect(sheet.wake(3_000) == ["3000 task missed", "3000 task opened"])
    }

    @Test func ofOtherRepeatsARoundCountsFromItsOpening() throws {
        let every = Rules.task(due: .after(.minutes(30))) { $0.repeats = .every(.hours(1)) }
        var sheet = try Sheet(every, Self.talk())
        _ = sheet.enter(.yellow, 0)
        _ = Self.declare(&sheet, 20)
        #expect(sheet.wake(30) == ["30 task missed"])
        #expect(
            sheet.wake(90) == ["60 task opened", "90 task missed", "90 talk opened"])
    }

    @Test func whatALevelStartsLooksAtThatLevel() throws {
        var sheet = try Sheet(Self.talk(after: .noticed(.red)))
        _ = sheet.enter(.yellow, 0)
        _ = Self.declare(&sheet, 10)
        _ = sheet.enter(.red, 20)
        #expect(sheet.take(.noticed(.red), 20) == ["20 talk opened"])
        var other = try Sheet(Self.talk(after: .noticed(.red)))
        _ = other.enter(.red, 20)
        _ = Self.declare(&other, 20)
        #expect(other.take(.noticed(.red), 21) == [])
    }

    @Test func whatEndsACaseLooksAtAllOfIt() throws {
        let after = Rules.task("after", from: .closed) { $0.given = [Self.explanation] }
        var sheet = try Sheet(after)
        _ = sheet.enter(.yellow, 0)
        _ = Self.declare(&sheet, 10)
        _ = sheet.enter(.red, 20)
        #expect(sheet.take(.closed, 30) == ["30 after opened"])
    }

    @Test func whatIsGivenIsDeclaredOnTheSameOccasion() throws {
        let given = Rules.task("given", from: .missed(RuleID("task"))) {
            $0.given = [Self.explanation]
        }
        var sheet = try Sheet(Self.cleared, given)
        _ = Self.declare(&sheet, 0)
        _ = sheet.enter(.yellow, 10)
        #expect(sheet.wake(730) == ["730 task missed"])
        var other = try Sheet(Self.cleared, given)
        _ = other.enter(.yellow, 10)
        _ = Self.declare(&other, 20)
        #expect(other.wake(730) == ["730 task missed", "730 given opened"])
    }

    /// A task that a higher level interrupted is one, where the profile lets it go on.
    @Test func anExplanationIsAboutAllOfWhatGoesOnAfterARise() throws {
        var sheet = try Sheet(Self.cleared, Self.talk())
        sheet.profile.choices.fall.value = .resume
        _ = sheet.enter(.yellow, 0)
        _ = Self.declare(&sheet, 10)
        #expect(sheet.enter(.red, 60) == ["60 task superseded"])
        _ = sheet.lower(.red, 600)
        _ = sheet.enter(.yellow, 600)
        #expect(sheet.wake(1_260) == ["1260 task missed"])
    }

    // MARK: Until when

    /// What falls due waits until news were heard, and somebody may speak meanwhile.
    @Test(arguments: [719, 720, 721] as [Int64])
    func whetherItIsWorkedOffBeforeOrAfterwardsChangesNothing(minute: Int64) throws {
        let said = Rules.task("said", from: .missed(RuleID("task")), due: .after(.hours(2))) {
            ($0.unless, $0.metBy) = ([Self.explanation], [Self.explanation])
        }
        var sheet = try Sheet(Self.cleared, Self.talk(), said)
        _ = sheet.enter(.yellow, 0)
        var late = sheet
        let first = sheet.wake(minute) + Self.declare(&sheet, minute) + sheet.wake(800)
        let second = Self.declare(&late, minute) + late.wake(800)
        // At the very time what was declared is in time, whichever comes first.
        if minute != 720 { #expect(first == second) }
        #expect(second.contains("720 talk opened") == (minute > 720))
        #expect(second.contains("721 said met") == (minute > 720))
        #expect(late.docket.runs.map(\.rule.text) == (minute > 720 ? ["task", "talk"] : ["task"]))
    }

    @Test func whatIsSaidAfterTheNextTimeIsLateHoweverLateItIsWorkedOff() throws {
        let said = Rules.task("said", from: .missed(RuleID("task")), due: .after(.hours(2))) {
            $0.metBy = [Self.explanation]
        }
        var sheet = try Sheet(Self.cleared, said)
        _ = sheet.enter(.yellow, 0)
        _ = Self.declare(&sheet, 900)
        #expect(
            sheet.wake(901) == [
                "720 task missed", "720 said opened", "840 said missed", "900 said late",
            ])
    }

    // MARK: Anew

    @Test func whatWasMissedIsOwedAnewOnTheNextOccasion() throws {
        var sheet = try Sheet(Rules.task(due: .after(.hours(1))))
        _ = sheet.enter(.yellow, 0)
        _ = sheet.enter(.red, 90)
        // The old one is over and was never done; the new one has its own time.
        #expect(sheet.enter(.yellow, 100) == ["100 task ended", "100 task opened"])
        #expect(sheet.docket.runs.map(\.number) == [2])
        #expect(sheet.wake(160) == ["160 task missed"])
    }

    @Test func whatIsStillOwedInTimeIsNotOwedTwice() throws {
        var sheet = try Sheet(Rules.task(from: .noticed(.red), due: .after(.hours(12))))
        _ = sheet.enter(.red, 0)
        _ = sheet.take(.noticed(.red), 0)
        _ = sheet.enter(.orange, 10)
        _ = sheet.enter(.red, 20)
        #expect(sheet.take(.noticed(.red), 20) == [])
        #expect(sheet.docket.run(1)?.dueAt == t0 + .hours(12))
    }

    @Test func whatRepeatsGoesOnAndIsNotBegunAnew() throws {
        let every = Rules.task(from: .noticed(.red), due: .after(.minutes(30))) {
            $0.repeats = .every(.hours(1))
        }
        var sheet = try Sheet(every)
        _ = sheet.take(.noticed(.red), 0)
        #expect(sheet.wake(40) == ["30 task missed"])
        #expect(sheet.take(.noticed(.red), 45) == [])
        #expect(sheet.wake(60) == ["60 task opened"])
        #expect(sheet.docket.run(1)?.round == 2)
    }

    @Test func whereTimesGoOnOverAFallWhatWasMissedStays() throws {
        var sheet = try Sheet(Rules.task(due: .after(.hours(1))))
        sheet.profile.choices.fall.value = .resume
        _ = sheet.enter(.yellow, 0)
        _ = sheet.enter(.red, 90)
        #expect(sheet.enter(.yellow, 100) == [])
        #expect(sheet.fulfil(1, after: .minutes(110)) == ["110 task late"])
    }

    // MARK: Stores of before

    /// Facts had no times: what they said then they say still, until they happen again.
    @Test func aDocketOfBeforeLoadsAndMeansWhatItMeant() throws {
        var sheet = try Sheet(Self.cleared, Self.talk())
        sheet.docket = try JSONDecoder().decode(
            Docket.self, from: Data(Self.stored.utf8))
        #expect(sheet.docket.has(Self.explanation))
        #expect(sheet.docket.has(.entered(.yellow)))
        #expect(sheet.docket.nextDue == t0 + .hours(12))
        let kept = try JSONEncoder().encode(sheet.docket)
        #expect(try JSONDecoder().decode(Docket.self, from: kept) == sheet.docket)
        #expect(sheet.wake(720) == ["720 task missed"])
    }

    private static let stored = """
        {"facts":[{"entered":{"_0":"yellow"}},{"declared":{"_0":"explanation"}}],
        "isComeDown":false,"kind":"warning","level":"yellow","placements":["outsidePark"],
        "runs":[{"dueAt":1635768000000,"isDueBefore":false,"level":"yellow","number":1,
        "opensAt":1635724800000,"owner":"enterprise","round":1,"rule":"task",
        "startedAt":1635724800000,"state":"open"}],"startedCount":1,
        "suspended":[{"elapsed":1800000,"owner":"enterprise","rule":"other"}]}
        """
}
