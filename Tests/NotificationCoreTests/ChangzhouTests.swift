import Domain
import NotificationCore
import Policy
import Testing

/// What Changzhou's measures make of a warning (000 §5, §14 to §17).
@Suite struct ChangzhouTests {
    private static let works = Actor(subject: "works", node: NodeID("county-works"))
    private static let county = Actor(subject: "county", node: NodeID("county"))
    private static let city = Actor(subject: "city", node: NodeID("city"))

    private static func number(
        _ rule: String, in machine: NotificationMachine, _ id: CaseID
    ) throws -> Int {
        try #require(machine.due(of: id).first { $0.rule.text == rule }).obligation
    }

    private static func proof(
        _ rule: String, in machine: NotificationMachine, _ id: CaseID
    ) throws -> [ProofValue] {
        try #require(machine.due(of: id).first { $0.rule.text == rule }).proof.map { part in
            switch part.form {
            case .instant: ProofValue(part: part.id, text: "1635724800000")
            case .yesOrNo: ProofValue(part: part.id, text: "no")
            case .text, .name: ProofValue(part: part.id, text: "已办")
            }
        }
    }

    private static func fulfil(
        _ rule: String, in machine: inout NotificationMachine, _ id: CaseID, by who: Actor,
        hour: Int64
    ) throws -> [NotificationEffect] {
        try machine.handle(
            .fulfilled(
                id, obligation: try number(rule, in: machine, id),
                try proof(rule, in: machine, id), by: who), at: t0 + .hours(hour))
    }

    static let sets: [(level: WarningLevel, enterprise: String, posts: [String])] = [
        (.yellow, "park-works", []),
        (.orange, "park-works", ["parkHead"]), (.orange, "county-works", ["districtSectionHead"]),
        (.orange, "city-works", ["cityStaff"]),
        (.red, "park-works", ["parkHead", "parkLeader", "parkPrincipal"]),
        (.red, "county-works", ["districtSectionHead", "districtLeader", "districtPrincipal"]),
        (.red, "city-works", ["cityDivisionHead", "cityStaff"]),
    ]

    /// Requirements 1.8, 2: a city-managed enterprise in a park takes both paths.
    @Test func cityManagedEnterpriseInAParkFollowsTheRulesOfBoth() throws {
        var machine = try NotificationMachine.city("changzhou-2020")
        func rules(_ enterprise: String) throws -> Set<RuleID> {
            var alone = machine
            _ = try alone.level(.orange, minute: 0, of: enterprise)
            let id = try #require(alone.openCases.first).id
            return Set(alone.due(of: id).map(\.rule))
        }
        let (inPark, ofCity) = (try rules("park-works"), try rules("city-works"))
        try machine.hear(
            .enterprise(
                .init(
                    id: EnterpriseID("city-works"), parent: NodeID("park"),
                    placement: .cityManaged, name: "市管厂")))
        #expect(try rules("city-works") == inPark.union(ofCity))
        let told = notices(try machine.level(.orange, minute: 0, of: "city-works"))
        #expect(Set(told.flatMap(\.roles).map(\.text)).isSuperset(of: ["parkHead", "cityStaff"]))
        let one = try #require(machine.openCases.first)
        #expect(Set(machine.trackers(of: one).map(\.text)) == ["park", "city"])
        #expect(one.docket.placements == [.cityManaged, .inPark])
    }

    @Test(arguments: sets)
    func recipientsAreExactlyThoseOfTheArticle(
        row: (level: WarningLevel, enterprise: String, posts: [String])
    ) throws {
        // NTF-02, NTF-03, NTF-04; red of a city-managed enterprise includes orange's (1.8, 1).
        var machine = try NotificationMachine.city("changzhou-2020")
        let told = notices(try machine.level(row.level, minute: 0, of: row.enterprise))
            .filter { $0.reason == .levelRaised }
        let roles = told.flatMap(\.roles).map(\.text)
        let enterprise = ["safetyHead", "safetyDirector", "safetyLeader", "principal"]
        #expect(Set(roles) == Set(enterprise + row.posts) && roles.count == Set(roles).count)
        #expect(told.allSatisfy { $0.clause.text.hasPrefix("000 §5") && $0.channel == .sms })
    }

    @Test func orangeOf48HoursBringsACircularAndATalkUnlessExplained() throws {
        // NTF-24.
        for isExplained in [false, true] {
            var machine = try NotificationMachine.city("changzhou-2020")
            _ = try machine.level(.orange, minute: 0)
            let id = try #require(machine.openCases.first).id
            if isExplained {
                _ = try machine.handle(
                    .declared(
                        id, DeclarationID("explanation"),
                        [.init(part: "text", text: "检修"), .init(part: "filing", text: "已备案")],
                        by: Self.works), at: t0 + .hours(47))
            }
            let before = obligations(machine.run(toMinute: 48 * 60 - 1))
            #expect(!before.contains { $0.rule.text == "orange-circular" })
            let opened = obligations(machine.run(toMinute: 48 * 60)).filter { $0.state == .open }
            let documents = opened.map(\.rule.text).filter { $0 != "hourly-look" }
            #expect(documents == (isExplained ? [] : ["orange-circular", "orange-talk"]))
        }
    }

    @Test func secondIneffectiveCircularBringsEnforcement() throws {
        // NTF-25.
        var machine = try NotificationMachine.city("changzhou-2020")
        _ = try machine.level(.orange, minute: 0)
        let id = try #require(machine.openCases.first).id
        _ = machine.run(toMinute: 48 * 60)
        _ = try Self.fulfil("orange-circular", in: &machine, id, by: Self.county, hour: 49)
        let first = obligations(machine.run(toMinute: 97 * 60))
        #expect(!first.contains { $0.rule.text == "orange-enforced" })
        #expect(first.contains { $0.rule.text == "orange-circular" && $0.state == .open })
        _ = try Self.fulfil("orange-circular", in: &machine, id, by: Self.county, hour: 98)
        let second = obligations(machine.run(toMinute: 146 * 60))
        #expect(second.contains { $0.rule.text == "orange-enforced" && $0.state == .open })
    }

    @Test func redIsLoweredAndReportedIn12HoursAsTwoChecks() throws {
        // NTF-26, NTF-27, NTF-28, NTF-29.
        var machine = try NotificationMachine.city("changzhou-2020")
        let opened = obligations(try machine.level(.red, minute: 0)).map(\.rule.text)
        #expect(opened.contains("red-site") && opened.contains("red-lowered"))
        let id = try #require(machine.openCases.first).id
        // Nobody lowers a level by saying so.
        #expect(throws: NotificationRefusal.self) {
            try Self.fulfil("red-lowered", in: &machine, id, by: Self.works, hour: 1)
        }
        _ = try Self.fulfil("red-reported", in: &machine, id, by: Self.works, hour: 2)
        let missed = obligations(machine.run(toMinute: 12 * 60))
        #expect(missed.contains { $0.rule.text == "red-lowered" && $0.state == .missed })
        #expect(!missed.contains { $0.rule.text == "red-reported" && $0.state == .missed })
        #expect(missed.contains { $0.rule.text == "red-circular" && $0.node.text == "city" })
        // The second clock starts at the circular's issue, not at its draft.
        _ = try Self.fulfil("red-circular", in: &machine, id, by: Self.city, hour: 20)
        let later = obligations(machine.run(toMinute: 67 * 60))
        #expect(!later.contains { $0.rule.text == "red-punished" })
        let punished = obligations(machine.run(toMinute: 68 * 60))
        #expect(punished.contains { $0.rule.text == "red-punished" && $0.node.text == "county" })
    }

    @Test func tenOClockItselfIsLateAndNoonAsksForAnExplanation() throws {
        // NTF-21, NTF-22; 08:00 is t0, so 10:00 is minute 120 and 12:00 minute 240.
        for (milliseconds, state) in [
            (-1, ObligationRecord.State.met), (0, .late),
        ] as [(Int64, ObligationRecord.State)] {
            var machine = try NotificationMachine.city("changzhou-2020")
            _ = try machine.level(.yellow, minute: 0)
            let id = try #require(machine.openCases.first).id
            let at = t0 + .minutes(120) + Interval(milliseconds: milliseconds)
            let effects = try machine.handle(
                .fulfilled(
                    id, obligation: try Self.number("yellow-registered", in: machine, id),
                    try Self.proof("yellow-registered", in: machine, id), by: Self.works), at: at)
            let states = obligations(effects).filter { $0.rule.text == "yellow-registered" }
            // What repeats each day is owed anew after its time, so a late one is the next day's.
            #expect(states.first?.state == (state == .met ? .met : .missed))
        }
        var machine = try NotificationMachine.city("changzhou-2020")
        _ = try machine.level(.yellow, minute: 0)
        let noon = obligations(machine.run(toMinute: 240))
        #expect(
            noon.filter { $0.rule.text == "yellow-explained" }.map(\.state) == [.open, .missed])
        let told = notices(machine.run(toMinute: 240))
        #expect(told.isEmpty)
    }

    @Test func emergencyRunsItsChainWithTwoArrivalClocks() throws {
        // NTF-30, NTF-31, NTF-32, EDG-13.
        var machine = try NotificationMachine.city("changzhou-2020")
        let id = CaseID("leak-1")
        let opening = OpenCase(
            id: id, kind: .emergency, node: NodeID("county-works"), cause: "储罐泄漏")
        let opened = try machine.handle(.opened(opening, by: Self.works), at: t0)
        let told = notices(opened).filter { $0.reason == .event }
        #expect(Set(told.flatMap(\.roles).map(\.text)) == ["principal", "safetyDirector"])
        _ = try Self.fulfil("emergency-reported", in: &machine, id, by: Self.works, hour: 0)
        _ = try machine.handle(
            .declared(
                id, DeclarationID("siteNeeded"), [.init(part: "reason", text: "需现场处置")],
                by: Self.county), at: t0 + .minutes(10))
        let half = obligations(machine.run(toMinute: 40))
        #expect(half.contains { $0.rule.text == "site-arrival" && $0.state == .missed })
        _ = try machine.handle(
            .fulfilled(
                id, obligation: try Self.number("city-reported", in: machine, id),
                try Self.proof("city-reported", in: machine, id), by: Self.county),
            at: t0 + .minutes(50))
        let due = machine.due(of: id).first { $0.rule.text == "city-arrival" }
        #expect(due?.dueAt == t0 + .minutes(110))
        let two = obligations(machine.run(toMinute: 120))
        #expect(two.contains { $0.rule.text == "emergency-controlled" && $0.state == .missed })
    }

    @Test func blueIsAWarningUntilItsClearingIsRegistered() throws {
        // RSK-14, RSK-15.
        var machine = try NotificationMachine.city("changzhou-2020")
        _ = try machine.level(.yellow, minute: 0)
        let id = try #require(machine.openCases.first).id
        let fall = try machine.level(.blue, minute: 5)
        #expect(caseNews(fall) == [.levelChanged])
        #expect(machine.due(of: id).contains { $0.rule.text == "blue-registered" })
        let cleared = try machine.handle(.cleared(id, by: Self.works), at: t0 + .minutes(30))
        #expect(caseNews(cleared) == [.cleared])
    }
}
