import Domain
import Policy
import Runtime
import Testing

/// NTF-10 to NTF-24, NTF-31, NTF-33: how the rules of a profile become what is owed.
@Suite struct DocketTests {
    static let enterprise = RoleID("enterprise")

    static func task(
        _ id: String = "task", from: Fact = .entered(.yellow), opens: Deadline? = nil,
        due: Deadline? = nil, _ change: (inout ObligationRule) -> Void = { _ in }
    ) -> ObligationRule {
        var rule = ObligationRule(
            id: RuleID(id), title: "事", owners: [enterprise], starts: [Trigger(from)],
            opens: opens, due: due, clause: Clause("002-WD §10"))
        change(&rule)
        return rule
    }

    /// A circular of the system: after an hour, then each hour.
    static func circular(_ id: String, at level: WarningLevel) -> ObligationRule {
        ObligationRule(
            id: RuleID(id), title: "警示通报",
            form: .document(DocumentRule(kind: .circular, to: [enterprise])),
            starts: [Trigger(.entered(level))], opens: .after(.hours(1)),
            repeats: .every(.hours(1)), until: [.lowered(level)], clause: Clause("002-WD §10"))
    }

    // MARK: In time or late

    struct Edge: Sendable {
        var due: Deadline
        /// After t0, in milliseconds.
        var doneAt: Int64
        var steps: [String]
    }

    static let hour: Int64 = 3_600_000
    static let edges: [Edge] = [
        .init(due: .after(.hours(1)), doneAt: hour, steps: ["60 task met"]),
        .init(
            due: .after(.hours(1)), doneAt: hour + 1, steps: ["60 task missed", "60+1 task late"]),
        .init(
            due: .timeOfDay(minutes: 600, boundary: .before), doneAt: 2 * hour - 1,
            steps: ["119+59999 task met"]),
        .init(
            due: .timeOfDay(minutes: 600, boundary: .before), doneAt: 2 * hour,
            steps: ["120 task missed", "120 task late"]),
        .init(
            due: .timeOfDay(minutes: 600, boundary: .until), doneAt: 2 * hour,
            steps: ["120 task met"]),
        .init(
            due: .timeOfDay(minutes: 600, boundary: .until), doneAt: 2 * hour + 1,
            steps: ["120 task missed", "120+1 task late"]),
        // t0 is a Monday, 8:00; Tuesday ends 40 hours later.
        .init(due: .workingDays(1), doneAt: 40 * hour - 1, steps: ["2399+59999 task met"]),
        .init(
            due: .workingDays(1), doneAt: 40 * hour,
            steps: ["2400 task missed", "2400 task late"]),
        .init(
            due: .windows(from: 420, to: 1_380, each: 60), doneAt: hour - 1,
            steps: ["59+59999 task met"]),
        .init(
            due: .windows(from: 420, to: 1_380, each: 60), doneAt: hour,
            steps: ["60 task missed", "60 task late"]),
    ]

    @Test(arguments: edges) func whatIsDoneIsInTimeOrLateToTheMillisecond(edge: Edge) throws {
        var sheet = try Sheet(Self.task(due: edge.due))
        try #require(sheet.enter(.yellow, 0) == ["0 task opened"])
        let steps = sheet.fulfil(1, after: .init(milliseconds: edge.doneAt))
        #expect(steps == edge.steps)
        #expect(sheet.docket.runs.isEmpty)
        #expect(sheet.docket.has(.done(RuleID("task"))))
    }

    @Test func whatIsLateIsMissedOnce() throws {
        var sheet = try Sheet(Self.task(due: .after(.hours(1))))
        _ = sheet.enter(.yellow, 0)
        #expect(sheet.wake(59) == [])
        #expect(sheet.wake(60) == ["60 task missed"])
        #expect(sheet.wake(600) == [])
        #expect(sheet.docket.nextDue == nil)
        #expect(sheet.fulfil(1, after: .minutes(601)) == ["601 task late"])
        #expect(sheet.fulfil(1, after: .minutes(602)) == nil)
    }

    @Test func whatHasNoTimeCannotBeMissed() throws {
        var sheet = try Sheet(Self.task())
        _ = sheet.enter(.yellow, 0)
        #expect(sheet.docket.nextDue == nil)
        #expect(sheet.wake(1_000_000) == [])
        #expect(sheet.fulfil(1, after: .minutes(1_000_000)) == ["1000000 task met"])
    }

