import Runtime

/// Counts changes, so that those who wait for the next one can be woken.
struct Counter: Sendable {
    private let signal = HeadSignal()

    var value: UInt64 { signal.head }

    func increase() {
        // Two who count together may count once; whoever waits is woken all the same.
        signal.advance(to: signal.head + 1)
    }

    /// Waits for the next change; false if there is none by then, or the task is cancelled.
    func wait(past seen: UInt64, within longest: Duration) async -> Bool {
        guard longest > .zero else { return false }
        if value > seen { return true }
        _ = try? await signal.news(past: seen, within: longest)
        return value > seen
    }
}
