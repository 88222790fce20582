import Synchronization

/// Stands for a batch on its way to the disk, so that a stream can send on meanwhile.
package final class AppendTicket: Sendable {
    package typealias Outcome = Result<AppendOutcome, BatchLogFailure>

    private enum State {
        case open
        case awaited(CheckedContinuation<Outcome, Never>)
        case settled(Outcome)
    }

    private let state = Mutex(State.open)

    package init() {}

    /// Says what became of the batch; only the first word counts.
    package func settle(_ outcome: Outcome) {
        let waiter = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            switch state {
            case .open:
                state = .settled(outcome)
                return nil
            case .awaited(let waiter):
                state = .settled(outcome)
                return waiter
            case .settled: return nil
            }
        }
        waiter?.resume(returning: outcome)
    }

    /// Waits until the batch is on disk; only one task may wait.
    ///
    /// It ends with the next commit, so it does not heed cancellation.
    package func outcome() async throws(BatchLogFailure) -> AppendOutcome {
        let outcome = await withCheckedContinuation { continuation in
            let known = state.withLock { state -> Outcome? in
                switch state {
                case .open:
                    state = .awaited(continuation)
                    return nil
                case .settled(let outcome): return outcome
                case .awaited: preconditionFailure("A ticket has one waiter.")
                }
            }
            if let known { continuation.resume(returning: known) }
        }
        return try outcome.get()
    }
}
