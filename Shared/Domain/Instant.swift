/// A point in time 时刻, in whole milliseconds since 1970-01-01T00:00:00Z.
///
/// The only time that is stored or sent. Local time exists for display and for deadlines at a
/// time of day, and is made from this with a `Zone`.
package struct Instant: Hashable, Comparable, Codable, Sendable {
    package var unixMilliseconds: Int64

    package init(unixMilliseconds: Int64) {
        self.unixMilliseconds = unixMilliseconds
    }

    /// Before and after every time that is ever stored or sent: bounds to compare with, not to
    /// reckon with.
    package static let distantPast = Instant(unixMilliseconds: .min)
    package static let distantFuture = Instant(unixMilliseconds: .max)

    // One bare number, so that stored state stays readable.
    package init(from decoder: any Decoder) throws {
        unixMilliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(unixMilliseconds)
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.unixMilliseconds < right.unixMilliseconds
    }

    package static func + (instant: Instant, interval: Interval) -> Instant {
        Instant(unixMilliseconds: instant.unixMilliseconds + interval.milliseconds)
    }

    package static func - (instant: Instant, interval: Interval) -> Instant {
        Instant(unixMilliseconds: instant.unixMilliseconds - interval.milliseconds)
    }

    package static func - (later: Instant, earlier: Instant) -> Interval {
        Interval(milliseconds: later.unixMilliseconds - earlier.unixMilliseconds)
    }
}

/// A length of time 时长 in whole milliseconds; law counts in minutes, hours and days of 24 hours.
package struct Interval: Hashable, Comparable, Codable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }

    /// A day of 24 hours, as law counts; China has no clock change.
    package static let day = Interval(milliseconds: 86_400_000)

    package static func seconds(_ count: Int64) -> Interval {
        Interval(milliseconds: count * 1_000)
    }
    package static func minutes(_ count: Int64) -> Interval { seconds(count * 60) }
    package static func hours(_ count: Int64) -> Interval { minutes(count * 60) }

    package static func < (left: Interval, right: Interval) -> Bool {
        left.milliseconds < right.milliseconds
    }

    package static func * (interval: Interval, count: Int64) -> Interval {
        Interval(milliseconds: interval.milliseconds * count)
    }
}
