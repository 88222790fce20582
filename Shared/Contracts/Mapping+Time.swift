package import Domain

/// A time field of the wire, where 0 means that there is no time.
extension Instant {
    package init?(unlessZero unixMilliseconds: Int64) {
        if unixMilliseconds == 0 { return nil }
        self.init(unixMilliseconds: unixMilliseconds)
    }
}

extension Instant? {
    /// The time field; 0 without a time.
    package var unixMillisecondsOrZero: Int64 { self?.unixMilliseconds ?? 0 }
}
