package import Domain
import Glibc

/// Where a service takes the time from.
package protocol TimeSource: Sendable {
    func now() -> Instant

    /// Time since some moment in the past, by a clock that nobody sets; nil if `now` itself is one.
    func steady() -> Interval?

    /// Waits until `now()` is at `instant` or later; throws only if the task is cancelled.
    func sleep(until instant: Instant) async throws
}

/// The clock of the machine.
package struct SystemTime: TimeSource {
    // A sleep is cut into pieces, so that it follows a clock that is set.
    private static let pieceMax = Interval.seconds(10)

    package init() {}

    package func now() -> Instant { Instant(unixMilliseconds: Self.milliseconds(CLOCK_REALTIME)) }

    // It goes on while the machine is suspended.
    package func steady() -> Interval? { Interval(milliseconds: Self.milliseconds(CLOCK_BOOTTIME)) }

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    package func sleep(until instant: Instant) async throws {
        try await Self.sleep(until: instant) { now() }
    }

    static func sleep(until instant: Instant, by now: () -> Instant) async throws {
        while true {
            let left = instant - now()
            if left <= .seconds(0) { return }
            try await Task.sleep(for: min(left, pieceMax).duration)
        }
    }
}

extension Interval {
    /// The same length for Swift's clocks.
    package var duration: Duration { .milliseconds(milliseconds) }
}
