import NIOCore

/// When to ask whether the peer is still there, and when to give it up.
///
/// Time passes only through `timer`; nothing reads a clock for each frame. So a ping goes out
/// between one and two intervals after the last sign of life.
struct Keepalive: Equatable {
    enum State: Equatable {
        case quiet
        case heard
        case asked(by: NIODeadline)
    }

    enum Action: Equatable {
        case look(at: NIODeadline)
        case ping(lookAt: NIODeadline)
        case giveUp
    }

    let interval: TimeAmount
    let timeout: TimeAmount
    private(set) var state = State.heard

    init(interval: TimeAmount, timeout: TimeAmount) {
        self.interval = interval
        self.timeout = timeout
    }

    /// Any byte of the peer is a sign of life.
    @inline(__always)
    mutating func heard() {
        state = .heard
    }

    mutating func timer(at now: NIODeadline) -> Action {
        switch state {
        case .heard:
            state = .quiet
            return .look(at: now + interval)
        case .quiet:
            state = .asked(by: now + timeout)
            return .ping(lookAt: now + timeout)
        case .asked(let limit):
            return now >= limit ? .giveUp : .look(at: limit)
        }
    }
}
