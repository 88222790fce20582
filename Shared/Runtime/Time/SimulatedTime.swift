package import Domain
import Synchronization

/// A clock that stands still until it is moved: for replays and tests.
package final class SimulatedTime: TimeSource {
    private struct State {
        var now: Instant
        var sleepers: [UInt64: (until: Instant, continuation: CheckedContinuation<Void, Never>)]
        var nextSleeper: UInt64 = 0
    }

    private let state: Mutex<State>

    package init(_ start: Instant) {
        state = Mutex(State(now: start, sleepers: [:]))
    }

    package func now() -> Instant { state.withLock { $0.now } }

    /// Only `advance` moves it, and never back.
    package func steady() -> Interval? { nil }

    /// Moves the clock forward; an earlier time leaves it where it is. Returns the time.
    @discardableResult
    package func advance(to instant: Instant) -> Instant {
        let (now, woken) = state.withLock { state in
            state.now = max(state.now, instant)
            let due = state.sleepers.filter { $0.value.until <= state.now }
            for id in due.keys { state.sleepers[id] = nil }
            return (state.now, due.values.map(\.continuation))
        }
        for continuation in woken { continuation.resume() }
        return now
    }

    package func sleep(until instant: Instant) async throws {
        let id = state.withLock { state in
            state.nextSleeper += 1
            return state.nextSleeper
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.now >= instant || Task.isCancelled { return true }
                    state.sleepers[id] = (instant, continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: id) }
            sleeper?.continuation.resume()
        }
        try Task.checkCancellation()
    }
}
