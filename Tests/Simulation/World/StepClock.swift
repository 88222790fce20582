import Domain
import Runtime
import Synchronization

/// A clock that somebody sets now and then, beside one that nobody sets.
final class StepClock: TimeSource {
    private struct Hands {
        var steady: Instant
        var offset = Interval(milliseconds: 0)
        var offsetMax = Interval(milliseconds: 0)
    }

    private let hands: Mutex<Hands>

    init(_ start: Instant) { hands = Mutex(Hands(steady: start)) }

    func now() -> Instant { hands.withLock { $0.steady + $0.offset } }

    /// The time that it really is, which no service can know.
    var trueNow: Instant { hands.withLock { $0.steady } }

    /// How far it is from the right time, and how far ahead it ever was.
    var offset: (now: Interval, most: Interval) { hands.withLock { ($0.offset, $0.offsetMax) } }

    func steady() -> Interval? {
        hands.withLock { Interval(milliseconds: $0.steady.unixMilliseconds) }
    }

    /// Time passes.
    func advance(to instant: Instant) { hands.withLock { $0.steady = max($0.steady, instant) } }

    /// Somebody sets the clock, so far from the right time.
    func step(to offset: Interval) {
        hands.withLock { hands in
            (hands.offset, hands.offsetMax) = (offset, max(hands.offsetMax, offset))
        }
    }

    /// A simulation moves it, and never waits for it.
    func sleep(until instant: Instant) async throws {
        preconditionFailure("A simulated shell never sleeps.")
    }
}
