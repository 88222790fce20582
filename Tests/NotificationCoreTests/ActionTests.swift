import Domain
import NotificationCore
import Policy
import Testing

/// What people do in cases, and what is refused (NTF-16, NTF-17, NTF-18, NTF-20, EDG-13, EDG-14).
@Suite struct ActionTests {
    private static let works = Actor(subject: "works", node: NodeID("county-works"))
    private static let county = Actor(subject: "county", node: NodeID("county"))
    private static let report = ["result", "cause", "measures"].map {
        ProofValue(part: $0, text: "已处理")
    }

    /// The number of an obligation that is owed.
    private static func number(
        _ rule: String, in machine: NotificationMachine, _ id: CaseID
    ) throws -> Int {
        try #require(machine.due(of: id).first { $0.rule.text == rule }).obligation
    }

    @Test func reportAfterClearingIsMetWithinTheHourAndLateAfterIt() throws {
        // NTF-17: both sides of the boundary.
        for (minute, milliseconds, state) in [
            (60, 0, ObligationRecord.State.met), (60, 1, .late),
        ] as [(Int64, Int64, ObligationRecord.State)] {
            var machine = try NotificationMachine.city()
            _ = try machine.level(.yellow, minute: 0)
            let id = try #require(machine.openCases.first).id
            _ = try machine.level(.blue, minute: 10)
            let number = try Self.number("feedback", in: machine, id)
            let at = t0 + .minutes(10 + minute) + Interval(milliseconds: milliseconds)
            let effects = try machine.handle(
                .fulfilled(id, obligation: number, Self.report, by: Self.works), at: at)
            let records = obligations(effects).filter { $0.rule.text == "feedback" }
            #expect(records.last?.state == state)
            #expect(records.last?.by == "works" && records.last?.proof == Self.report)
            #expect(records.count == (state == .met ? 1 : 2))
        }
    }

