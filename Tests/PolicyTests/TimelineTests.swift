import Domain
import Policy
import Runtime
import Testing

/// What becomes of warnings under each profile if nobody does anything.
@Suite struct TimelineTests {
    /// 2021-11-01 08:00 +08:00
    static let t0 = Instant(unixMilliseconds: 1_635_724_800_000)

    static func lines(
        _ id: String, _ level: WarningLevel, _ placement: Placement = .inPark,
        isIssuing: Bool = false, what: [Timeline.What] = [.issued, .missed]
    ) throws -> [String] {
        let profile = try FiveProfilesTests.load(id)
        let timeline = Timeline(profile, level: level, placement, from: t0, isIssuing: isIssuing)
        return timeline.entries.filter { what.contains($0.what) && $0.rule != nil }.map {
            "\($0.after.milliseconds == 0 ? "0" : $0.after.words) \($0.what) \($0.rule?.text ?? "")"
        }
    }

    /// NTF-12, NTF-13
    @Test func ministryYellowRepeatsEachHourAndIsVisitedAfterADay() throws {
        let lines = try Self.lines("mem-2021", .yellow, what: [.issued, .owed])
        #expect(
            lines.filter { $0.contains("yellow-") } == [
                "0 owed yellow-verified", "1小时 issued yellow-circular",
                "2小时 issued yellow-circular", "3小时 issued yellow-circular",
                "24小时 owed yellow-site",
            ])
    }

    /// NTF-14, NTF-15
    @Test func ministryOrangeAndRedAreVisitedAfterTwelveAndTwoHours() throws {
        let orange = try Self.lines("mem-2021", .orange, what: [.issued, .owed])
        #expect(orange.contains("1小时 issued orange-circular"))
        #expect(orange.contains("12小时 owed orange-site"))
        let red = try Self.lines("mem-2021", .red, what: [.issued, .owed])
        #expect(red.contains("30分钟 issued red-circular"))
        #expect(red.contains("1小时 issued red-circular"))
        #expect(red.contains("2小时 owed red-site"))
    }

    /// NTF-21, NTF-22: 10:00 is two hours after t0.
    @Test func changzhouYellowIsLateAtTenAndUnexplainedAtNoon() throws {
        let lines = try Self.lines("changzhou-2020", .yellow)
        #expect(
            lines.prefix(4) == [
                "2小时 missed yellow-registered", "2小时 missed yellow-cleared",
                "4小时 missed yellow-explained", "4小时 issued yellow-unexplained",
            ])
    }

    /// NTF-24, NTF-25: the second circular in a row without effect brings the inspectors.
    @Test func changzhouOrangeEndsWithInspectorsAfterTwoCircularsInVain() throws {
        let lines = try Self.lines("changzhou-2020", .orange, isIssuing: true)
        #expect(
            lines.filter { $0.contains("orange-") } == [
                "48小时 missed orange-cleared", "48小时 issued orange-circular",
                "48小时 issued orange-talk",
                "4天 missed orange-effective", "4天 issued orange-circular",
                "6天 missed orange-effective", "6天 issued orange-circular",
                "6天 issued orange-enforced", "8天 missed orange-effective",
            ])
    }

    /// NTF-27, NTF-28, NTF-29
    @Test func changzhouRedIsPunishedTwoDaysAfterTheCitysCircular() throws {
        let lines = try Self.lines("changzhou-2020", .red, isIssuing: true)
        #expect(
            lines.filter { $0.contains("red-") } == [
                "12小时 missed red-lowered", "12小时 issued red-circular", "12小时 issued red-talk",
                "12小时 missed red-reported", "60小时 missed red-effective",
                "60小时 issued red-punished",
            ])
    }

    /// CON-05: 16 looks between 7 and 23; the first window ends at 9.
    @Test func looksAreOwedEachHourByDay() throws {
        let profile = try ProfileSource.load("changzhou-2020")
        let rule = try #require(profile.obligation(RuleID("hourly-look")))
        let due = try #require(rule.due)
        var instant = Self.t0
        var hours: [Int64] = []
        for _ in 0..<17 {
            instant = due.span(after: instant, zone: profile.zone, calendar: profile.calendar).dueAt
            hours.append(profile.zone.local(instant).hour)
        }
        #expect(hours == [9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 8, 9])
        let instants = try Edited.profile(
            "changzhou-2020", ("hourlyLooks: { value: windows", "hourlyLooks: { value: instants"))
        let other = try #require(instants.obligation(RuleID("hourly-look"))?.due)
        #expect(other == .windows(from: 360, to: 1_380, each: 60))
    }

    /// NTF-33, NTF-34
    @Test func beijingYellowIsCirculatedAndInspectedAfterADay() throws {
        let lines = try Self.lines("beijing", .yellow, isIssuing: true)
        #expect(
            lines == [
                "24小时 missed yellow-lowered", "24小时 issued yellow-circular",
                "24小时 issued yellow-enforced",
            ])
    }

    /// NTF-35, NTF-36
    @Test func beijingOrangeSendsTheParkAfterAnHour() throws {
        let owed = try Self.lines("beijing", .orange, what: [.owed])
        #expect(owed.contains("1小时 owed orange-site-park"))
        let outside = try Self.lines("beijing", .orange, .outsidePark, what: [.owed])
        #expect(!outside.contains { $0.contains("orange-site-park") })
        let lines = try Self.lines("beijing", .orange, isIssuing: true)
        #expect(
            lines == [
                "2小时 missed orange-lowered", "2小时 issued orange-circular",
                "2小时 issued orange-enforced",
            ])
    }

    /// NTF-37, NTF-38
    @Test func beijingRedIsCirculatedToTheDistrictAfterAnHour() throws {
        let lines = try Self.lines("beijing", .red, isIssuing: true)
        #expect(
            lines == [
                "1小时 missed red-lowered", "1小时 issued red-circular", "1小时 issued red-enforced",
            ])
    }

    /// NTF-43, NTF-50
    @Test func lichengsSuppliedTimesRun() throws {
        let lines = try Self.lines("licheng-dust-2023", .red, isIssuing: true)
        #expect(
            lines == [
                "15分钟 missed red-viewed", "15分钟 issued red-unviewed", "2小时 missed red-cleared",
                "2小时 issued red-circular", "2小时 issued red-penalty",
            ])
    }

    @Test(arguments: FiveProfilesTests.ids, WarningLevel.allCases)
    func everyCourseEndsOrRepeats(id: String, level: WarningLevel) throws {
        let profile = try FiveProfilesTests.load(id)
        for placement in Placement.allCases {
            let courses = Courses(profile, level: level, placement).all
            #expect(courses.isEmpty == (RuleReach(profile, level: level, placement).rules.isEmpty))
            for course in courses {
                if case .repeats(let until) = course.end { #expect(!until.isEmpty) }
            }
        }
    }

    @Test func comparisonShowsOneRedWarningFiveWays() throws {
        let profiles = try FiveProfilesTests.ids.map(FiveProfilesTests.load)
        let table = Comparison(profiles, level: .red, .inPark, from: Self.t0)
        #expect(table.rows.allSatisfy { $0.cells.count == 5 })
        #expect(table.rows.map(\.name).starts(with: ["通知", "跟踪", "发出时", "15分钟", "30分钟"]))
        let hour = try #require(table.rows.first { $0.name == "1小时" })
        #expect(hour.cells[2].contains("警示通报（市应急管理局→区应急管理部门）"))
        #expect(
            table.rows[1].cells.map(\.first) == [
                "省应急管理部门", "市应急管理局", "市应急管理局", "省应急管理部门", "市应急管理局",
            ])
    }

    @Test func differenceNamesTheValueAndBothClauses() throws {
        let first = try ProfileSource.load("mem-2021")
        let second = try Edited.profile("mem-2021", ("opens: 30 min", "opens: 20 min"))
        let differences = first.differences(from: second)
        #expect(differences.map(\.path) == ["obligations.red-circular.opens"])
        #expect(differences.first?.first?.text == "30分钟")
        #expect(differences.first?.second?.text == "20分钟")
        #expect(first.differences(from: first).isEmpty)
    }
}
