import CMessageArena

/// A message as protobuf-c unpacked it, until `release()`; used by generated code only.
package struct DecodedMessage {
    /// The C struct.
    package let root: UnsafeRawPointer
    private let arena: OpaquePointer

    package init(
        _ bytes: UnsafeRawBufferPointer,
        as descriptor: UnsafeRawPointer
    ) throws(MessageDecodingError) {
        let arena = hazwatch_arena_open()
        var outcome = hazwatch_decoding_outcome()
        let message = hazwatch_arena_decode(
            arena, descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self),
            bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, &outcome)
        guard let message else {
            hazwatch_arena_close(arena)
            throw MessageDecodingError(outcome)
        }
        root = UnsafeRawPointer(message)
        self.arena = arena
    }

    /// Gives the memory back; the C struct is gone after it.
    package func release() {
        hazwatch_arena_close(arena)
    }
}

extension MessageDecodingError {
    fileprivate init(_ outcome: hazwatch_decoding_outcome) {
        let reason: Reason =
            switch outcome.result {
            case HAZWATCH_WIRE_TYPE: .wireType
            case HAZWATCH_NOT_UTF8: .notUTF8
            case HAZWATCH_NUL: .embeddedNUL
            case HAZWATCH_TOO_DEEP: .tooDeep
            case HAZWATCH_TOO_MUCH_MEMORY: .tooMuchMemory
            case HAZWATCH_SUBMESSAGE_REPEATED: .submessageRepeated
            default: .malformed
            }
        self.init(
            reason: reason,
            message: outcome.descriptor.map { String(cString: $0.pointee.name) } ?? "message",
            field: outcome.field == 0 ? nil : Int(outcome.field))
    }
}

/// A string field; protobuf-c leaves NULL where nothing was sent inside of a oneof.
package func decodedText(_ pointer: UnsafePointer<CChar>?) -> String {
    guard let pointer else { return "" }
    return String(cString: pointer)
}
