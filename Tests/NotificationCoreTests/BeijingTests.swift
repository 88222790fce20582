import Domain
import NotificationCore
import Policy
import Testing

/// What Beijing's measures make of a warning (001 §14 to §17, §22).
@Suite struct BeijingTests {
    static let tiers: [(level: WarningLevel, nodes: Set<String>)] = [
        (.blue, []), (.yellow, ["county", "park", "park-works"]),
        (.orange, ["county", "park", "park-works"]),
        (.red, ["city", "county", "park", "park-works"]),
    ]

    @Test(arguments: tiers)
    func allTiersAreToldAtOneInstant(row: (level: WarningLevel, nodes: Set<String>)) throws {
        // NTF-05, NTF-06, NTF-07, NTF-08.
        var machine = try NotificationMachine.city("beijing")
        let told = notices(try machine.level(row.level, minute: 0, of: "park-works"))
            .filter { $0.reason == .levelRaised }
        #expect(Set(told.map(\.node.text)) == row.nodes)
        #expect(Set(told.map(\.dueAt)).count <= 1)
    }

    static let limits: [(level: WarningLevel, minutes: Int64, issuer: String, to: String)] = [
        (.yellow, 1_440, "county", "park-works厂"), (.orange, 120, "county", "park-works厂"),
        (.red, 60, "city", "county局"),
    ]

    @Test(arguments: limits)
    func levelThatDoesNotFallInTimeBringsACircularAndEnforcement(
        row: (level: WarningLevel, minutes: Int64, issuer: String, to: String)
    ) throws {
        // NTF-33 to NTF-38: of red the addressee is the district, not the enterprise.
        var machine = try NotificationMachine.city("beijing")
        _ = try machine.level(row.level, minute: 0, of: "park-works")
        let before = obligations(machine.run(toMinute: row.minutes - 1))
        #expect(!before.contains { $0.rule.text == "\(row.level)-circular" })
        let effects = machine.run(toMinute: row.minutes)
        let opened = obligations(effects).filter { $0.state == .open }
        #expect(
            opened.map(\.rule.text) == ["\(row.level)-circular", "\(row.level)-enforced"])
        #expect(opened.first?.node.text == row.issuer)
        let drafts = effects.compactMap { effect -> DocumentRecord? in
            if case .publishDocument(let document) = effect { return document }
            return nil
        }
        #expect(drafts.first?.addressees == [row.to] && drafts.first?.issuedAt == nil)
    }

    @Test func plannedWorkIsToldToDistrictsAndEnterprisesAndALateNoticeIsMarked() throws {
        // NTF-45; t0 is Monday 2021-11-01 08:00.
        let city = Actor(subject: "city", node: NodeID("city"))
        for (days, isLate) in [(3, false), (2, false), (1, true)] as [(Int64, Bool)] {
            var machine = try NotificationMachine.city("beijing")
            let opening = OpenCase(
                id: CaseID("work-1"), kind: .plannedWork, node: NodeID("city"),
                cause: "服务器升级", startsAt: t0 + .day * days + .hours(2))
            let effects = try machine.handle(.opened(opening, by: city), at: t0)
            let nodes = Set(notices(effects).map(\.node.text))
            #expect(nodes == ["county", "park-works", "county-works", "city-works"])
            #expect(machine.openCases.first?.cause.contains("晚于") == isLate)
        }
    }
}
