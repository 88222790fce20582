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

    /// Room for `count` values, not yet initialized.
    @inlinable
    package func make<Value>(_ type: Value.Type, _ count: Int = 1) -> UnsafeMutablePointer<Value> {
        allocate(MemoryLayout<Value>.stride * count).bindMemory(to: type, capacity: count)
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

    /// A copy of values that are the same in C.
    @inlinable
    package func list<Value: BitwiseCopyable>(_ values: [Value]) -> UnsafeMutablePointer<Value> {
        let copy = make(Value.self, values.count)
        copy.initialize(from: values, count: values.count)
        return copy
    }

    /// A list of values that must be converted one by one.
    @inlinable
    package func list<Value, Element>(
        _ values: [Value], _ convert: (Value) -> Element
    ) -> UnsafeMutablePointer<Element> {
        let copy = make(Element.self, values.count)
        for (index, value) in values.enumerated() {
            (copy + index).initialize(to: convert(value))
        }
        return copy
    }

    @usableFromInline
    package func allocate(_ size: Int) -> UnsafeMutableRawPointer {
        hazwatch_arena_allocate(arena, size)
    }
}
