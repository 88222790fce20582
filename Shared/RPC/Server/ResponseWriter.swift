/// Where a handler writes its responses.
package struct ResponseWriter<Response: RPCMessage>: Sendable {
    let call: ServerCall

    /// Sends a message; suspends while the client does not keep up, throws when the call is over.
    package func write(_ message: Response) async throws {
        let stream = call.stream
        let compress = call.compressesResponses
        if stream.executor.loop.inEventLoop {
            try stream.send(message, compress: compress)
            if !stream.outbox.isFull { return }
        } else {
            let isFull = try await stream.executor.run { () throws(RPCStatus) in
                try stream.send(message, compress: compress)
                return stream.outbox.isFull
            }
            if !isFull { return }
        }
        await stream.waitToWrite()
        try Task.checkCancellation()
    }
}
