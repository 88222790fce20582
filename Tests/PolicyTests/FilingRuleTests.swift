import Domain
import Policy
import Runtime
import Testing

/// By when enterprises commit themselves, and to whom they file outages, by profile.
@Suite struct FilingRuleTests {
    static let commitments: [(profile: String, clause: String)] = [
        ("mem-2021", "002-DQ §7"), ("zibo-2020", "002-DQ §7"), ("changzhou-2020", "000 §14"),
        ("beijing", "001 §12"),
    ]

    /// CON-12: by 10:00, and 10:00:00 is late.
    @Test(arguments: commitments)
    func commitmentsAreDueByTen(row: (profile: String, clause: String)) throws {
        let rule = try #require(try ProfileSource.load(row.profile).commitment)
        #expect(rule.dueMinutes == 600 && rule.clause.text == row.clause)
        #expect(rule.boundary == .before && rule.words == "10:00前")
        let due = Instant(unixMilliseconds: 1_635_732_000_000)
        #expect(rule.lateFrom(due) == due)
        let until = CommitmentRule(dueMinutes: 600, boundary: .until, clause: rule.clause)
        #expect(until.lateFrom(due).unixMilliseconds == due.unixMilliseconds + 1)
    }

    /// CON-23: how often who verifies is reminded is ours, unless the profile says it.
    @Test func remindersMayBeSet() throws {
        #expect(try ProfileSource.load("mem-2021").filing?.nudgeEvery == .hours(24))
        let profile = try Edited.profile(
            "mem-2021", ("filing: { inPark", "filing: { nudge: 90 min, inPark"))
        #expect(profile.filing?.nudgeEvery == .minutes(90))
    }

    @Test func theProfileMaySayOtherwise() throws {
        let profile = try Edited.profile(
            "mem-2021", ("commitment: { by: \"10:00\"", "commitment: { by: \"09:30 until\""))
        #expect(profile.commitment?.dueMinutes == 570)
        #expect(profile.commitment?.boundary == .until)
    }

    static let addressees: [(profile: String, kinds: [Placement: [NodeKind]], clause: String)] = [
        (
            "mem-2021",
            [
                .inPark: [.park, .county], .outsidePark: [.park, .county],
                .cityManaged: [.city],
            ], "002-DQ §9; ours 0011"
        ),
        (
            "changzhou-2020",
            [.inPark: [.county], .outsidePark: [.county], .cityManaged: [.city]],
            "000 §20; ours 0020"
        ),
        (
            "beijing",
            [.inPark: [.county], .outsidePark: [.county], .cityManaged: [.county]], "001 §18"
        ),
    ]

    /// CON-22: the superior body in 000 and 002, the district in 001.
    @Test(arguments: addressees)
    func outagesAreFiledWithTheBodyOfTheText(
        row: (profile: String, kinds: [Placement: [NodeKind]], clause: String)
    ) throws {
        let rule = try #require(try ProfileSource.load(row.profile).filing)
        for placement in Placement.allCases {
            #expect(rule.kinds(for: placement) == row.kinds[placement])
        }
        #expect(rule.clause.text == row.clause)
    }

    static let broken: [(what: String, old: String, new: String, path: String, word: String)] = [
        (
            "a length of time", "commitment: { by: \"10:00\"", "commitment: { by: \"24 h\"",
            "commitment.by", "10:00"
        ),
        (
            "the end of the day", "commitment: { by: \"10:00\"", "commitment: { by: \"24:00\"",
            "commitment.by", "23:59"
        ),
        (
            "no time", "commitment: { by: \"10:00\", clause", "commitment: { clause",
            "commitment.by", "missing"
        ),
        (
            "nobody for a placement", "filing: { inPark: county, outsidePark: county,",
            "filing: { inPark: county,", "filing", "outsidePark"
        ),
        (
            "a role that is none", "filing: { inPark: county,", "filing: { inPark: mayor,",
            "filing.inPark", "mayor"
        ),
        (
            "a person", "filing: { inPark: county,", "filing: { inPark: principal,",
            "filing.inPark", "body"
        ),
    ]

    @Test(arguments: broken)
    func aMistakeSaysWhereAndWhatToWrite(
        row: (what: String, old: String, new: String, path: String, word: String)
    ) throws {
        let (text, _) = try Edited.text("mem-2021", [(row.old, row.new)])
        let mistake = try #require(Edited.mistakes(in: text).first)
        #expect(mistake.path == row.path, "\(row.what)")
        #expect(mistake.text.contains(row.word), "\(row.what): \(mistake.text)")
    }
}
