import Synchronization

/// What is under way between the reader and the answerer of one stream, in order and bounded.
///
/// An item counts from `put` until `done`, so that the bound holds for what waits for the disk.
final class Window<Item: Sendable>: Sendable {
    private struct State {
        var items: [(item: Item, weight: Int)] = []
        /// Weights from the oldest item that is not done, taken or not.
        var underWay: [Int] = []
        var isFinished = false
        var reader: CheckedContinuation<Void, Never>?
        var taker: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let itemsMax: Int
    private let weightMax: Int

    init(itemsMax: Int, weightMax: Int) {
        (self.itemsMax, self.weightMax) = (itemsMax, weightMax)
    }

    /// Adds an item, after waiting while too much is under way. Only one task may put.
    func put(_ item: Item, weight: Int) async throws {
        try await wait { [itemsMax, weightMax] state in
            state.underWay.isEmpty
                || (state.underWay.count < itemsMax
                    && state.underWay.reduce(0, +) + weight <= weightMax)
        } keep: {
            $0.reader = $1
        }
        let taker = state.withLock { state in
            state.items.append((item, weight))
            state.underWay.append(weight)
            return state.taker.take()
        }
        taker?.resume()
    }

    /// The oldest item; nil once the window is finished and empty. Only one task may take.
    func take() async throws -> Item? {
        try await wait {
            !$0.items.isEmpty || $0.isFinished
        } keep: {
            $0.taker = $1
        }
        return state.withLock { state in
            state.items.isEmpty ? nil : state.items.removeFirst().item
        }
    }

    /// The oldest item that was taken is not under way any more.
    func done() {
        let reader = state.withLock { state in
            state.underWay.removeFirst()
            return state.reader.take()
        }
        reader?.resume()
    }

    /// Nothing more will be put.
    func finish() {
        let taker = state.withLock { state in
            state.isFinished = true
            return state.taker.take()
        }
        taker?.resume()
    }

    private func wait(
        until isReady: @Sendable (State) -> Bool,
        keep: @Sendable (inout State, CheckedContinuation<Void, Never>) -> Void
    ) async throws {
        while true {
            try Task.checkCancellation()
            if state.withLock({ isReady($0) }) { return }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isOver = state.withLock { state in
                        if isReady(state) || Task.isCancelled { return true }
                        keep(&state, continuation)
                        return false
                    }
                    if isOver { continuation.resume() }
                }
            } onCancel: {
                // Both are woken; each looks whether it is the one that was cancelled.
                let waiters = state.withLock { [$0.reader.take(), $0.taker.take()] }
                for waiter in waiters { waiter?.resume() }
            }
        }
    }
}
