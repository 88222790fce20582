import NIOCore

/// What a stream has to send: framed messages in one buffer.
struct MessageOutbox {
    private(set) var bytes = ByteBuffer()

    var count: Int { bytes.readableBytes }
    var isEmpty: Bool { bytes.readableBytes == 0 }

    /// Whether the writer must wait until the peer has taken something.
    var isFull: Bool { bytes.readableBytes > Limits.outboxHighWaterBytes }
    /// Whether a waiting writer may go on.
    var hasRoom: Bool { bytes.readableBytes <= Limits.outboxLowWaterBytes }

    /// Appends a message with its prefix; on failure nothing has changed.
    mutating func append<M: RPCMessage>(
        _ message: M, compressor: GzipCompressor?, limit: Int
    ) throws(RPCStatus) {
        makeRoom()
        let start = bytes.writerIndex
        bytes.writeMultipleIntegers(UInt8(0), UInt32(0))
        message.serialize(into: &bytes)
        try close(from: start, compressor: compressor, limit: limit)
    }

    /// Appends a message that is already serialized.
    mutating func append(
        serialized: ByteBuffer, compressor: GzipCompressor?, limit: Int
    ) throws(RPCStatus) {
        makeRoom()
        let start = bytes.writerIndex
        bytes.writeMultipleIntegers(UInt8(0), UInt32(0))
        bytes.writeImmutableBuffer(serialized)
        try close(from: start, compressor: compressor, limit: limit)
    }

    /// Writes the prefix of the message that begins at `start`, compressing it first if asked.
    private mutating func close(
        from start: Int, compressor: GzipCompressor?, limit: Int
    ) throws(RPCStatus) {
        let plain = bytes.writerIndex - start - MessageFrame.prefixBytes
        guard plain <= limit else {
            bytes.moveWriterIndex(to: start)
            throw Self.tooLarge(plain, limit: limit)
        }
        if let compressor {
            var compressed = ByteBuffer()
            bytes.withUnsafeReadableBytes { all in
                let message = UnsafeRawBufferPointer(rebasing: all.suffix(plain))
                compressor.compress(message, into: &compressed)
            }
            bytes.moveWriterIndex(to: start + MessageFrame.prefixBytes)
            bytes.writeBuffer(&compressed)
        }
        let length = bytes.writerIndex - start - MessageFrame.prefixBytes
        bytes.setInteger(UInt8(compressor == nil ? 0 : 1), at: start)
        bytes.setInteger(UInt32(length), at: start + 1)
    }

    static func tooLarge(_ count: Int, limit: Int) -> RPCStatus {
        RPCStatus(
            .resourceExhausted,
            "A message of \(count) bytes is larger than the limit of \(limit) for sending.")
    }

    private mutating func makeRoom() {
        // Without this the buffer would keep what has long been sent and only grow.
        if bytes.readerIndex > bytes.readableBytes { bytes.discardReadBytes() }
    }

    /// Moves the first bytes to the wire.
    mutating func move(_ length: Int, to wire: inout ByteBuffer) {
        _ = bytes.withUnsafeReadableBytes { all in
            wire.writeBytes(UnsafeRawBufferPointer(rebasing: all.prefix(length)))
        }
        bytes.moveReaderIndex(forwardBy: length)
        guard bytes.readableBytes == 0 else { return }
        if bytes.capacity > Limits.idleBufferBytesMax {
            bytes = ByteBuffer()
        } else {
            bytes.clear()
        }
    }

    mutating func discard() {
        bytes = ByteBuffer()
    }

    var hasStorage: Bool { bytes.capacity > 0 }

    /// Takes storage that another stream has left.
    mutating func adopt(_ storage: ByteBuffer) {
        bytes = storage
    }

    /// Gives the storage away, if it is worth keeping.
    mutating func surrender() -> ByteBuffer? {
        guard (1...Limits.spareBufferBytesMax).contains(bytes.capacity) else { return nil }
        var storage = ByteBuffer()
        swap(&storage, &bytes)
        storage.clear()
        return storage
    }
}
