import NIOCore

/// What a stream has received and nobody has taken yet: framed messages in one buffer.
///
/// A length is checked when its prefix arrives, so that a sender who lies about it costs nothing.
/// The inbox also does the books of the stream's flow control: bytes of complete messages are
/// credited to the sender when they are taken, bytes of an incomplete one as soon as nothing else
/// waits, because it could not be completed otherwise.
struct MessageInbox {
    private(set) var bytes = ByteBuffer()
    /// Messages that are complete.
    private(set) var readyCount = 0
    /// Bytes, from the first, that complete messages take.
    private(set) var readyBytes = 0
    /// Bytes that the sender has no credit for yet.
    private var uncredited = 0

    /// Bytes of complete and incomplete messages.
    var heldBytes: Int { bytes.readableBytes }
    /// Whether the end of the stream would cut a message short.
    var hasIncompleteMessage: Bool { bytes.readableBytes > readyBytes }

    /// Adds what has arrived; returns the bytes to credit.
    mutating func append(
        _ chunk: UnsafeRawBufferPointer, limit: Int
    ) throws(MessageFrame.Problem) -> Int {
        if bytes.readerIndex > 0, bytes.writableBytes < chunk.count {
            bytes.discardReadBytes()
        }
        bytes.writeBytes(chunk)
        uncredited += chunk.count
        try scan(limit: limit)
        return readyCount == 0 ? creditAll() : 0
    }

    /// Counts the messages that have become complete.
    private mutating func scan(limit: Int) throws(MessageFrame.Problem) {
        let available = bytes.readableBytes
        var ready = readyBytes
        var count = readyCount
        var problem: MessageFrame.Problem?
        bytes.withUnsafeReadableBytes { pointer in
            while available - ready >= MessageFrame.prefixBytes {
                do throws(MessageFrame.Problem) {
                    let prefix = try MessageFrame.prefix(pointer, at: ready, limit: limit)
                    let end = ready + MessageFrame.prefixBytes + prefix.length
                    guard end <= available else { return }
                    ready = end
                    count += 1
                } catch {
                    problem = error
                    return
                }
            }
        }
        readyBytes = ready
        readyCount = count
        if let problem { throw problem }
    }

    private mutating func creditAll() -> Int {
        defer { uncredited = 0 }
        return uncredited
    }

    /// Moves complete messages into the target, at least one; returns the bytes to credit.
    ///
    /// The target's storage is used again for what arrives next, so that a stream in steady state
    /// allocates nothing.
    mutating func take(into target: inout ByteBuffer) -> Int {
        precondition(readyCount > 0, "Only complete messages can be taken.")
        target.clear()
        if target.capacity > Limits.idleBufferBytesMax { target = ByteBuffer() }
        let fits = readyCount == 1 || readyBytes <= Limits.inboxBatchBytes
        let taken: Int
        if fits, readyBytes == bytes.readableBytes {
            taken = readyBytes
            swap(&bytes, &target)
            readyBytes = 0
            readyCount = 0
        } else {
            let cut = batch()
            taken = cut.bytes
            if var slice = bytes.readSlice(length: cut.bytes) { target.writeBuffer(&slice) }
            readyBytes -= cut.bytes
            readyCount -= cut.count
        }
        if readyCount == 0 { return creditAll() }
        let credit = min(taken, uncredited)
        uncredited -= credit
        return credit
    }

    /// How many of the first messages make a batch.
    private func batch() -> (bytes: Int, count: Int) {
        bytes.withUnsafeReadableBytes { pointer in
            var end = 0
            var count = 0
            while count < readyCount {
                let length = Int(
                    UInt32(
                        bigEndian: pointer.loadUnaligned(fromByteOffset: end + 1, as: UInt32.self)))
                let next = end + MessageFrame.prefixBytes + length
                if count > 0, next > Limits.inboxBatchBytes { break }
                end = next
                count += 1
            }
            return (end, count)
        }
    }

    /// Forgets everything.
    mutating func discard() {
        self = MessageInbox()
    }
}
