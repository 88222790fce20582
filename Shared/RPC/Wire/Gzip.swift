import CZlib
import NIOCore
import Synchronization

/// Compresses messages; one per connection, used again for each message.
final class GzipCompressor {
    // zlib keeps a pointer to the stream, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Nil when there is no memory for the 256 KiB that zlib takes.
    init?() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let result = deflateInit2_(
            stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Appends the compressed bytes to the output.
    func compress(_ input: UnsafeRawBufferPointer, into output: inout ByteBuffer) {
        deflateReset(stream)
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        let room = Int(deflateBound(stream, UInt(input.count)))
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { target in
            stream.pointee.next_out = target.bindMemory(to: UInt8.self).baseAddress
            stream.pointee.avail_out = UInt32(target.count)
            // The bound is a promise of zlib: one call always finishes.
            let result = deflate(stream, Z_FINISH)
            precondition(result == Z_STREAM_END, "deflateBound must bound deflate.")
            return target.count - Int(stream.pointee.avail_out)
        }
        stream.pointee.next_in = nil
        stream.pointee.next_out = nil
    }
}

/// Decompresses messages, never to more than a limit.
final class GzipDecompressor: @unchecked Sendable {
    // Proof of Sendable: the stream is used only while `busy` is held.
    enum Failure: Error, Equatable {
        case malformed
        case tooLarge
    }

    private let stream: UnsafeMutablePointer<z_stream>
    private let busy = Mutex(())

    init?() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let size = Int32(MemoryLayout<z_stream>.size)
        guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, size) == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Appends the decompressed bytes to the output, at most `limit` of them.
    func decompress(
        _ input: UnsafeRawBufferPointer, limit: Int, into output: inout ByteBuffer
    ) throws(Failure) {
        try busy.withLock { _ throws(Failure) in
            try inflateAll(input, limit: limit, into: &output)
        }
    }

    private func inflateAll(
        _ input: UnsafeRawBufferPointer, limit: Int, into output: inout ByteBuffer
    ) throws(Failure) {
        inflateReset(stream)
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        defer {
            stream.pointee.next_in = nil
            stream.pointee.next_out = nil
        }
        var total = 0
        var step = min(limit + 1, max(1_024, input.count * 4))
        while true {
            var result = Z_OK
            total += output.writeWithUnsafeMutableBytes(minimumWritableBytes: step) { target in
                // One byte more than allowed tells "too large" from "just fits".
                let room = min(target.count, limit + 1 - total)
                stream.pointee.next_out = target.bindMemory(to: UInt8.self).baseAddress
                stream.pointee.avail_out = UInt32(room)
                result = inflate(stream, Z_NO_FLUSH)
                return room - Int(stream.pointee.avail_out)
            }
            if total > limit { throw .tooLarge }
            if result == Z_STREAM_END {
                guard stream.pointee.avail_in == 0 else { throw .malformed }
                return
            }
            // No progress with room left means that the input ended too early.
            guard result == Z_OK, stream.pointee.avail_out == 0 else { throw .malformed }
            step = min(limit + 1 - total, max(1_024, total))
        }
    }
}
