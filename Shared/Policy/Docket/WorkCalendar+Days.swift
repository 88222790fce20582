package import Domain

extension WorkCalendar {
    /// True if the day of `instant` is worked.
    package func isWorked(_ instant: Instant, zone: Zone) throws(MissingYear) -> Bool {
        let day = zone.local(instant)
        guard let year = years[day.year] else { throw MissingYear(year: day.year) }
        let date = Int(day.month * 100 + day.day)
        if year.holidays.contains(date) { return false }
        return year.workedWeekends.contains(date) || !zone.isWeekend(instant)
    }

    /// The end of the so many-th working day after the day of `instant`: the midnight after it.
    ///
    /// A year that the calendar lacks counts its weekdays as worked: a time of ours may be too
    /// short, and never too long. Who is to be told of a missing year asks `isWorked`.
    package func end(ofWorkingDay count: Int, after instant: Instant, zone: Zone) -> Instant {
        var day = zone.midnight(before: instant)
        var rest = count
        while rest > 0 {
            day = day + .day
            if isWorkedAsFarAsKnown(day, zone: zone) { rest -= 1 }
        }
        return day + .day
    }

    /// The beginning of the so many-th working day before the day of `instant`.
    package func start(
        ofWorkingDay count: Int, before instant: Instant, zone: Zone
    ) throws(MissingYear) -> Instant {
        var day = zone.midnight(before: instant)
        var rest = count
        while rest > 0 {
            day = day - .day
            if try isWorked(day, zone: zone) { rest -= 1 }
        }
        return day
    }

    private func isWorkedAsFarAsKnown(_ day: Instant, zone: Zone) -> Bool {
        (try? isWorked(day, zone: zone)) ?? !zone.isWeekend(day)
    }
}

extension Zone {
    /// True on Saturdays and Sundays. 1970-01-01 was a Thursday.
    func isWeekend(_ instant: Instant) -> Bool {
        let local = instant.unixMilliseconds + Int64(offsetMinutes) * 60_000
        let day = local / 86_400_000 - (local % 86_400_000 < 0 ? 1 : 0)
        let weekday = ((day + 3) % 7 + 7) % 7
        return weekday >= 5
    }
}
