import NIOCore

/// Whether a client pings more often than a server allows (gRPC proposals A8 and A9).
struct PingPolice {
    private let minimumInterval: TimeAmount
    private var lastPing: NIODeadline?
    private var strikes = 0

    init(minimumInterval: TimeAmount) {
        self.minimumInterval = minimumInterval
    }

    /// Counts a ping; false means that the connection should be closed.
    mutating func ping(at now: NIODeadline) -> Bool {
        defer { lastPing = now }
        guard let lastPing, now - lastPing < minimumInterval else { return true }
        strikes += 1
        return strikes <= Limits.pingStrikesMax
    }

    /// Pings beside answers measure bandwidth; they are no strikes.
    mutating func answered() {
        strikes = 0
        lastPing = nil
    }
}
