package import Domain

extension Deadline {
    /// When it opens at the earliest, when it ends, and whether its very end is late.
    package struct Span: Equatable, Sendable {
        package var opensAt: Instant
        package var dueAt: Instant
        package var isDueBefore: Bool
    }

    /// The time that starts at `start`, as clocks in `zone` show it.
    package func span(after start: Instant, zone: Zone, calendar: WorkCalendar) -> Span {
        switch self {
        case .after(let interval):
            Span(opensAt: start, dueAt: start + interval, isDueBefore: false)
        case .timeOfDay(let minutes, let boundary):
            Span(
                opensAt: start, dueAt: zone.next(minutes: minutes, after: start),
                isDueBefore: boundary == .before)
        case .workingDays(let count):
            // Its end is midnight, which belongs to the next day.
            Span(
                opensAt: start,
                dueAt: calendar.end(ofWorkingDay: count, after: start, zone: zone),
                isDueBefore: true)
        case .windows(let from, let to, let each):
            window(after: start, zone: zone, from: from, to: to, each: each)
        }
    }

    /// The first window that ends after `start`.
    private func window(
        after start: Instant, zone: Zone, from: Int, to: Int, each: Int
    ) -> Span {
        let midnight = zone.midnight(before: start)
        let passed = (start - midnight).milliseconds
        let minute: Int64 = 60_000
        var number = max(0, (passed - Int64(from) * minute) / (Int64(each) * minute))
        var day = midnight
        if Int64(from) + (number + 1) * Int64(each) > Int64(to) {
            number = 0
            day = zone.midnight(before: midnight + .day)
        }
        let opensAt = day + .minutes(Int64(from) + number * Int64(each))
        return Span(
            opensAt: max(start, opensAt), dueAt: opensAt + .minutes(Int64(each)),
            isDueBefore: true)
    }
}

extension Zone {
    /// When the day of `instant` began.
    package func midnight(before instant: Instant) -> Instant {
        let local = local(instant)
        return self.instant(LocalTime(year: local.year, month: local.month, day: local.day))
    }

    /// When clocks next show so many minutes since midnight, after `instant`.
    func next(minutes: Int, after instant: Instant) -> Instant {
        let today = midnight(before: instant) + .minutes(Int64(minutes))
        return today > instant ? today : today + .day
    }
}
