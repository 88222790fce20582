/// A way to reach people: one gateway, one mail server, one kind of robot.
package protocol MessageChannel: Sendable {
    /// Such as `sms`; stays the same over restarts and settings.
    var name: String { get }

    /// Tries once; may wait for its turn, for a connection and for the answer, each within limits.
    ///
    /// Throws only if the task is cancelled before the message went out. Whether and when there is
    /// another attempt is the caller's decision.
    func handOver(_ message: OutgoingMessage) async throws -> HandOverOutcome

    /// Keeps its connections; returns when the task is cancelled, with what it had open closed.
    func run() async throws
}
