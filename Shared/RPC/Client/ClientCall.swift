import NIOCore

/// A call under way that sends messages.
///
/// It is cancelled when neither it nor its responses are held any more.
package struct ClientCall<Request: RPCMessage, Response: RPCMessage>: Sendable {
    let handle: ClientHandle

    package var responses: ResponseStream<Response> { ResponseStream(handle: handle) }

    /// Sends a message; suspends while the server does not keep up.
    ///
    /// Compression follows the options of the call unless said otherwise.
    package func send(_ message: Request, compress: Bool? = nil) async throws(RPCStatus) {
        let stream = handle.stream
        let compress = compress ?? true && stream.plan.compression == .gzip
        if stream.executor.loop.inEventLoop {
            try stream.send(message, compress: compress)
            if !stream.outbox.isFull { return }
        } else {
            var serialized = ByteBuffer()
            message.serialize(into: &serialized)
            if try stream.post(serialized, compress: compress) { return }
            // Comes after what was posted, as the loop keeps order.
            let isFull = try await stream.executor.run { () throws(RPCStatus) in
                stream.outbox.isFull
            }
            if !isFull { return }
        }
        await stream.waitToWrite()
        if Task.isCancelled { throw RPCStatus(.cancelled, "The task that sends was cancelled.") }
    }

    /// Says that no more messages follow.
    package func finish() {
        let stream = handle.stream
        stream.executor.onLoop { stream.finishSending() }
    }

    /// Finishes and waits for the one answer of a client-streaming call.
    package func response() async throws(RPCStatus) -> Response {
        finish()
        var iterator = responses.makeAsyncIterator()
        guard let message = try await iterator.next() else {
            throw RPCStatus(.unimplemented, "One response was expected; the server sent none.")
        }
        if try await iterator.next() != nil {
            cancel()
            throw RPCStatus(.unimplemented, "One response was expected; the server sent more.")
        }
        return message
    }

    /// Ends the call now; its responses end with `cancelled`.
    package func cancel() {
        responses.cancel()
    }
}
