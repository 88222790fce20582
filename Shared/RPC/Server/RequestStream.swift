import NIOCore

/// The requests of a call, in order; taking one gives the sender credit for another.
///
/// It ends when the client has sent its last message, and throws when the call is over.
/// Only one task may iterate.
package struct RequestStream<Request: RPCMessage>: AsyncSequence, Sendable {
    package typealias Element = Request
    package typealias Failure = any Error

    let call: ServerCall

    package struct AsyncIterator: AsyncIteratorProtocol, Sendable {
        private let call: ServerCall
        private var decoder: MessageDecoder

        init(call: ServerCall) {
            self.call = call
            decoder = MessageDecoder(
                encoding: call.stream.encoding,
                limit: call.stream.shared.configuration.messageBytesMax)
        }

        package mutating func next() async throws -> Request? {
            try await next(isolation: nil)
        }

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws -> Request? {
            while true {
                if let message = try decoder.next(Request.self) {
                    if decoder.wasCompressed { call.isRequestCompressed = true }
                    return message
                }
                switch await call.stream.nextBatch(&decoder.batch) {
                case .messages: continue
                case .ended: return nil
                case .failed(let status): throw status
                case .wait: throw CancellationError()
                }
            }
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(call: call)
    }
}

extension CallStream {
    /// Waits for messages and takes them; `wait` means that the task was cancelled.
    final func nextBatch(_ batch: inout ByteBuffer) async -> Intake {
        while true {
            let intake: Intake
            if executor.loop.inEventLoop {
                intake = take(into: &batch)
            } else {
                // The storage stays here, so that nothing is shared between threads.
                (intake, batch) = await takeFromAfar()
            }
            guard case .wait = intake else { return intake }
            if Task.isCancelled { return .wait }
            await waitToRead()
        }
    }

    private final func takeFromAfar() async -> (Intake, ByteBuffer) {
        await withUnsafeContinuation { continuation in
            executor.onLoop {
                var batch = ByteBuffer()
                let intake = self.take(into: &batch)
                continuation.resume(returning: (intake, batch))
            }
        }
    }
}
