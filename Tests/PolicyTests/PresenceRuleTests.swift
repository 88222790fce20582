import Domain
import Policy
import Testing

/// The sections `presence` and `detectors` of a profile.
@Suite struct PresenceRuleTests {
    private static let presence = """
        presence: { pointOffline: 5 min, gatewayOffline: 3 min, cameraOffline: 20 min, \
        longTermOffline: 2 d, immediateWithin: 30 s, clause: 002-DQ §10 }

        """
    private static let detectors = """
        detectors:
          flatLine: { processUnit: 1 h, tankFarm: 2 h, warehouse: 3 h, elsewhere: 4 h, readings: 7 }
          clockSkew: { from: 2 min, spread: 10 s, over: 9 min, readings: 4 }
          range: { readings: 3 }
          running: { indicators: [pressure, flow], percent: 30, over: 50 min }
          inspectWithin: 12 h
          clause: 002-DQ §8

        """

    private func edit(_ text: String) -> (old: String, new: String) {
        ("aftermath:\n", text + "aftermath:\n")
    }

    /// ING-19, ING-21: the minutes are data of the profile; without them they are ours.
    @Test func minutesAreData() throws {
        let profile = try Edited.profile("mem-2021", edit(Self.presence))
        let rule = try #require(profile.presence)
        #expect(
            rule
                == PresenceRule(
                    pointOffline: .minutes(5), gatewayOffline: .minutes(3),
                    cameraOffline: .minutes(20), longTermOffline: .hours(48),
                    immediateWithin: .seconds(30), clause: Clause("002-DQ §10")))
        #expect(try Edited.profile("mem-2021").presence == nil)
        #expect(
            Self.shown(profile, "presence") == [
                "a point is offline after 5分钟 of silence (002-DQ §10)",
                "a gateway is offline after 3分钟 of silence (002-DQ §10)",
                "a camera is offline after 20分钟 without a picture (002-DQ §10)",
                "offline for 48小时 is long-term (002-DQ §10)",
                "immediate is what comes within 30秒 (002-DQ §10)",
            ])
    }

    /// ING-12, ING-18: so are the thresholds of the detectors.
    @Test func thresholdsAreData() throws {
        let profile = try Edited.profile("mem-2021", edit(Self.detectors))
        let rule = try #require(profile.detectors)
        #expect(rule.flatLine.after(.processUnit) == .hours(1))
        #expect(rule.flatLine.after(.tankFarm) == .hours(2))
        #expect(rule.flatLine.after(.warehouse) == .hours(3))
        #expect(rule.flatLine.after(nil) == .hours(4))
        #expect(rule.flatLine.readings == 7)
        #expect(
            rule.clockSkew
                == .init(from: .minutes(2), spread: .seconds(10), over: .minutes(9), readings: 4))
        #expect(rule.range.readings == 3)
        #expect(rule.inspectWithin == .hours(12))
        #expect(
            rule.running
                == .init(
                    indicators: [.pressure, Indicator("flow")], percent: 30, over: .minutes(50)))
        #expect(
            Self.shown(profile, "detectors") == [
                "the same value: process unit 1小时, tank farm 2小时, warehouse 3小时, elsewhere 4小时, "
                    + "and 7 readings (002-DQ §8)",
                "a clock is off by 2分钟, steady within 10秒, over 9分钟 and 4 batches (002-DQ §8)",
                "3 readings in a row outside of the range (002-DQ §8)",
                "a unit runs with one of pressure, flow above 30 % of its range over 50分钟 "
                    + "(002-DQ §8)",
                "a finding of truth is inspected within 12小时 (002-DQ §8)",
            ])
    }

    /// No text of the five gives minutes: each shows all ten values as ours.
    @Test(arguments: FiveProfilesTests.ids)
    func whatNoTextStatesIsShownAsOurs(id: String) throws {
        let profile = try FiveProfilesTests.load(id)
        for (section, count) in [("presence", 5), ("detectors", 5)] {
            let shown = Self.shown(profile, section)
            #expect(shown.count == count && shown.allSatisfy { $0.hasSuffix(" (ours)") })
        }
    }

    private static func shown(_ profile: PolicyProfile, _ section: String) -> [String] {
        profile.statements.filter { $0.path.hasPrefix(section + ".") }
            .map { "\($0.text) (\($0.clause.text))" }
    }

    static let mistakes: [(old: String, new: String, path: String, words: String)] = [
        ("pointOffline: 5 min, ", "", "presence.pointOffline", "is missing"),
        ("longTermOffline: 2 d", "longTermOffline: 20 min", "presence.longTermOffline", "longer"),
        (", clause: 002-DQ §10", "", "presence.clause", "no clause"),
        ("pointOffline: 5 min", "pointOffline: 5", "presence.pointOffline", "length of time"),
        ("readings: 7", "readings: 1", "detectors.flatLine.readings", "whole number"),
        ("percent: 30", "percent: 100", "detectors.running.percent", "whole number"),
        ("[pressure, flow]", "[]", "detectors.running.indicators", "list"),
        ("range: { readings: 3 }", "range: { reading: 3 }", "detectors.range.readings", "missing"),
        ("  clause: 002-DQ §8\n", "", "detectors.clause", "no clause"),
    ]

    /// Each mistake is said where it is.
    @Test(arguments: mistakes)
    func mistakesAreNamed(
        row: (old: String, new: String, path: String, words: String)
    ) throws {
        let both = edit(Self.presence + Self.detectors)
        let (text, _) = try Edited.text("mem-2021", [both, (row.old, row.new)])
        let found = Edited.mistakes(in: text)
        #expect(
            found.contains { $0.path == row.path && $0.text.contains(row.words) }, "\(found)")
    }
}
