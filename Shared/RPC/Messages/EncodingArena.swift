import CMessageArena
package import NIOCore

/// Memory for the C structs of one message until it is packed; used by generated code only.
package struct EncodingArena {
    private let arena: OpaquePointer

    package init() {
        arena = hazwatch_arena_open()
    }

    /// Packs the message behind what is in `buffer`, and gives the memory back.
    package func pack(_ message: UnsafeRawPointer, into buffer: inout ByteBuffer) {
        let message = message.assumingMemoryBound(to: ProtobufCMessage.self)
        let size = protobuf_c_message_get_packed_size(message)
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { space in
            guard let start = space.baseAddress else { return 0 }
            return protobuf_c_message_pack(message, start.assumingMemoryBound(to: UInt8.self))
        }
        hazwatch_arena_close(arena)
    }

    /// Memory for anything, not yet initialized. Not generic, because generic functions of another
    /// module are slow.
    package func allocate(_ size: Int) -> UnsafeMutableRawPointer {
        hazwatch_arena_allocate(arena, size)
    }

    /// A copy of values that are the same in C.
    package func copy(_ values: UnsafeRawBufferPointer) -> UnsafeMutableRawPointer {
        let copy = allocate(values.count)
        if let start = values.baseAddress { copy.copyMemory(from: start, byteCount: values.count) }
        return copy
    }

    /// A NUL-terminated copy; a NUL inside becomes U+FFFD, because protobuf-c cannot carry it.
    package func text(_ string: String) -> UnsafeMutablePointer<CChar> {
        var string = string
        return string.withUTF8 { utf8 in
            UnsafeRawPointer(utf8.baseAddress).map {
                hazwatch_arena_text(arena, $0.assumingMemoryBound(to: CChar.self), utf8.count)
            } ?? hazwatch_arena_text(arena, nil, 0)
        }
    }
}
