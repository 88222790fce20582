package import Domain

extension CalendarDay {
    /// The day that it is in a zone; nil outside of the years 2000 to 2099.
    package init?(of instant: Instant, in zone: Zone) {
        self.init(String(zone.local(instant).text.prefix(10)))
    }

    /// The instant at which clocks in a zone show so many minutes after midnight of the day.
    package func instant(minutes: Int, in zone: Zone) -> Instant {
        // Exactly three numbers: a day is made from nothing else.
        let parts = text.split(separator: "-").compactMap { Int64($0) }
        precondition(parts.count == 3, "A day that is not written as year-month-day was made.")
        return zone.instant(
            LocalTime(
                year: parts[0], month: parts[1], day: parts[2], hour: Int64(minutes / 60),
                minute: Int64(minutes % 60)))
    }

    /// So many days later, or earlier; nil outside of the years 2000 to 2099.
    package func adding(days: Int64) -> CalendarDay? {
        let noon = instant(minutes: 12 * 60, in: .beijing)
        return CalendarDay(of: noon + Interval.day * days, in: .beijing)
    }
}

extension Instant {
    /// True from 2000 to 2099: what lies beyond is no time that people mean, and nothing is
    /// reckoned with it.
    package var isOnCalendar: Bool {
        (Self.year2000..<Self.year2100).contains(unixMilliseconds)
    }

    private static let year2000: Int64 = 946_684_800_000
    private static let year2100: Int64 = 4_102_444_800_000
}