    @Test func reportLacksNoneOfItsThreePartsAndIsForTheEnterprise() throws {
        var machine = try NotificationMachine.city()
        _ = try machine.level(.yellow, minute: 0)
        let id = try #require(machine.openCases.first).id
        _ = try machine.level(.blue, minute: 10)
        let number = try Self.number("feedback", in: machine, id)
        let before = machine.openCases
        #expect(throws: NotificationRefusal.self) {
            try machine.handle(
                .fulfilled(id, obligation: number, Array(Self.report.dropLast()), by: Self.works),
                at: t0 + .minutes(11))
        }
        #expect(throws: NotificationRefusal.self) {
            try machine.handle(
                .fulfilled(id, obligation: number, Self.report, by: Self.county),
                at: t0 + .minutes(11))
        }
        #expect(machine.openCases == before)
    }

    @Test func caseClosesOnlyByItsTrackerAndAfterWhatTheProfileDemands() throws {
        // NTF-18: no closed loop without the feedback of the tracking level.
        var machine = try NotificationMachine.city()
        _ = try machine.level(.yellow, minute: 0)
        let id = try #require(machine.openCases.first).id
        #expect(throws: NotificationRefusal.notCleared(id)) {
            try machine.handle(.closed(id, by: Self.county), at: t0 + .minutes(1))
        }
        _ = try machine.level(.blue, minute: 10)
        #expect(throws: NotificationRefusal.self) {
            try machine.handle(.closed(id, by: Self.county), at: t0 + .minutes(11))
        }
        let feedback = try Self.number("feedback", in: machine, id)
        _ = try machine.handle(
            .fulfilled(id, obligation: feedback, Self.report, by: Self.works),
            at: t0 + .minutes(12))
        let verified = try Self.number("yellow-verified", in: machine, id)
        let proof = ["verification", "supervision"].map { ProofValue(part: $0, text: "属实") }
        _ = try machine.handle(
            .fulfilled(id, obligation: verified, proof, by: Self.county), at: t0 + .minutes(13))
        #expect(throws: NotificationRefusal.self) {
            try machine.handle(.closed(id, by: Self.works), at: t0 + .minutes(14))
        }
        let closed = try machine.handle(.closed(id, by: Self.county), at: t0 + .minutes(14))
        #expect(caseNews(closed) == [.closed])
        #expect(machine.openCases.isEmpty)
    }

    @Test func whatFellDueBeforeTheClosingIsOwedFirst() throws {
        let clause = Clause("002-PA §12")
        let late = ObligationRule(
            id: RuleID("reviewed-late"), title: "补办", owners: [RoleID("county")],
            starts: [Trigger(.missed(RuleID("reviewed")))], isDemanded: true, clause: clause)
        let reviewed = ObligationRule(
            id: RuleID("reviewed"), title: "复查", owners: [RoleID("county")],
            starts: [Trigger(.cleared)],
            due: .after(.hours(1)), clause: clause)
        var machine = try NotificationMachine.city(adding: [reviewed, late])
        _ = try machine.level(.yellow, minute: 0)
        let id = try #require(machine.openCases.first).id
        _ = try machine.level(.blue, minute: 10)
        for (rule, parts, who) in [
            ("feedback", ["result", "cause", "measures"], Self.works),
            ("yellow-verified", ["verification", "supervision"], Self.county),
        ] {
            _ = try machine.handle(
                NotificationEvent.fulfilled(
                    id, obligation: try Self.number(rule, in: machine, id),
                    parts.map { ProofValue(part: $0, text: "属实") }, by: who),
                at: t0 + .minutes(12))
        }
        // Nobody has worked off yet that the review was missed.
        let before = machine
        #expect(throws: NotificationRefusal.self) {
            try machine.handle(.closed(id, by: Self.county), at: t0 + .minutes(71))
        }
        #expect(machine.openCases == before.openCases)
        // At the very time it is not late, and closing excuses it.
        let closed = try machine.handle(.closed(id, by: Self.county), at: t0 + .minutes(70))
        #expect(obligations(closed).map(\.state) == [ObligationRecord.State.excused])
        #expect(machine.openCases.isEmpty)
    }

    @Test func confirmingIsOneObligationOfEachPersonAndStopsNothing() throws {
        // NTF-16, EDG-14: by reply, all that the number was sent.
        var machine = try NotificationMachine.city()
        let told = notices(try machine.level(.red, minute: 0))
        for notice in told where notice.channel == .sms {
            _ = try machine.handle(
                .attempted(notice.id, attempt: 1, .taken(providerIDs: [])), at: t0)
        }
        let effects = try machine.handle(
            .replied(telephone: "tel-technical-county-works", text: " 1 "), at: t0 + .minutes(2))
        #expect(deliveries(effects) == [.confirmed])
        let done = obligations(effects)
        #expect(done.map(\.rule.text) == ["confirm"])
        #expect(done.map(\.owner?.text) == ["technical"] && done.map(\.state) == [.met])
        #expect(machine.nextDue == t0 + .minutes(30))
        #expect(throws: NotificationRefusal.unknownReply) {
            try machine.handle(.replied(telephone: "tel-other", text: "1"), at: t0 + .minutes(3))
        }
    }

    @Test func siteVerificationOpensAfterItsTimeForTheTracker() throws {
        // NTF-13, NTF-14, NTF-15.
        for (level, hours, node) in [
            (WarningLevel.yellow, 24, "county"), (.orange, 12, "city"), (.red, 2, "province"),
        ] as [(WarningLevel, Int64, String)] {
            var machine = try NotificationMachine.city()
            _ = try machine.level(level, minute: 0)
            let before = obligations(machine.run(toMinute: hours * 60 - 1))
            #expect(!before.contains { $0.rule.text == "\(level)-site" })
            let opened = obligations(machine.run(toMinute: hours * 60))
                .filter { $0.rule.text == "\(level)-site" }
            #expect(opened.map(\.state) == [.open] && opened.map(\.node.text) == [node])
        }
    }

    @Test func fallBeforeItsTimeTakesTheSiteVerificationBack() throws {
        var machine = try NotificationMachine.city()
        _ = try machine.level(.red, minute: 0)
        _ = machine.run(toMinute: 119)
        _ = try machine.level(.yellow, minute: 119)
        #expect(!obligations(machine.run(toMinute: 600)).contains { $0.rule.text == "red-site" })
    }

    @Test func sameCaseOpenedAgainIsNoSecondOneAndAnotherIsRefused() throws {
        var machine = try NotificationMachine.city()
        let opening = OpenCase(
            id: CaseID("off-1"), kind: .offline, node: NodeID("county-works"), cause: "网关离线")
        let first = try machine.handle(.opened(opening, by: Self.county), at: t0)
        #expect(caseNews(first) == [.opened])
        #expect(Set(notices(first).map(\.node.text)) == ["county", "county-works"])
        #expect(try machine.handle(.opened(opening, by: Self.county), at: t0).isEmpty)
        var other = opening
        other.cause = "别的事"
        #expect(throws: NotificationRefusal.caseExists(CaseID("off-1"))) {
            try machine.handle(.opened(other, by: Self.county), at: t0)
        }
        let far = Actor(subject: "far", node: NodeID("park"))
        other.id = CaseID("off-2")
        #expect(throws: NotificationRefusal.self) {
            try machine.handle(.opened(other, by: far), at: t0)
        }
    }

    @Test func drillIsMarkedEverywhereAndTouchesNoRealCase() throws {
        var machine = try NotificationMachine.city()
        _ = try machine.level(.yellow, minute: 0)
        var news = LevelNews.of("county-works", .red, at: t0 + .minutes(1))
        news.drill = "d1"
        let effects = try machine.handle(.levelChanged(news), at: t0 + .minutes(1))
        #expect(notices(effects).allSatisfy { $0.isDrill && $0.text.hasPrefix("【演练】") })
        #expect(machine.openCases.map(\.isDrill) == [true, false])
        #expect(machine.openCases.map(\.level) == [.red, .yellow])
        let documents = machine.run(toMinute: 31).compactMap { effect -> DocumentRecord? in
            if case .publishDocument(let document) = effect { return document }
            return nil
        }
        #expect(documents.map(\.serial) == ["演练警示通报〔2021〕1号"])
        _ = try machine.level(.blue, minute: 40)
        #expect(machine.openWarnings.map(\.isDrill) == [true])
    }

    @Test func versionOfTheRulesCannotChangeUnderItsName() throws {
        var machine = try NotificationMachine.city()
        let profile = machine.profile
        _ = try machine.handle(.adopted(profile), at: t0)
        var changed = profile
        changed.title = "改过的"
        #expect(throws: NotificationRefusal.versionInUse(profile.name)) {
            try machine.handle(.adopted(changed), at: t0)
        }
        // Texts are no rules: they may be mended, and a program of before knew fewer kinds.
        var mended = profile
        mended.templates = .init([.warning: profile.templates[.warning]])
        let adopted = try machine.handle(.adopted(mended), at: t0)
        #expect(adopted == [.publishProfile(mended)])
        #expect(try machine.handle(.adopted(profile), at: t0) == [.publishProfile(profile)])
        // A running case keeps the rules that it began with.
        _ = try machine.level(.red, minute: 0)
        changed.version = "2022-01-01"
        changed.obligations.removeAll { $0.id.text == "red-circular" }
        _ = try machine.handle(.adopted(changed), at: t0 + .minutes(1))
        #expect(circulars(machine.run(toMinute: 30)) == ["30 1 city"])
        _ = try machine.level(.red, minute: 40, of: "park-works")
        #expect(circulars(machine.run(toMinute: 75)) == ["60 2 city"])
    }

    @Test func gapsNameWhoeverCouldNotBeTold() throws {
        var machine = try NotificationMachine.city()
        let all = machine.gaps(under: NodeID("county-works"))
        // Nobody of the fixture ever verified the number of a responsible person.
        #expect(all.map(\.role.text) == ["principal", "technical", "operating"])
        var person = RegistryFact.Person.someone(.technical, of: "county-works")
        person.verifiedOn = "2021-10-01"
        try machine.hear(.person(person))
        let rest = machine.gaps(under: NodeID("county-works"))
        #expect(rest.map(\.role.text) == ["principal", "operating"])
    }
}
