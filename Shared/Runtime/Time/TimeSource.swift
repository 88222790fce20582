package import Domain
import Glibc

/// Where a service takes the time from.
package protocol TimeSource: Sendable {
    func now() -> Instant

    /// Waits until `now()` is at `instant` or later; throws only if the task is cancelled.
    func sleep(until instant: Instant) async throws
}

/// The clock of the machine.
package struct SystemTime: TimeSource {
    // A sleep is cut into pieces, so that it follows a clock that is set.
    private static let pieceMax = Interval.seconds(10)

    package init() {}

    package func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(
            unixMilliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    package func sleep(until instant: Instant) async throws {
        while true {
            let left = instant - now()
            if left <= .seconds(0) { return }
            try await Task.sleep(for: min(left, Self.pieceMax).duration)
        }
    }
}

extension Interval {
    /// The same length for Swift's clocks.
    package var duration: Duration { .milliseconds(milliseconds) }
}
