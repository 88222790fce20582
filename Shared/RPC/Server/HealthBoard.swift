/// What `grpc.health.v1` answers: the state of the server and of each of its services.
package final class HealthBoard: Sendable {
    package enum State: Sendable, Equatable {
        case serving
        case notServing
    }

    /// Sets the state of a service; the empty name is the server as a whole.
    package func set(_ state: State, service: String = "") {
    }
}
