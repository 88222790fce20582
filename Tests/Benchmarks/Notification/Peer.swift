import Domain
import NotificationChannels
import Runtime
import Synchronization

/// A gateway that takes so many messages a second, and notes the order.
final class Peer: MessageChannel {
    struct Taken: Sendable {
        var level: WarningLevel
        var at: Instant
    }

    private struct State {
        var taken: [Taken] = []
        /// When the next place is free, in microseconds of the steady clock.
        var nextFree: Int64 = 0
    }

    let name = "sms"
    private let gap: Int64
    private let state = Mutex(State())
    private let clock = SystemTime()

    init(perSecond: Int) { gap = 1_000_000 / Int64(perSecond) }

    var taken: [Taken] { state.withLock { $0.taken } }

    func handOver(_ message: OutgoingMessage) async throws -> HandOverOutcome {
        let now = (clock.steady()?.milliseconds ?? 0) * 1_000
        let wait = state.withLock { state in
            state.nextFree = max(state.nextFree, now) + gap
            return state.nextFree - now
        }
        // It stands for the time that a gateway takes.
        try await Task.sleep(for: .microseconds(wait))
        let place = state.withLock { state in
            state.taken.append(Taken(level: message.level, at: clock.now()))
            return state.taken.count
        }
        return .taken(providerIDs: ["p\(place)"])
    }

    func run() async throws {
        // Nothing to keep.
    }
}