    // MARK: Opening

    @Test func whatOpensLaterIsOwedFromThenOn() throws {
        var sheet = try Sheet(
            Self.task(opens: .after(.hours(24)), due: .after(.hours(1))) { $0.isDemanded = true })
        #expect(sheet.enter(.yellow, 0) == [])
        #expect(sheet.fulfil(1, after: .minutes(10)) == nil)
        #expect(sheet.wake(1_439) == [])
        #expect(sheet.wake(1_440) == ["1440 task opened"])
        #expect(sheet.docket.run(1)?.dueAt == t0 + .minutes(1_500))
    }

    @Test(
        arguments: [
            (1_440, ["1440 task withdrawn"]), (1_441, ["1440 task opened"]),
        ] as [(Int64, [String])])
    func aFactTakesBackWhatIsNotOpenYet(minute: Int64, steps: [String]) throws {
        var sheet = try Sheet(
            Self.task(opens: .after(.hours(24))) { $0.unless = [.lowered(.yellow)] })
        _ = sheet.enter(.yellow, 0)
        // Exactly at its time the fall is in time.
        #expect(sheet.lower(.yellow, minute) == steps)
    }

    @Test func whatHasHappenedBeforeKeepsARuleFromStarting() throws {
        var sheet = try Sheet(Self.task { $0.unless = [.noticed(.red)] })
        #expect(sheet.take(.noticed(.red), 0) == [])
        #expect(sheet.enter(.yellow, 1) == [])
    }

    @Test func aRuleWaitsForAllThatIsGiven() throws {
        let rule = Self.task(from: .cleared) { $0.given = [.entered(.red), .noticed(.red)] }
        var sheet = try Sheet(rule)
        _ = sheet.enter(.red, 0)
        #expect(sheet.take(.cleared, 5) == [])
        _ = sheet.enter(.red, 10)
        _ = sheet.take(.noticed(.red), 10)
        #expect(sheet.take(.cleared, 15) == ["15 task opened"])
    }

    @Test func aRuleIsForItsPlacementsOnly() throws {
        var sheet = try Sheet(Self.task { $0.placements = [.inPark] })
        #expect(sheet.enter(.yellow, 0) == [])
        var park = try Sheet(Self.task { $0.placements = [.inPark] }, placement: .inPark)
        #expect(park.enter(.yellow, 0) == ["0 task opened"])
    }

    @Test func eachOwnerOwesForThemselves() throws {
        var sheet = try Sheet(Self.task { $0.owners = [Self.enterprise, RoleID("county")] })
        #expect(sheet.enter(.yellow, 0) == ["0 task opened", "0 task opened"])
        #expect(sheet.fulfil(2, after: .minutes(1)) == ["1 task met"])
        #expect(sheet.docket.runs.map(\.owner) == [Self.enterprise])
        // What runs is not started again.
        #expect(sheet.enter(.yellow, 2) == ["2 task opened"])
        #expect(sheet.docket.runs.map(\.number) == [1, 3])
    }

    // MARK: Ends

    @Test func aFactEndsWithoutFault() throws {
        var sheet = try Sheet(Self.task(due: .after(.hours(1))) { $0.until = [.lowered(.yellow)] })
        _ = sheet.enter(.yellow, 0)
        #expect(sheet.lower(.yellow, 60) == ["60 task excused"])
        _ = sheet.enter(.yellow, 100)
        // News a minute after the time: it was missed before it ended.
        #expect(sheet.lower(.yellow, 161) == ["160 task missed", "161 task ended"])
    }

    @Test func aFactIsTheFulfilment() throws {
        var sheet = try Sheet(Self.task(due: .after(.hours(1))) { $0.metBy = [.cleared] })
        _ = sheet.enter(.yellow, 0)
        #expect(sheet.take(.cleared, 60) == ["60 task met"])
        _ = sheet.enter(.yellow, 100)
        #expect(sheet.take(.cleared, 161) == ["160 task missed", "161 task late"])
    }

