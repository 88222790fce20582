import NIOCore

/// How often a peer may have streams reset: a burst, and a rate afterwards.
struct ResetLimiter {
    private var tokens: Int
    private var refilledAt: NIODeadline
    private let burst: Int
    private let perSecond: Int

    init(
        burst: Int = Limits.streamResetBurst, perSecond: Int = Limits.streamResetsPerSecond,
        at now: NIODeadline
    ) {
        self.burst = burst
        self.perSecond = perSecond
        tokens = burst
        refilledAt = now
    }

    /// Counts a reset; false means that it was one too many.
    mutating func reset(at now: NIODeadline) -> Bool {
        let seconds = (now - refilledAt).nanoseconds / 1_000_000_000
        if seconds > 0 {
            tokens = min(burst, tokens + Int(min(seconds, Int64(burst))) * perSecond)
            refilledAt = refilledAt + .seconds(seconds)
        }
        tokens -= 1
        return tokens >= 0
    }
}
