/// A call under way that sends messages.
package struct ClientCall<Request: RPCMessage, Response: RPCMessage>: Sendable {
    package let responses: ResponseStream<Response>

    /// Sends a message; suspends while the server does not keep up.
    package func send(_ message: Request) async throws(RPCStatus) {
        throw RPCStatus(.unimplemented)
    }

    /// Says that no more messages follow.
    package func finish() {
    }

    /// Waits for the one answer of a client-streaming call.
    package func response() async throws(RPCStatus) -> Response {
        throw RPCStatus(.unimplemented)
    }

    /// Ends the call now; its responses end with `cancelled`.
    package func cancel() {
    }
}

/// The answers of a call, in order; taking one gives the server credit for another.
///
/// It ends after the last message of a call that went well, and throws the status of any other.
/// Only one task may iterate.
package struct ResponseStream<Response: RPCMessage>: AsyncSequence, Sendable {
    package typealias Element = Response
    package typealias Failure = RPCStatus

    /// Waits for the metadata before the first message.
    package func initialMetadata() async throws(RPCStatus) -> Metadata {
        throw RPCStatus(.unimplemented)
    }

    /// The metadata after the last message; empty until the stream has ended.
    package var trailingMetadata: Metadata { Metadata() }

    /// Ends the call now.
    package func cancel() {
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        package mutating func next() async throws(RPCStatus) -> Response? {
            try await next(isolation: nil)
        }

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(RPCStatus) -> Response? {
            nil
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator()
    }
}
