import Domain
import Policy
import Runtime
import Testing

/// What `beijing` says, article by article (001).
@Suite struct BeijingProfileTests {
    let profile: PolicyProfile

    init() throws {
        profile = try ProfileSource.load("beijing")
    }

    /// NTF-05, NTF-06, NTF-07: the tiers; the enterprise's is its desk and its principal.
    static let tiers: [(level: WarningLevel, placement: Placement, roles: [String])] = [
        (.yellow, .inPark, ["enterprise", "principal", "park", "district"]),
        (.yellow, .outsidePark, ["enterprise", "principal", "district"]),
        (.orange, .inPark, ["enterprise", "principal", "park", "district"]),
        (.orange, .outsidePark, ["enterprise", "principal", "district"]),
        (.red, .inPark, ["enterprise", "principal", "park", "district", "city"]),
        (.red, .outsidePark, ["enterprise", "principal", "district", "city"]),
    ]

    @Test(arguments: tiers)
    func allTiersAreToldAtOnce(
        row: (level: WarningLevel, placement: Placement, roles: [String])
    ) throws {
        let rule = try #require(profile.recipients(at: row.level, row.placement))
        #expect(rule.roles.map(\.text) == row.roles)
    }

    /// RSK-14, NTF-08
    @Test func blueIsTheBaseStateAndNoTimeRuns() {
        #expect(profile.blue.meaning == .baseState)
        for placement in Placement.allCases {
            #expect(profile.recipients(at: .blue, placement)?.roles == [])
            let rules = RuleReach(profile, level: .blue, placement).rules
            #expect(!rules.contains { $0.due != nil || $0.opens != nil })
        }
    }

    static let rules: [(id: String, row: String, text: String)] = [
        ("yellow-site", "NTF-33", "enterprise from noticed yellow"),
        ("yellow-asked", "NTF-33", "park from noticed yellow"),
        ("yellow-watched", "NTF-33", "district from noticed yellow"),
        ("yellow-reported", "NTF-33", "enterprise from noticed yellow"),
        ("yellow-lowered", "NTF-33", "enterprise from noticed yellow due 24小时"),
        ("yellow-circular", "NTF-34", "district from missed yellow-lowered circular to enterprise"),
        (
            "yellow-enforced", "NTF-34",
            "district from missed yellow-lowered enforcement to enterprise"
        ),
        ("orange-site", "NTF-35", "enterprise from noticed orange"),
        ("orange-site-park", "NTF-35", "park from noticed orange opens 1小时"),
        ("orange-asked", "NTF-35", "district from noticed orange"),
        ("orange-lowered", "NTF-35", "enterprise from noticed orange due 2小时"),
        ("orange-circular", "NTF-36", "district from missed orange-lowered circular to enterprise"),
        (
            "orange-enforced", "NTF-36",
            "district from missed orange-lowered enforcement to enterprise"
        ),
        ("orange-handled", "NTF-36", "district from done orange-enforced"),
        ("orange-result-reported", "NTF-36", "district from done orange-handled"),
        ("orange-talk", "NTF-36", "district from closed summons to principal"),
        ("red-site", "NTF-37", "enterprise from noticed red"),
        ("red-site-park", "NTF-37", "park from noticed red"),
        ("red-asked", "NTF-37", "district from noticed red"),
        ("red-watched", "NTF-37", "city from noticed red"),
        ("red-reported", "NTF-37", "enterprise from noticed red"),
        ("red-lowered", "NTF-37", "enterprise from noticed red due 1小时"),
        ("red-circular", "NTF-38", "city from missed red-lowered circular to district"),
        ("red-enforced", "NTF-38", "district from missed red-lowered enforcement to enterprise"),
        ("red-talk", "NTF-38", "city from closed summons to principal"),
        ("accident-plan", "RSK-18", "enterprise from declared judgedAccident"),
    ]

    @Test(arguments: rules)
    func eachDutyIsOwedAsItsArticleSays(row: (id: String, row: String, text: String)) throws {
        let rule = try #require(profile.obligation(RuleID(row.id)))
        #expect(rule.inWords == row.text, "\(row.row)")
    }

    /// RSK-18
    @Test func judgingAnAccidentStopsNothing() {
        let judged = Fact.declared(DeclarationID("judgedAccident"))
        for rule in profile.obligations {
            #expect(!(rule.until + rule.unless + rule.metBy).contains(judged), "\(rule.id)")
        }
    }

    /// NTF-45
    @Test func plannedWorkIsAnnouncedTwoWorkingDaysAhead() {
        #expect(profile.plannedWork?.workingDays == 2)
        #expect(profile.plannedWork?.late == .mark)
        #expect(profile.plannedWork?.clause.text == "001 §22; ours 0021")
    }

    @Test func noExplanationStopsATime() {
        for rule in profile.obligations {
            for fact in rule.unless + rule.until {
                if case .declared(let id) = fact { Issue.record("\(rule.id) ends by \(id)") }
            }
        }
    }
}
