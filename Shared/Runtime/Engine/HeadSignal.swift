import Synchronization

/// Tells readers of a growing sequence, such as a journal, how far it has come.
package final class HeadSignal: Sendable {
    private struct State {
        var head: UInt64
        var isClosed = false
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter: UInt64 = 0
    }

    private let state: Mutex<State>

    package init(head: UInt64 = 0) {
        state = Mutex(State(head: head))
    }

    package var head: UInt64 { state.withLock { $0.head } }
    package var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Tells all readers that the sequence reaches `head`.
    package func advance(to head: UInt64) {
        release { state in
            guard head > state.head else { return false }
            state.head = head
            return true
        }
    }

    /// Lets all readers go: the service is stopping.
    package func close() {
        release { state in
            state.isClosed = true
            return true
        }
    }

    private func release(_ change: (inout State) -> Bool) {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            guard change(&state) else { return [] }
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until the sequence reaches past `seq` and returns its head; nil if it was closed.
    package func head(past seq: UInt64) async throws -> UInt64? {
        while true {
            let (head, isClosed) = state.withLock { ($0.head, $0.isClosed) }
            if isClosed { return nil }
            if head > seq { return head }
            await wait(past: seq)
            try Task.checkCancellation()
        }
    }

    /// Waits until the sequence reaches past `seq`, but no longer than `longest`; false if it was
    /// closed.
    package func news(past seq: UInt64, within longest: Duration) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask { try await self.head(past: seq) != nil }
            group.addTask {
                // The longest wait of a caller at the other end, which lives in real time.
                try await Task.sleep(for: longest)
                return true
            }
            defer { group.cancelAll() }
            return try await group.next() ?? true
        }
    }

    private func wait(past seq: UInt64) async {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.head > seq || state.isClosed || Task.isCancelled { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }
}
