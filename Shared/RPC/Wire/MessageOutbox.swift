import NIOCore

/// What a stream has to send: framed messages in one buffer.
struct MessageOutbox: Sendable {
    // Nil costs nothing, while all empty buffers count references to one and the same storage.
    private var storage: ByteBuffer?

    init() {}

    /// Begins with storage that another stream has left.
    init(storage: ByteBuffer?) {
        self.storage = storage
    }

    var count: Int { storage?.readableBytes ?? 0 }
    var isEmpty: Bool { count == 0 }
    /// Everything that was not sent.
    var bytes: ByteBuffer { storage ?? ByteBuffer() }

    /// Whether the writer must wait until the peer has taken something.
    var isFull: Bool { count > Limits.outboxHighWaterBytes }
    /// Whether a waiting writer may go on.
    var hasRoom: Bool { count <= Limits.outboxLowWaterBytes }

    /// Appends a message with its prefix; on failure nothing has changed.
    mutating func append<M: RPCMessage>(
        _ message: M, compressor: GzipCompressor?, limit: Int
    ) throws(RPCStatus) {
        try append(compressor, limit) { bytes in message.serialize(into: &bytes) }
    }

    /// Appends a message that is already serialized.
    mutating func append(
        serialized: ByteBuffer, compressor: GzipCompressor?, limit: Int
    ) throws(RPCStatus) {
        try append(compressor, limit) { bytes in bytes.writeImmutableBuffer(serialized) }
    }

    @inline(__always)
    private mutating func append(
        _ compressor: GzipCompressor?, _ limit: Int, _ serialize: (inout ByteBuffer) -> Void
    ) throws(RPCStatus) {
        var bytes = storage.take() ?? ByteBuffer()
        // Without this the buffer would keep what has long been sent and only grow.
        if bytes.readerIndex > bytes.readableBytes { bytes.discardReadBytes() }
        let start = bytes.writerIndex
        bytes.writeMultipleIntegers(UInt8(0), UInt32(0))
        serialize(&bytes)
        let plain = bytes.writerIndex - start - MessageFrame.prefixBytes
        if plain > limit {
            bytes.moveWriterIndex(to: start)
        } else {
            if let compressor { Self.compress(&bytes, last: plain, compressor) }
            let length = bytes.writerIndex - start - MessageFrame.prefixBytes
            bytes.setInteger(UInt8(compressor == nil ? 0 : 1), at: start)
            bytes.setInteger(UInt32(length), at: start + 1)
        }
        storage = consume bytes
        if plain > limit { throw Self.tooLarge(plain, limit: limit) }
    }

    /// Replaces the last bytes by what they are when compressed.
    private static func compress(
        _ bytes: inout ByteBuffer, last count: Int, _ compressor: GzipCompressor
    ) {
        var compressed = ByteBuffer()
        bytes.withUnsafeReadableBytes { all in
            compressor.compress(
                UnsafeRawBufferPointer(rebasing: all.suffix(count)), into: &compressed)
        }
        bytes.moveWriterIndex(to: bytes.writerIndex - count)
        bytes.writeBuffer(&compressed)
    }

    static func tooLarge(_ count: Int, limit: Int) -> RPCStatus {
        RPCStatus(
            .resourceExhausted,
            "A message of \(count) bytes is larger than the limit of \(limit) for sending.")
    }

    /// Moves the first bytes to the wire.
    mutating func move(_ length: Int, to wire: inout ByteBuffer) {
        _ = storage?.withUnsafeReadableBytes { all in
            wire.writeBytes(UnsafeRawBufferPointer(rebasing: all.prefix(length)))
        }
        storage?.moveReaderIndex(forwardBy: length)
        guard isEmpty, let capacity = storage?.capacity else { return }
        if capacity > Limits.idleBufferBytesMax {
            storage = nil
        } else {
            storage?.clear()
        }
    }

    mutating func discard() {
        storage = nil
    }

    /// Gives the storage away, if it is worth keeping.
    mutating func surrender() -> ByteBuffer? {
        guard var given = storage.take(), given.capacity <= Limits.spareBufferBytesMax else {
            return nil
        }
        given.clear()
        return given
    }
}
