/// Whether a client is connected, and what it does to become so.
///
/// Overview: pick-first. Addresses are tried in order; the first that answers is used until it is
/// lost. When all have failed, the client waits, longer each time, and begins again at the first.
///
/// The odd case: a lost connection leads to `idle`, not to a new attempt, since a client without
/// calls needs no connection; the next call asks for one.
struct ConnectivityMachine: Equatable {
    enum State: Equatable {
        case idle
        case connecting(address: Int)
        case ready
        case waiting(reason: RPCStatus)
        case closed
    }

    /// What to do with a call that arrives.
    enum Placement: Equatable {
        case start
        case queue
        case connectAndQueue(address: Int)
        case refuse(RPCStatus)
    }

    enum AfterFailure: Equatable {
        case connect(address: Int)
        /// Calls that do not wait for a connection fail; the next attempt comes later.
        case wait(failures: Int, reason: RPCStatus)
        case nothing
    }

    let addressCount: Int
    private(set) var state = State.idle
    private(set) var failures = 0

    init(addressCount: Int) {
        self.addressCount = addressCount
    }

    mutating func place(waitsForReady: Bool) -> Placement {
        switch state {
        case .idle:
            guard addressCount > 0 else {
                return .refuse(RPCStatus(.unavailable, "The client was given no address."))
            }
            state = .connecting(address: 0)
            return .connectAndQueue(address: 0)
        case .connecting:
            return .queue
        case .ready:
            return .start
        case .waiting(let reason):
            return waitsForReady ? .queue : .refuse(reason)
        case .closed:
            return .refuse(RPCStatus(.cancelled, "The client is closed."))
        }
    }

    /// The server has answered; true if this is news.
    mutating func connected() -> Bool {
        guard case .connecting = state else { return false }
        state = .ready
        failures = 0
        return true
    }

    mutating func attemptFailed(_ reason: RPCStatus) -> AfterFailure {
        guard case .connecting(let address) = state else { return .nothing }
        if address + 1 < addressCount {
            state = .connecting(address: address + 1)
            return .connect(address: address + 1)
        }
        failures += 1
        state = .waiting(reason: reason)
        return .wait(failures: failures, reason: reason)
    }

    /// The delay is over; an address means that a call waits for it.
    mutating func delayOver(hasWaiting: Bool) -> Int? {
        guard case .waiting = state else { return nil }
        state = hasWaiting ? .connecting(address: 0) : .idle
        return hasWaiting ? 0 : nil
    }

    /// The connection is lost or takes no more calls.
    mutating func lost() {
        if state == .ready { state = .idle }
    }

    mutating func close() {
        state = .closed
    }
}
