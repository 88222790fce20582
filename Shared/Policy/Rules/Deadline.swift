package import Domain

/// When something opens or falls due after its start 时限.
package enum Deadline: Hashable, Codable, Sendable {
    /// So long after. The end of the time is still in time: "within an hour" includes the hour.
    case after(Interval)
    /// When clocks in the profile's zone next show this time, in minutes since midnight.
    case timeOfDay(minutes: Int, boundary: Boundary)
    /// At the end of the so many-th working day after the start's day.
    case workingDays(Int)
    /// At the end of each window of `each` between two times of the day, in minutes.
    case windows(from: Int, to: Int, each: Int)

    /// Whether the very instant that a time of day names is still in time.
    package enum Boundary: String, CaseIterable, Codable, Sendable {
        /// 前: what happens at that instant is late.
        case before
        /// What happens at that instant is in time.
        case until
    }
}

/// How often a rule applies again until a fact ends it 重复.
package enum Repeat: Hashable, Codable, Sendable {
    case every(Interval)
    /// At the next deadline of the same kind: tomorrow's time of day, the next window.
    case next
}
