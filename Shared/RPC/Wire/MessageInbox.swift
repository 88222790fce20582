import NIOCore

/// What a stream has received and nobody has taken yet: framed messages in one buffer.
///
/// A length is checked when its prefix arrives, so that a sender who lies about it costs nothing.
/// The inbox also does the books of the stream's flow control: bytes of complete messages are
/// credited to the sender when they are taken, bytes of an incomplete one as soon as nothing else
/// waits, because it could not be completed otherwise.
struct MessageInbox {
    // Nil costs nothing, while all empty buffers count references to one and the same storage.
    private var storage: ByteBuffer?
    /// Messages that are complete.
    private(set) var readyCount = 0
    /// Bytes, from the first, that complete messages take.
    private(set) var readyBytes = 0
    /// Bytes that the sender has no credit for yet.
    private var uncredited = 0

    /// Bytes of complete and incomplete messages.
    var heldBytes: Int { storage?.readableBytes ?? 0 }
    /// Whether the end of the stream would cut a message short.
    var hasIncompleteMessage: Bool { heldBytes > readyBytes }
    /// Everything that has arrived and was not taken.
    var bytes: ByteBuffer { storage ?? ByteBuffer() }

    /// Adds what has arrived; returns the bytes to credit.
    mutating func append(
        _ chunk: UnsafeRawBufferPointer, limit: Int
    ) throws(MessageFrame.Problem) -> Int {
        var bytes = storage.take() ?? ByteBuffer()
        if bytes.readerIndex > 0, bytes.writableBytes < chunk.count {
            bytes.discardReadBytes()
        }
        bytes.writeBytes(chunk)
        storage = consume bytes
        uncredited += chunk.count
        try scan(limit: limit)
        return readyCount == 0 ? creditAll() : 0
    }

    /// Counts the messages that have become complete.
    private mutating func scan(limit: Int) throws(MessageFrame.Problem) {
        let available = heldBytes
        var ready = readyBytes
        var count = readyCount
        var problem: MessageFrame.Problem?
        storage?.withUnsafeReadableBytes { pointer in
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
        let fits = readyCount == 1 || readyBytes <= Limits.inboxBatchBytes
        let taken: Int
        if fits, readyBytes == heldBytes {
            taken = readyBytes
            var old = ByteBuffer()
            swap(&old, &target)
            target = storage.take() ?? ByteBuffer()
            if old.capacity > 0, old.capacity <= Limits.idleBufferBytesMax {
                old.clear()
                storage = consume old
            }
            readyBytes = 0
            readyCount = 0
        } else {
            let cut = batch()
            taken = cut.bytes
            target.clear()
            if var slice = storage?.readSlice(length: cut.bytes) { target.writeBuffer(&slice) }
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
        let all = readyCount
        return storage?.withUnsafeReadableBytes { pointer in
            var end = 0
            var count = 0
            while count < all {
                let length = pointer.loadUnaligned(fromByteOffset: end + 1, as: UInt32.self)
                let next = end + MessageFrame.prefixBytes + Int(UInt32(bigEndian: length))
                if count > 0, next > Limits.inboxBatchBytes { break }
                end = next
                count += 1
            }
            return (end, count)
        } ?? (0, 0)
    }

    /// Forgets everything.
    mutating func discard() {
        self = MessageInbox()
    }
}
