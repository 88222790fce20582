/// Stands where no channel is set, and says what to set.
package struct UnsetChannel: MessageChannel {
    package let name: String
    private let advice: String

    /// `advice` such as `set sms-via of notification`.
    package init(_ name: String, advice: String) {
        (self.name, self.advice) = (name, advice)
    }

    package func handOver(_ message: OutgoingMessage) async throws -> HandOverOutcome {
        .refused("No channel `\(name)` is configured, so nobody can be told over it; \(advice).")
    }

    /// Waits for the end, as the others do.
    package func run() async throws { await untilCancelled() }
}
