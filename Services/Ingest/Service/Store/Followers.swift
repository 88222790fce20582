import Synchronization

/// Where the log ends, and who waits for it to grow.
final class Followers: Sendable {
    private struct State {
        var head: UInt64
        var waiters: [UInt64: Waiter] = [:]
        /// Cancelled before they began to wait.
        var cancelled: Set<UInt64> = []
        var nextTicket: UInt64 = 0
    }

    private struct Waiter {
        var position: UInt64
        var continuation: CheckedContinuation<Bool, Never>
    }

    private let state: Mutex<State>

    init(head: UInt64) { state = Mutex(State(head: head)) }

    var head: UInt64 { state.withLock(\.head) }

    /// Moves the head and wakes those who waited for it.
    func advance(to head: UInt64) {
        let woken = state.withLock { state in
            state.head = head
            let due = state.waiters.filter { $0.value.position < head }
            for ticket in due.keys { state.waiters[ticket] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume(returning: true) }
    }

    func wait(beyond position: UInt64) async throws(CancellationError) {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        let isGrown = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if state.cancelled.remove(ticket) != nil { return false }
                    if state.head > position { return true }
                    state.waiters[ticket] = Waiter(position: position, continuation: continuation)
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                let waiter = state.waiters.removeValue(forKey: ticket)
                if waiter == nil { state.cancelled.insert(ticket) }
                return waiter
            }
            waiter?.continuation.resume(returning: false)
        }
        // A cancel that came after the wake left its mark; nobody will wait under it again.
        state.withLock { _ = $0.cancelled.remove(ticket) }
        if !isGrown { throw CancellationError() }
    }
}
