import Domain
import Policy
import Runtime
import Testing

/// What `changzhou-2020` says, article by article (000).
@Suite struct ChangzhouProfileTests {
    let profile: PolicyProfile

    init() throws {
        profile = try ProfileSource.load("changzhou-2020")
    }

    static let four = ["safetyHead", "safetyDirector", "safetyLeader", "principal"]
    /// NTF-02, NTF-03, NTF-04: who is told beside the four of the enterprise.
    static let recipients: [(level: WarningLevel, placement: Placement, others: [String])] = [
        (.blue, .inPark, []), (.blue, .outsidePark, []), (.blue, .cityManaged, []),
        (.yellow, .inPark, []), (.yellow, .outsidePark, []), (.yellow, .cityManaged, []),
        (.orange, .inPark, ["parkHead"]),
        (.orange, .outsidePark, ["districtSectionHead"]),
        (.orange, .cityManaged, ["cityStaff"]),
        (.red, .inPark, ["parkHead", "parkLeader", "parkPrincipal"]),
        (.red, .outsidePark, ["districtSectionHead", "districtLeader", "districtPrincipal"]),
        // By the choice, red goes also to whom orange goes.
        (.red, .cityManaged, ["cityDivisionHead", "cityStaff"]),
    ]

    @Test(arguments: recipients)
    func exactlyThoseOfTheArticleAreTold(
        row: (level: WarningLevel, placement: Placement, others: [String])
    ) throws {
        let rule = try #require(profile.recipients(at: row.level, row.placement))
        #expect(rule.roles.map(\.text) == Self.four + row.others)
    }

    @Test func theStrictReadingIsOneLineAway() throws {
        let strict = try Edited.profile(
            "changzhou-2020",
            ("cityManagedRed: { value: includesOrange", "cityManagedRed: { value: strict"))
        let rule = try #require(strict.recipients(at: .red, .cityManaged))
        #expect(rule.roles.map(\.text) == Self.four + ["cityDivisionHead"])
        #expect(rule.clause.text == "000 §5")
    }

    /// Who owes what, from which fact, by when, and in which form.
    static let rules: [(id: String, row: String, text: String)] = [
        ("blue-registered", "NTF-21", "safetyHead from noticed blue due 10:00前"),
        ("yellow-registered", "NTF-20", "safetyHead from noticed yellow due 10:00前"),
        ("yellow-cleared", "NTF-21", "enterprise from noticed yellow due 10:00前"),
        ("yellow-explained", "NTF-22", "enterprise from missed yellow-cleared due 12:00前"),
        ("orange-site-park", "NTF-39", "park from noticed orange"),
        ("orange-site", "NTF-39", "district from noticed orange"),
        ("orange-cleared", "NTF-24", "enterprise from noticed orange due 48小时"),
        (
            "orange-circular", "NTF-24",
            "parkOrDistrict from missed orange-cleared, missed orange-effective "
                + "circular to enterprise"
        ),
        ("orange-talk", "NTF-24", "parkOrDistrict from missed orange-cleared summons to principal"),
        (
            "orange-enforced", "NTF-25",
            "parkOrDistrict from missed orange-effective 2 times enforcement to enterprise"
        ),
        ("red-site", "NTF-26", "parkOrDistrict from noticed red"),
        ("red-lowered", "NTF-27", "enterprise from noticed red due 12小时"),
        ("red-reported", "NTF-27", "enterprise from noticed red due 12小时"),
        ("red-circular", "NTF-28", "city from missed red-lowered circular to enterprise"),
        ("red-talk", "NTF-28", "city from missed red-lowered summons to principal"),
        ("red-effective", "NTF-29", "enterprise from issued red-circular due 48小时"),
        ("red-punished", "NTF-29", "district from missed red-effective enforcement to enterprise"),
        ("red-punishment-reported", "NTF-29", "district from done red-punished"),
        ("emergency-reported", "NTF-30", "principal from opened emergency"),
        ("emergency-passed", "NTF-30", "dutyDesk from done emergency-reported"),
        ("emergency-noted", "NTF-48", "dutyLeader from done emergency-reported"),
        ("site-arrival", "NTF-31", "parkOrDistrict from declared siteNeeded due 30分钟"),
        ("city-arrival", "NTF-31", "city from done city-reported due 1小时"),
        ("emergency-controlled", "NTF-32", "enterprise from opened emergency due 2小时"),
        ("disposal-report", "NTF-32", "enterprise from opened emergency"),
        ("offline-registered", "NTF-44", "dutyDesk from opened offline"),
        ("offline-notified", "NTF-44", "dutyDesk from opened offline"),
        ("offline-restored", "NTF-44", "enterprise from opened offline"),
        (
            "hourly-look", "CON-05",
            "dutyDesk from noticed orange, noticed red due 07:00至23:00每60分钟"
        ),
    ]

    @Test(arguments: rules)
    func eachDutyIsOwedAsItsArticleSays(row: (id: String, row: String, text: String)) throws {
        let rule = try #require(profile.obligation(RuleID(row.id)))
        #expect(rule.inWords == row.text, "\(row.row)")
    }

    /// NTF-24, NTF-28: an explanation keeps circular and talk away, and stops nothing else.
    @Test func onlyCircularsAndTalksHeedAnExplanation() {
        let explanation = Fact.declared(DeclarationID("explanation"))
        let heeding = profile.obligations.filter { $0.unless.contains(explanation) }
        #expect(
            heeding.map(\.id.text) == [
                "blue-explained", "yellow-explained", "orange-circular", "orange-talk",
                "red-circular", "red-talk",
            ])
    }

    /// NTF-23, RSK-15
    @Test func whoPursuesFollowsFromThePlacement() {
        func role(_ level: WarningLevel, _ placement: Placement) -> String? {
            profile.tracking.first { $0.level == level && $0.placement == placement }?.role.text
        }
        #expect(role(.orange, .inPark) == "park")
        #expect(role(.orange, .outsidePark) == "district")
        #expect(role(.red, .inPark) == "city")
        #expect(profile.blue.meaning == .warning)
    }

    @Test func pathOfACityManagedEnterpriseInAParkIsAChoice() throws {
        var profile = try ProfileSource.load("changzhou-2020")
        for (choice, both) in [
            (Choices.CityManagedInPark.union, [Placement.cityManaged, .inPark]),
            (.cityPath, [.cityManaged]), (.parkPath, [.inPark]),
        ] {
            profile.choices.cityManagedInPark.value = choice
            #expect(profile.placements(of: .cityManaged, isInPark: true) == both)
            for placement in Placement.allCases {
                #expect(profile.placements(of: placement, isInPark: false) == [placement])
            }
            #expect(profile.placements(of: .inPark, isInPark: true) == [.inPark])
        }
    }
}
