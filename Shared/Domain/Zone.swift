/// A fixed offset from UTC 时区, as the profile states it; China has had no clock change since 1991.
package struct Zone: Hashable, Codable, Sendable {
    package var offsetMinutes: Int32

    package init(offsetMinutes: Int32) {
        self.offsetMinutes = offsetMinutes
    }

    /// Beijing time 北京时间, +08:00.
    package static let beijing = Zone(offsetMinutes: 480)

    /// `+08:00`.
    package var name: String {
        let minutes = offsetMinutes.magnitude
        return (offsetMinutes < 0 ? "-" : "+") + padded(Int64(minutes / 60), 2) + ":"
            + padded(Int64(minutes % 60), 2)
    }

    /// The calendar date and time of day that clocks in this zone show.
    package func local(_ instant: Instant) -> LocalTime {
        let milliseconds = instant.unixMilliseconds + Int64(offsetMinutes) * 60_000
        let day = floorDivide(milliseconds, 86_400_000)
        let (year, month, dayOfMonth) = civil(daysSince1970: day)
        let rest = milliseconds - day * 86_400_000
        return LocalTime(
            year: year, month: month, day: dayOfMonth, hour: rest / 3_600_000,
            minute: rest / 60_000 % 60, second: rest / 1_000 % 60, millisecond: rest % 1_000)
    }

    /// The instant at which clocks in this zone show `local`.
    package func instant(_ local: LocalTime) -> Instant {
        let days = daysSince1970(year: local.year, month: local.month, day: local.day)
        let seconds =
            (local.hour * 60 + local.minute) * 60 + local.second - Int64(offsetMinutes) * 60
        return Instant(
            unixMilliseconds: days * 86_400_000 + seconds * 1_000 + local.millisecond)
    }

    /// `2021-11-01 08:00:00 +08:00`: how a time is shown to people, never without date and zone.
    package func text(_ instant: Instant) -> String {
        local(instant).text + " " + name
    }
}

/// What a calendar and a clock on the wall show 当地时间; meaningless without its `Zone`.
package struct LocalTime: Hashable, Sendable {
    package var year, month, day, hour, minute, second, millisecond: Int64

    package init(
        year: Int64, month: Int64, day: Int64, hour: Int64 = 0, minute: Int64 = 0,
        second: Int64 = 0, millisecond: Int64 = 0
    ) {
        (self.year, self.month, self.day) = (year, month, day)
        (self.hour, self.minute, self.second) = (hour, minute, second)
        self.millisecond = millisecond
    }

    /// `2021-11-01 08:00:00`.
    package var text: String {
        padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2) + " "
            + padded(hour, 2) + ":" + padded(minute, 2) + ":" + padded(second, 2)
    }
}

private func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

private func floorDivide(_ number: Int64, _ divisor: Int64) -> Int64 {
    let quotient = number / divisor
    return number % divisor < 0 ? quotient - 1 : quotient
}

// Proleptic Gregorian calendar by eras of 400 years, years starting in March.
private func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = floorDivide(shifted, 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
}

private func civil(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
        (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let march = (5 * dayOfYear + 2) / 153
    let month = march < 10 ? march + 3 : march - 9
    return (
        yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * march + 2) / 5 + 1
    )
}
