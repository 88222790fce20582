package import Domain
import Synchronization

/// The time of an engine: that of its clock, and never back.
///
/// A clock that was ahead and has been put right is behind what was decided meanwhile. Time then
/// goes on from there by a clock that nobody sets, so that deadlines keep their distance, and loses
/// one second in 60 until the clock has caught up. A simulated clock stands still instead.
package final class ForwardTime: TimeSource {
    /// A minute is a second longer while the clock catches up: no deadline is missed by more, and
    /// a clock that was half a minute ahead is forgotten within half an hour.
    private static let catchUpOneIn: Int64 = 60

    /// The last instant that came from the clock or the store, and when that was.
    private struct Anchor {
        var instant: Instant
        var steady: Interval?
    }

    private let clock: any TimeSource
    private let anchor: Mutex<Anchor>

    /// `last` is what was decided last, maybe by an earlier process.
    package init(_ clock: any TimeSource, last: Instant) {
        self.clock = clock
        anchor = Mutex(Anchor(instant: last, steady: clock.steady()))
    }

    package func now() -> Instant { read().now }

    /// How far the clock is behind; 0 unless it was set back.
    var lag: Interval {
        let read = read()
        return read.now - read.clock
    }

    private func read() -> (now: Instant, clock: Instant) {
        anchor.withLock { anchor in
            let (shown, steady) = (clock.now(), clock.steady())
            var passed: Int64 = 0
            if let steady, let before = anchor.steady {
                passed = max(steady.milliseconds - before.milliseconds, 0)
            }
            let slowly = passed - passed / Self.catchUpOneIn
            let goneOn = anchor.instant + Interval(milliseconds: slowly)
            if shown < goneOn { return (goneOn, shown) }
            anchor = Anchor(instant: shown, steady: steady)
            return (shown, shown)
        }
    }

    package func steady() -> Interval? { clock.steady() }

    package func sleep(until instant: Instant) async throws {
        if clock.steady() == nil { return try await clock.sleep(until: instant) }
        try await SystemTime.sleep(until: instant) { now() }
    }
}
