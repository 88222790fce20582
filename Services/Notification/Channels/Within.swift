package import Domain
import Runtime

/// What `body` returns, or nil if that takes longer than `limit`, reckoned in real time; then it is
/// cancelled.
package func within<Answer: Sendable>(
    _ limit: Interval, _ body: @escaping @Sendable () async throws -> Answer
) async throws -> Answer? {
    try await withThrowingTaskGroup(of: Answer?.self) { group in
        defer { group.cancelAll() }
        group.addTask { try await body() }
        group.addTask {
            // The world outside does not keep to a simulated clock.
            try await Task.sleep(for: limit.duration)
            return nil
        }
        return try await group.next() ?? nil
    }
}
