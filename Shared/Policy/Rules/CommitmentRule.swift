package import Domain

/// By when an enterprise commits itself each day 每日安全承诺时限 (CON-12).
package struct CommitmentRule: Equatable, Codable, Sendable {
    /// The time of the day, in minutes since midnight in the profile's zone.
    package var dueMinutes: Int
    /// Whether the very instant that the time names is still in time.
    package var boundary: Deadline.Boundary
    package var clause: Clause

    package init(dueMinutes: Int, boundary: Deadline.Boundary, clause: Clause) {
        (self.dueMinutes, self.boundary, self.clause) = (dueMinutes, boundary, clause)
    }

    /// In Chinese, for people: 10:00前.
    package var words: String {
        Deadline.timeOfDay(minutes: dueMinutes, boundary: boundary).words
    }

    /// The first instant that is late, where `due` is the one that the time of the day names.
    package func lateFrom(_ due: Instant) -> Instant {
        switch boundary {
        case .before: due
        case .until: Instant(unixMilliseconds: due.unixMilliseconds + 1)
        }
    }
}
