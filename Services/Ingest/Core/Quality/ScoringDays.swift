package import Domain

/// Which days have been scored: each once, after it is over.
///
/// The day is that of the profile's zone. A service that was down over midnight scores the days
/// that it missed, one after the other, as of their end.
package struct ScoringDays: Hashable, Codable, Sendable {
    package let zone: Zone
    /// The end of the last day that was scored, or the start of the first that will be.
    package private(set) var scoredTo: Instant?

    package init(zone: Zone, scoredTo: Instant? = nil) {
        (self.zone, self.scoredTo) = (zone, scoredTo)
    }

    /// The first day is the one in which it begins.
    package mutating func begin(at now: Instant) {
        if scoredTo == nil { scoredTo = start(of: now) }
    }

    /// The next midnight.
    package var nextDue: Instant? { scoredTo.map { $0 + .day } }

    /// So many days are scored afterwards; of an older stop nothing is.
    package static let daysMax: Int64 = 31

    /// The days that are over by `now` and not scored yet; at most `max`, the rest later.
    package mutating func take(at now: Instant, max: Int) -> [(day: String, window: Span)] {
        var days: [(day: String, window: Span)] = []
        let earliest = start(of: now) - .day * Self.daysMax
        scoredTo = scoredTo.map { Swift.max($0, earliest) }
        while let from = scoredTo, from + .day <= now, days.count < max {
            days.append((name(of: from), Span(from, from + .day)))
            scoredTo = from + .day
        }
        return days
    }

    /// The day that an instant is in, as far as it has come.
    package func current(at now: Instant) -> (day: String, window: Span) {
        let from = start(of: now)
        return (name(of: from), Span(from, now))
    }

    /// Days of a zone without clock changes are all of the same length.
    private func start(of instant: Instant) -> Instant {
        let local = zone.local(instant)
        return zone.instant(
            LocalTime(year: local.year, month: local.month, day: local.day))
    }

    private func name(of instant: Instant) -> String {
        String(zone.local(instant).text.prefix(10))
    }
}
