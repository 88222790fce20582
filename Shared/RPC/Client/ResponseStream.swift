import NIOCore

/// The answers of a call, in order; taking one gives the server credit for another.
///
/// It ends after the last message of a call that went well, and throws the status of any other.
/// Only one task may iterate. The call is cancelled when nobody holds it any more.
package struct ResponseStream<Response: RPCMessage>: AsyncSequence, Sendable {
    package typealias Element = Response
    package typealias Failure = RPCStatus

    let handle: ClientHandle

    /// Waits for the metadata before the first message.
    package func initialMetadata() async throws(RPCStatus) -> Metadata {
        let stream = handle.stream
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                stream.executor.onLoop { stream.waitForHead(continuation) }
            }
        } onCancel: {
            stream.executor.onLoop { stream.cancel() }
        }
        return try await stream.executor.run { () throws(RPCStatus) in try stream.head().get() }
    }

    /// The metadata after the last message; empty until the call has ended.
    package var trailingMetadata: Metadata {
        handle.stream.outcome.withLock { $0?.trailing }?.metadata ?? Metadata()
    }

    /// Ends the call now.
    package func cancel() {
        let stream = handle.stream
        stream.executor.onLoop { stream.cancel() }
    }

    package struct AsyncIterator: AsyncIteratorProtocol, Sendable {
        private let handle: ClientHandle
        private var decoder: MessageDecoder

        init(handle: ClientHandle) {
            self.handle = handle
            decoder = MessageDecoder(
                encoding: .identity, limit: handle.stream.client.configuration.messageBytesMax)
        }

        package mutating func next() async throws(RPCStatus) -> Response? {
            try await next(isolation: nil)
        }

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(RPCStatus) -> Response? {
            let stream = handle.stream
            while true {
                if let message = try decoder.next(Response.self) { return message }
                switch await stream.nextBatch(&decoder.batch) {
                case .messages:
                    // Set with the headers, before the first message, and never again.
                    decoder.encoding = stream.encoding
                case .ended:
                    return nil
                case .failed(let status):
                    throw status
                case .wait:
                    throw RPCStatus(.cancelled, "The task that reads was cancelled.")
                }
            }
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(handle: handle)
    }
}
