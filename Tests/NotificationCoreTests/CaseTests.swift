import Domain
import NotificationCore
import Testing

@Suite struct CaseTests {
    @Test func caseOpensAboveBlueAndClosesAtBlue() throws {
        var machine = try NotificationMachine.city()
        #expect(try machine.level(.blue, minute: 0).isEmpty)
        #expect(caseNews(try machine.level(.yellow, minute: 1)) == [.opened])
        #expect(caseNews(try machine.level(.red, minute: 2)) == [.levelChanged])
        #expect(caseNews(try machine.level(.orange, minute: 3)) == [.levelChanged])
        let open = try #require(machine.openWarnings.first)
        #expect(open.level == .orange)
        #expect(open.highest == .red)
        #expect(open.openedAt == t0 + .minutes(1))
        #expect(open.levelAt == t0 + .minutes(3))
        #expect(caseNews(try machine.level(.blue, minute: 4)) == [.cleared])
        #expect(machine.openWarnings.isEmpty)
        #expect(circulars(machine.run(toMinute: 1_000)).isEmpty)
    }

    /// NTF-11: risk was late, and knew of a level and of its end before it decided either.
    @Test func nothingEndsBeforeItBegan() throws {
        var machine = try NotificationMachine.city()
        let heardAt = t0 + .minutes(20)
        _ = try machine.level(.yellow, minute: 10, knownMinute: 1, heardAt: heardAt)
        let records = obligations(
            try machine.level(.blue, minute: 11, knownMinute: 2, heardAt: heardAt))
        #expect(records.count > 1)
        #expect(records.allSatisfy { $0.stateAt >= $0.openedAt })
        // The report on what was done is owed an hour from when anybody could know of it.
        let report = try #require(records.first { $0.rule.text == "feedback" })
        #expect(report.openedAt == heardAt)
        #expect(report.dueAt == heardAt + .hours(1))
        #expect(machine.openCases.first?.clearedAt == t0 + .minutes(10))
    }

    /// NTF-17: the end was known for hours before notification heard of it.
    @Test func whatFollowsTheEndIsNotMissedBeforeAnybodyCouldKnow() throws {
        var machine = try NotificationMachine.city()
        _ = try machine.level(.yellow, minute: 0)
        let heard = try machine.level(
            .blue, minute: 31, knownMinute: 30, heardAt: t0 + .minutes(180))
        let due = t0 + .minutes(240)
        #expect(obligations(heard).last { $0.rule.text == "feedback" }?.dueAt == due)
        // The messages name the time that holds.
        let told = notices(heard).filter { $0.reason == .closed }
        #expect(!told.isEmpty)
        #expect(told.allSatisfy { $0.text.contains("12:00:00") })
        #expect(obligations(machine.wake(at: due - .seconds(1))).isEmpty)
        #expect(obligations(machine.wake(at: due)).map(\.state) == [.missed])
    }

    /// NTF-11: one level after another out of a backlog; the earlier ends when it began at least.
    @Test func whatIsSupersededEndsNotBeforeItBegan() throws {
        var machine = try NotificationMachine.city()
        let heardAt = t0 + .minutes(20)
        _ = try machine.level(.yellow, minute: 10, knownMinute: 1, heardAt: heardAt)
        let records = obligations(
            try machine.level(.red, minute: 11, knownMinute: 2, heardAt: heardAt))
        let superseded = records.filter { $0.state == .superseded }
        #expect(!superseded.isEmpty)
        #expect(superseded.allSatisfy { $0.openedAt == heardAt && $0.stateAt == heardAt })
    }

    @Test func nextWarningIsAnotherCase() throws {
        var machine = try NotificationMachine.city()
        _ = try machine.level(.yellow, minute: 0)
        let first = try #require(machine.openWarnings.first).id
        _ = try machine.level(.blue, minute: 1)
        _ = try machine.level(.yellow, minute: 2)
        #expect(first.text == "county-works-source-1")
        #expect(machine.openWarnings.map(\.id) != [first])
    }

    @Test func casesOfOneMillisecondAreKeptApart() throws {
        // One pushed batch may hold the rise, the fall and the next rise.
        var machine = try NotificationMachine.city()
        var told: [Notice] = []
        for (seq, level) in [(4, .yellow), (5, .blue), (6, .yellow)] as [(UInt64, WarningLevel)] {
            told += notices(
                try machine.handle(
                    .levelChanged(.of("county-works", level, at: t0, seq: seq)), at: t0))
        }
        #expect(machine.openWarnings.map(\.id.text) == ["county-works-source-6"])
        #expect(Set(told.map(\.id)).count == 12)
        #expect(told.suffix(4).allSatisfy { $0.reason == .levelRaised })
    }

    @Test func sourcesHaveCasesOfTheirOwn() throws {
        var machine = try NotificationMachine.city()
        _ = try machine.level(.yellow, minute: 0, of: "park-works")
        _ = try machine.level(.red, minute: 1, of: "county-works")
        _ = try machine.level(.blue, minute: 2, of: "park-works")
        #expect(machine.openWarnings.map(\.node.text) == ["county-works"])
    }

    @Test func raiseTellsAllRecipientsOfTheNewLevel() throws {
        var machine = try NotificationMachine.city()
        _ = try machine.level(.yellow, minute: 0)
        let raised = notices(try machine.level(.orange, minute: 1))
        #expect(raised.map(\.roles[0].text) == RecipientTests.persons + ["county", "city"])
        #expect(raised.allSatisfy { $0.reason == .levelRaised && $0.clause.text == "002-WD §6" })
    }

