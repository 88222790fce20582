package import NIOCore

/// A message that can cross the wire; generated structs conform.
package protocol RPCMessage: Sendable {
    /// The full protobuf name, as in "hazwatch.ingest.v1.PushRequest".
    static var messageName: String { get }

    /// Decodes the message; the bytes are valid only during the call.
    init(serialized bytes: UnsafeRawBufferPointer) throws(MessageDecodingError)

    /// Appends the encoded message to the buffer, without gRPC framing.
    func serialize(into buffer: inout ByteBuffer)
}
