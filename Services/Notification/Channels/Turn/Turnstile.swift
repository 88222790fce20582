package import Domain
package import NIOCore
import Synchronization

/// Lets callers through one by one as a `WaitingRoom` says, on the real clock.
package final class Turnstile: Sendable {
    private struct Waiter {
        var continuation: CheckedContinuation<Bool, Never>
        /// Ends the wait when patience is over.
        var patience: Task<Void, Never>?

        func resume(_ isThrough: Bool) {
            patience?.cancel()
            continuation.resume(returning: isThrough)
        }
    }

    private struct State {
        var room: WaitingRoom
        var waiters: [WaitingRoom.Place: Waiter] = [:]
        /// When the timer that is set goes off.
        var timerAt: NIODeadline?
    }

    private let state: Mutex<State>

    package init(_ pace: WaitingRoom.Pace) {
        state = Mutex(State(room: WaitingRoom(pace)))
    }

    /// A place that is kept over several passes, so that who is sent back has not lost their turn.
    package func arrive() -> WaitingRoom.Place { state.withLock { $0.room.arrive() } }

    /// Runs `body` when its turn has come; nil if it has not within `patience`.
    ///
    /// `body` says beside its answer whether the provider found it too fast. Throws only what
    /// `body` throws, or if the task is cancelled while it waits.
    package func pass<Answer: Sendable>(
        _ level: WarningLevel, _ place: WaitingRoom.Place, patience: TimeAmount,
        _ body: @Sendable () async throws -> (answer: Answer, isThrottled: Bool)
    ) async throws -> Answer? {
        guard try await enter(level, place, patience) else { return nil }
        do {
            let (answer, isThrottled) = try await body()
            leave(isThrottled: isThrottled)
            return answer
        } catch {
            leave(isThrottled: false)
            throw error
        }
    }

    private func enter(
        _ level: WarningLevel, _ place: WaitingRoom.Place, _ patience: TimeAmount
    ) async throws -> Bool {
        let isThrough = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if Task.isCancelled { return true }
                    state.room.enter(level, place)
                    state.waiters[place] = Waiter(continuation: continuation)
                    return false
                }
                if isCancelled { return continuation.resume(returning: false) }
                pump()
                setPatience(patience, of: place)
            }
        } onCancel: {
            giveUp(place)
        }
        if !isThrough { try Task.checkCancellation() }
        return isThrough
    }

    /// Lets those go whose turn it is.
    private func pump() {
        let waiters = state.withLock { state in
            let now = NIODeadline.now()
            let gone = state.room.next(at: now)
            if let due = state.room.nextDue, state.timerAt.map({ due < $0 }) ?? true {
                state.timerAt = due
                pump(after: due - now, timer: due)
            }
            return gone.compactMap { state.waiters.removeValue(forKey: $0) }
        }
        for waiter in waiters { waiter.resume(true) }
    }

    private func pump(after wait: TimeAmount, timer: NIODeadline) {
        Task { [weak self] in
            // The pace of a provider is reckoned in its own time, which is real.
            try? await Task.sleep(for: .nanoseconds(max(wait.nanoseconds, 0)))
            self?.state.withLock { if $0.timerAt == timer { $0.timerAt = nil } }
            self?.pump()
        }
    }

    private func setPatience(_ patience: TimeAmount, of place: WaitingRoom.Place) {
        state.withLock { state in
            guard state.waiters[place] != nil else { return }
            state.waiters[place]?.patience = Task { [weak self] in
                // How long a caller waits is their real time.
                try? await Task.sleep(for: .nanoseconds(patience.nanoseconds))
                if !Task.isCancelled { self?.giveUp(place) }
            }
        }
    }

    private func giveUp(_ place: WaitingRoom.Place) {
        let waiter = state.withLock { state in
            let waiter = state.waiters.removeValue(forKey: place)
            if waiter != nil { state.room.giveUp(place) }
            return waiter
        }
        waiter?.resume(false)
    }

    private func leave(isThrottled: Bool) {
        state.withLock { $0.room.leave(isThrottled: isThrottled, at: .now()) }
        pump()
    }
}
