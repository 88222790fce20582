/// How long to wait before trying again: doubled each time, and drawn from the upper half, so
/// that many who lost the same peer do not come back at the same moment.
package enum RetryWait {
    /// `attempt` counts from 1.
    package static func drawn(attempt: Int, from first: Duration, to longest: Duration) -> Duration
    {
        let doublings = min(max(attempt, 1) - 1, 20)
        let whole = min(first * (1 << doublings), longest)
        return whole / 2 + (whole / 2) * Double.random(in: 0...1)
    }
}
