/// Where a handler writes its responses.
package struct ResponseWriter<Response: RPCMessage>: Sendable {
    /// Sends a message; suspends while the client does not keep up, throws when the call is over.
    package func write(_ message: Response) async throws {
    }
}
