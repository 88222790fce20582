import Synchronization

/// What `grpc.health.v1` answers: the state of the server and of each of its services.
package final class HealthBoard: Sendable {
    package enum State: Sendable, Equatable {
        case serving
        case notServing
    }

    fileprivate struct Content {
        var states: [String: State]
        var watchers: [Int: (service: String, tell: AsyncStream<State?>.Continuation)] = [:]
        var nextWatcher = 0
    }

    private let content: Mutex<Content>

    init(services: [String]) {
        var states: [String: State] = ["": .serving]
        for service in services { states[service] = .serving }
        content = Mutex(Content(states: states))
    }

    /// Sets the state of a service; the empty name is the server as a whole.
    package func set(_ state: State, service: String = "") {
        content.withLock { $0.set(state, service) }
    }

    /// Sets the state of the server and of every service.
    package func setAll(_ state: State) {
        content.withLock { content in
            for service in content.states.keys.sorted() { content.set(state, service) }
        }
    }

    /// The state of a service, or nil for one that is not known.
    package func state(of service: String) -> State? {
        content.withLock { $0.states[service] }
    }

    /// The state now and after each change; nil while the service is not known.
    func watch(_ service: String) throws(RPCStatus) -> AsyncStream<State?> {
        // Only the newest state matters to a watcher that is slow.
        let (stream, tell) = AsyncStream.makeStream(
            of: State?.self, bufferingPolicy: .bufferingNewest(1))
        let number: Int? = content.withLock { content in
            guard content.watchers.count < Limits.healthWatchersMax else { return nil }
            let number = content.nextWatcher
            content.nextWatcher += 1
            content.watchers[number] = (service, tell)
            tell.yield(content.states[service])
            return number
        }
        guard let number else {
            throw RPCStatus(.resourceExhausted, "Too many clients watch the health of this server.")
        }
        tell.onTermination = { [self] _ in
            content.withLock { $0.watchers[number] = nil }
        }
        return stream
    }
}

extension HealthBoard.Content {
    fileprivate mutating func set(_ state: HealthBoard.State, _ service: String) {
        guard states[service] != state else { return }
        states[service] = state
        for watcher in watchers.values where watcher.service == service {
            watcher.tell.yield(state)
        }
    }
}
