/// How the request of a call arrives; the server's view.
struct RequestMachine: Equatable {
    enum State: Equatable {
        /// Headers are awaited.
        case idle
        /// Messages may arrive.
        case open
        /// Nobody reads any more, though the client may still send.
        case ignored
        /// The client has sent its last byte.
        case ended
        /// The stream is gone.
        case gone
    }

    private(set) var state = State.idle

    mutating func headersArrived(isLast: Bool) {
        if state == .idle { state = isLast ? .ended : .open }
    }

    /// The last byte has arrived; true if somebody still wants to know.
    mutating func end() -> Bool {
        switch state {
        case .open:
            state = .ended
            return true
        case .ignored:
            state = .ended
            return false
        case .idle, .ended, .gone:
            return false
        }
    }

    /// The call is answered or refused: what still comes is ignored.
    mutating func ignore() {
        if state == .open { state = .ignored }
    }

    mutating func close() {
        state = .gone
    }

    var isOpen: Bool { state == .open }
    /// Whether the client must be told to stop sending, once it has the status.
    var mustBeStopped: Bool { state == .open || state == .ignored }
}

/// How the answer of a call goes out; each step happens at most once.
struct ResponseMachine {
    enum State: Equatable {
        /// Nothing has been sent.
        case idle
        /// The headers are submitted, messages follow.
        case open
        /// The status is known; messages that were written go before it.
        case ending(RPCStatus)
        /// The trailers are submitted.
        case ended
        /// The stream is gone.
        case reset
    }

    enum Write: Equatable {
        case headersFirst
        case goOn
        case refused
    }

    enum Finish: Equatable {
        /// Headers, what was written, trailers.
        case headersFirst
        /// One block of headers that is the status as well.
        case trailersOnly
        /// What was written, trailers.
        case afterMessages
        /// It was finished before.
        case nothing
    }

    private(set) var state = State.idle

    mutating func write() -> Write {
        switch state {
        case .idle:
            state = .open
            return .headersFirst
        case .open:
            return .goOn
        case .ending, .ended, .reset:
            return .refused
        }
    }

    mutating func finish(_ status: RPCStatus, hasMessages: Bool) -> Finish {
        switch state {
        case .idle where status.code != .ok && !hasMessages:
            state = .ended
            return .trailersOnly
        case .idle:
            state = .ending(status)
            return .headersFirst
        case .open:
            state = .ending(status)
            return .afterMessages
        case .ending, .ended, .reset:
            return .nothing
        }
    }

    /// The status to send after the last message, once.
    mutating func takeTrailers() -> RPCStatus? {
        guard case .ending(let status) = state else { return nil }
        state = .ended
        return status
    }

    mutating func reset() {
        state = .reset
    }

    var isOver: Bool {
        switch state {
        case .idle, .open: false
        case .ending, .ended, .reset: true
        }
    }

    var isEnding: Bool {
        if case .ending = state { return true }
        return false
    }
}
