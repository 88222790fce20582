package import Domain
package import Policy

/// How far measured times are from when they were received, over a while: tells a wrong clock from
/// a late delivery.
///
/// A backlog is delivered faster than it was measured, so its distance shrinks; a wrong clock
/// keeps it. Live data between a backlog are near zero and end the suspicion.
package struct LeadWatch: Hashable, Sendable {
    private var since = Instant.distantPast
    private var count: Int64 = 0
    /// Measured minus received.
    private var most: Int64 = .min
    private var least: Int64 = .max
    /// By how much the clock is off; nil: it is right, or nobody knows yet.
    package private(set) var skew: Interval?
    /// True: it was looked at for long enough at least once.
    package private(set) var isJudged = false

    package init() {}

    package mutating func take(
        measuredAt: Instant, receivedAt: Instant, by rule: DetectorRule.ClockSkew
    ) {
        if count == 0 || receivedAt < since { start(at: receivedAt) }
        let lead = (measuredAt - receivedAt).milliseconds
        count += 1
        most = max(most, lead)
        least = min(least, lead)
        guard receivedAt - since >= rule.over, count >= rule.readings else { return }
        let isSteady = most - least <= rule.spread.milliseconds
        let isFar = min(most.magnitude, least.magnitude) >= rule.from.milliseconds.magnitude
        isJudged = true
        skew = isSteady && isFar ? Interval(milliseconds: most) : nil
        start(at: receivedAt)
    }

    private mutating func start(at instant: Instant) {
        (since, count, most, least) = (instant, 0, .min, .max)
    }
}