    @Test func whatPeopleDoSaysNothingOfTheRest() throws {
        var sheet = try Sheet(
            Self.task("first", due: .after(.hours(1))), Self.task("second", due: .after(.hours(1))))
        _ = sheet.enter(.yellow, 0)
        #expect(sheet.fulfil(2, after: .minutes(90)) == ["60 second missed", "90 second late"])
        #expect(sheet.wake(90) == ["60 first missed"])
    }

    @Test func confirmingIsMetByTheOwnerOnly() throws {
        let (one, other) = (RoleID("principal"), RoleID("technical"))
        var sheet = try Sheet(
            Self.task {
                ($0.owners, $0.metBy) = ([one, other], [.confirmed(nil)])
            })
        _ = sheet.enter(.yellow, 0)
        #expect(sheet.take(.confirmed(RoleID("county")), 1, isNews: false) == [])
        #expect(sheet.take(.confirmed(other), 2, isNews: false) == ["2 task met"])
        #expect(sheet.docket.runs.map(\.owner) == [one])
    }

    @Test func closingEndsAll() throws {
        var sheet = try Sheet(
            Self.task("open"), Self.task("pending", opens: .after(.hours(1))),
            Self.task("missed", due: .after(.minutes(1))))
        _ = sheet.enter(.yellow, 0)
        _ = sheet.wake(2)
        #expect(
            sheet.take(.closed, 3) == ["3 open excused", "3 pending withdrawn", "3 missed ended"])
        #expect(sheet.docket.runs.isEmpty)
    }

    @Test func whatIsDemandedStandsInTheWayUntilItIsDone() throws {
        var sheet = try Sheet(Self.task("must") { $0.isDemanded = true }, Self.task("may"))
        _ = sheet.enter(.yellow, 0)
        #expect(sheet.docket.demanded(by: sheet.profile).map(\.rule.text) == ["must"])
        _ = sheet.fulfil(1, after: .minutes(1))
        #expect(sheet.docket.demanded(by: sheet.profile).isEmpty)
    }

    // MARK: Consequences

    @Test func aMissStartsWhatFollows() throws {
        let follow = Self.task("follow", from: .missed(RuleID("task")), due: .after(.hours(2)))
        var sheet = try Sheet(Self.task(due: .after(.hours(1))), follow)
        _ = sheet.enter(.yellow, 0)
        #expect(sheet.wake(300) == ["60 task missed", "60 follow opened", "180 follow missed"])
    }

    @Test func onlySoManyMissesInARowStartWhatFollows() throws {
        let second = Self.task("second", from: .missed(RuleID("task"))) {
            $0.starts = [Trigger(.missed(RuleID("task")), times: 2)]
        }
        var sheet = try Sheet(Self.task(due: .after(.hours(1))), second)
        _ = sheet.enter(.yellow, 0)
        #expect(sheet.wake(60) == ["60 task missed"])
        _ = sheet.fulfil(1, after: .minutes(70))
        // In time: the count begins anew.
        _ = sheet.enter(.yellow, 100)
        _ = sheet.fulfil(2, after: .minutes(110))
        _ = sheet.enter(.yellow, 200)
        #expect(sheet.wake(260) == ["260 task missed"])
        _ = sheet.fulfil(3, after: .minutes(270))
        _ = sheet.enter(.yellow, 300)
        #expect(sheet.wake(360) == ["360 task missed", "360 second opened"])
    }

    @Test func aDocumentOfAnOwnerIsIssuedWhenItIsDone() throws {
        let summons = Self.task("talk") {
            $0.form = .document(DocumentRule(kind: .summons, to: [Self.enterprise]))
        }
        let after = Self.task("after", from: .issued(RuleID("talk")))
        var sheet = try Sheet(summons, after)
        #expect(sheet.enter(.yellow, 0) == ["0 talk opened"])
        #expect(sheet.fulfil(1, after: .minutes(5)) == ["5 talk met", "5 after opened"])
    }

    @Test func aNoticeIsToldAtOnceAndIsDone() throws {
        let notice = Self.task("told") { ($0.form, $0.owners) = (.notice, []) }
        let after = Self.task("after", from: .done(RuleID("told")))
        var sheet = try Sheet(notice, after)
        #expect(sheet.enter(.yellow, 0) == ["0 told issued 1", "0 after opened"])
    }
}
