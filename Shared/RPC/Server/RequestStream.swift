/// The requests of a call, in order; taking one gives the sender credit for another.
///
/// It ends when the client has sent its last message, and throws when the call is over.
/// Only one task may iterate.
package struct RequestStream<Request: RPCMessage>: AsyncSequence, Sendable {
    package typealias Element = Request
    package typealias Failure = any Error

    package struct AsyncIterator: AsyncIteratorProtocol {
        package mutating func next() async throws -> Request? {
            try await next(isolation: nil)
        }

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws -> Request? {
            nil
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator()
    }
}