    @Test func fallTellsThoseOfTheNewLevelByItsArticleAndTheOthersByOurChoice() throws {
        var machine = try NotificationMachine.city()
        _ = try machine.level(.red, minute: 0)
        let effects = try machine.level(.yellow, minute: 1)
        #expect(
            words(effects) == [
                "principal sms 002-WD §5", "technical sms 002-WD §5",
                "operating sms 002-WD §5", "county desk 002-WD §5", "city desk ours 0013",
                "province desk ours 0013", "nationalCentre desk ours 0013",
            ])
        #expect(notices(effects).allSatisfy { $0.reason == .levelLowered })
        #expect(notices(effects)[0].text.contains("由红色降为黄色预警"))
    }

    @Test func closingTellsAllWhoWereToldOfTheCase() throws {
        var machine = try NotificationMachine.city()
        _ = try machine.level(.yellow, minute: 0)
        // The circular to the enterprise makes it one of those who were told.
        _ = machine.run(toMinute: 60)
        let closing = notices(try machine.level(.blue, minute: 61))
        #expect(
            closing.map(\.roles[0].text) == RecipientTests.persons + ["county", "enterprise"])
        #expect(closing.allSatisfy { $0.reason == .closed && $0.clause.text == "ours 0013" })
        // 002-WD §9: the report is due within an hour of clearing.
        #expect(closing[0].text.contains("2021-11-01 10:01:00 +08:00前报送处置情况"))
        #expect(closing[0].text.contains("002-WD §9"))
    }

    @Test func whoeverWasToldHearsTheEndAlsoIfTheirRoleIsAnothersByNow() throws {
        var machine = try NotificationMachine.city()
        _ = try machine.level(.yellow, minute: 0)
        let technical = PersonID("technical-county-works")
        try machine.hear(
            .node(
                .init(
                    id: NodeID("county2"), parent: NodeID("city"), kind: .county, name: "新县局")),
            .enterprise(
                .init(
                    id: EnterpriseID("county-works"), parent: NodeID("county2"),
                    placement: .outsidePark, name: "county-works厂")),
            // Another person takes over under the same id.
            .person(
                .init(
                    id: technical, source: HazardSourceID("county-works-source"),
                    tier: .technical, name: "新某", telephone: "tel-new")),
            // The same person has another number.
            .person(.someone(.principal, of: "county-works", telephone: "tel-other")))
        let closing = notices(try machine.level(.blue, minute: 1))
        #expect(
            closing.map(Self.address) == [
                "principal tel-other", "technical tel-new", "operating tel-operating-county-works",
                "county county2", "technical tel-technical-county-works", "county county",
            ])
        #expect(closing.allSatisfy { $0.reason == .closed && $0.state != .failed })
    }

    @Test func fallTellsTheFormerHolderOfARoleThatItsArticleNames() throws {
        var machine = try NotificationMachine.city()
        _ = try machine.level(.orange, minute: 0)
        try machine.hear(
            .enterprise(
                .init(
                    id: EnterpriseID("county-works"), parent: NodeID("park"), placement: .inPark,
                    name: "county-works厂")))
        let fall = notices(try machine.level(.yellow, minute: 1))
        #expect(
            fall.suffix(3).map { "\(Self.address($0)) \($0.clause)" } == [
                "county park 002-WD §5", "city city ours 0013", "county county ours 0013",
            ])
        // Each hears of the end once more, and only once.
        let closing = notices(try machine.level(.blue, minute: 2))
        #expect(closing.count == 6)
        #expect(Set(closing.map(Self.address)).count == 6)
    }

    private static func address(_ notice: Notice) -> String {
        let role = notice.roles.map(\.text).joined(separator: "+")
        return switch notice.holder {
        case .person(_, _, let telephone, _): "\(role) \(telephone)"
        case .body(let id, _): "\(role) \(id)"
        case .nobody(let reason): "\(role) \(reason)"
        }
    }

    @Test func sameLevelAgainChangesNothing() throws {
        var machine = try NotificationMachine.city()
        _ = try machine.level(.red, minute: 0)
        _ = machine.takeChanges()
        #expect(try machine.level(.red, minute: 5).isEmpty)
        #expect(machine.stored.isEmpty)
        #expect(machine.nextDue == t0 + .minutes(30))
    }

    @Test func noticesAreNumberedWithinTheirCase() throws {
        var machine = try NotificationMachine.city()
        let first = notices(try machine.level(.yellow, minute: 0)).map(\.id.text)
        let second = notices(try machine.level(.blue, minute: 1)).map(\.id.text)
        #expect(first.first == "county-works-source-1/1")
        #expect(second.first == "county-works-source-1/5")
    }

    @Test func pointThatBearsTheNameOfItsDeviceIsNamedOnce() throws {
        var machine = try NotificationMachine.city()
        var news = LevelNews.of("county-works", .red, at: t0)
        news.causes[0].pointName = "1号罐顶压"
        let text = notices(try machine.handle(.levelChanged(news), at: t0))[0].text
        #expect(text.contains("原因：1号罐顶压2897.34kPa"))
    }

    @Test func longListOfCausesIsCutAndCounted() throws {
        var machine = try NotificationMachine.city()
        var news = LevelNews.of("county-works", .red, at: t0)
        news.causes = Array(repeating: news.causes[0], count: 5)
        let text = notices(try machine.handle(.levelChanged(news), at: t0))[0].text
        #expect(text.contains("另有2处报警"))
    }
}
