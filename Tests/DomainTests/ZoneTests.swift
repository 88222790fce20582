import Domain
import Testing

@Suite struct ZoneTests {
    static let utc = Zone(offsetMinutes: 0)

    /// Dates where calendars go wrong: leap days, centuries, ends of years, before 1970.
    static let calendar: [(unixMilliseconds: Int64, zone: Zone, text: String)] = [
        (0, utc, "1970-01-01 00:00:00 +00:00"),
        (-1, utc, "1969-12-31 23:59:59 +00:00"),
        (0, .beijing, "1970-01-01 08:00:00 +08:00"),
        (951_782_399_000, utc, "2000-02-28 23:59:59 +00:00"),
        (951_782_400_000, utc, "2000-02-29 00:00:00 +00:00"),
        (951_868_800_000, utc, "2000-03-01 00:00:00 +00:00"),
        (4_107_542_399_000, utc, "2100-02-28 23:59:59 +00:00"),
        (4_107_542_400_000, utc, "2100-03-01 00:00:00 +00:00"),
        (1_635_724_800_000, .beijing, "2021-11-01 08:00:00 +08:00"),
        (1_640_966_399_999, .beijing, "2021-12-31 23:59:59 +08:00"),
        (1_640_966_400_000, .beijing, "2022-01-01 00:00:00 +08:00"),
        (-2_203_891_200_000, utc, "1900-03-01 00:00:00 +00:00"),
        (-62_135_596_800_000, utc, "0001-01-01 00:00:00 +00:00"),
        (1_635_724_800_000, Zone(offsetMinutes: -210), "2021-10-31 20:30:00 -03:30"),
    ]

    @Test(arguments: calendar)
    func clocksShowTheDateOfTheirZone(
        row: (unixMilliseconds: Int64, zone: Zone, text: String)
    ) {
        let instant = Instant(unixMilliseconds: row.unixMilliseconds)
        #expect(row.zone.text(instant) == row.text)
        #expect(row.zone.instant(row.zone.local(instant)) == instant)
    }

    @Test func everyDayOfFourCenturiesComesBackTheSame() {
        var previous = Self.utc.local(Instant(unixMilliseconds: -86_400_000))
        for day in Int64(0)..<146_097 {
            let instant = Instant(unixMilliseconds: day * 86_400_000)
            let local = Self.utc.local(instant)
            #expect(Self.utc.instant(local) == instant)
            let isNextDay = local.day == previous.day + 1 && local.month == previous.month
            let isFirst =
                local.day == 1 && previous.day >= 28
                && (local.month == previous.month + 1 || (local.month, previous.month) == (1, 12))
            #expect(isNextDay || isFirst, "\(previous.text) is followed by \(local.text)")
            previous = local
        }
    }

    @Test func millisecondsSurviveTheWayBothWays() {
        for milliseconds in [Int64(-1), 0, 1, 999, 1_000, 86_399_999, 86_400_000] {
            for offset in [Int32(-720), -1, 0, 1, 480, 840] {
                let zone = Zone(offsetMinutes: offset)
                let instant = Instant(unixMilliseconds: milliseconds)
                #expect(zone.instant(zone.local(instant)) == instant)
            }
        }
    }

    @Test func theNameOfAZoneHasSignAndTwoDigits() {
        #expect(Zone.beijing.name == "+08:00")
        #expect(Zone(offsetMinutes: 0).name == "+00:00")
        #expect(Zone(offsetMinutes: -570).name == "-09:30")
    }
}
