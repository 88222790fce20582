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

/// Why bytes are not the message that they should be.
package struct MessageDecodingError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Reason: Sendable, Equatable {
        /// The bytes are no protobuf of this message.
        case malformed
        /// A string field is not UTF-8 or holds a NUL.
        case invalidText(field: String)
        /// Decoding would take more memory than a message may.
        case tooLarge
    }

    package let message: String
    package let reason: Reason

    package init(message: String, reason: Reason) {
        self.message = message
        self.reason = reason
    }

    package var description: String {
        switch reason {
        case .malformed:
            "The bytes are not a valid \(message)."
        case .invalidText(let field):
            "Field \(field) of \(message) is not valid UTF-8 text."
        case .tooLarge:
            "\(message) needs more memory to decode than one message may use."
        }
    }
}
