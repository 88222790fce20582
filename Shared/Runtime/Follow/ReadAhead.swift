import Synchronization

/// A bounded queue between the task that reads a stream and the one that takes all that waits.
final class ReadAhead<Item: Sendable>: Sendable {
    private struct State {
        var items: [Item] = []
        var weight = 0
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

    /// Adds an item; waits while the queue is full. Only one task may put.
    func put(_ item: Item, weight: Int) async throws {
        try await waitUntil { [itemsMax, weightMax] state in
            state.isFinished || (state.items.count < itemsMax && state.weight < weightMax)
        } keep: {
            $0.reader = $1
        }
        let taker = state.withLock { state in
            state.items.append(item)
            state.weight += weight
            return state.taker.take()
        }
        taker?.resume()
    }

    /// Takes all that waits; nil once the queue is finished and empty. Only one task may take.
    func takeAll() async throws -> [Item]? {
        try await waitUntil { state in
            state.isFinished || !state.items.isEmpty
        } keep: {
            $0.taker = $1
        }
        let (items, reader) = state.withLock { state in
            defer { (state.items, state.weight) = ([], 0) }
            return (state.items, state.reader.take())
        }
        reader?.resume()
        return items.isEmpty ? nil : items
    }

    /// Says that nothing more comes.
    func finish() {
        let (reader, taker) = state.withLock { state in
            state.isFinished = true
            return (state.reader.take(), state.taker.take())
        }
        reader?.resume()
        taker?.resume()
    }

    private func waitUntil(
        _ isReady: @escaping @Sendable (State) -> Bool,
        keep: @escaping @Sendable (inout State, CheckedContinuation<Void, Never>) -> Void
    ) async throws {
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
            finish()
        }
        try Task.checkCancellation()
    }
}
