import NIOCore
import Testing

@testable import RPC

/// A message with its prefix.
func framed(_ bytes: [UInt8], flag: UInt8 = 0) -> [UInt8] {
    let length = UInt32(bytes.count)
    return [flag] + withUnsafeBytes(of: length.bigEndian) { Array($0) } + bytes
}

struct InboxTests {
    private func append(
        _ bytes: [UInt8], to inbox: inout MessageInbox, limit: Int = 1_000_000
    ) throws -> Int {
        try bytes.withUnsafeBytes { try inbox.append($0, limit: limit) }
    }

    @Test func everySplitGivesTheSameMessages() throws {
        let bytes = framed([1, 2, 3]) + framed([]) + framed([4])
        for split in 0...bytes.count {
            var inbox = MessageInbox()
            _ = try append(Array(bytes[..<split]), to: &inbox)
            _ = try append(Array(bytes[split...]), to: &inbox)
            #expect(inbox.readyCount == 3)
            #expect(!inbox.hasIncompleteMessage)
            var batch = ByteBuffer()
            _ = inbox.take(into: &batch)
            #expect(Array(batch.readableBytesView) == bytes)
        }
    }

    @Test func completeMessagesAreCreditedWhenTheyAreTaken() throws {
        var inbox = MessageInbox()
        #expect(try append(framed([1, 2, 3]), to: &inbox) == 0)
        #expect(try append(framed([4]), to: &inbox) == 0)
        var batch = ByteBuffer()
        #expect(inbox.take(into: &batch) == 14)
        #expect(inbox.heldBytes == 0)
    }

    @Test func anIncompleteMessageIsCreditedAtOnce() throws {
        var inbox = MessageInbox()
        let bytes = framed([UInt8](repeating: 9, count: 100))
        #expect(try append(Array(bytes[..<50]), to: &inbox) == 50)
        #expect(try append(Array(bytes[50...]), to: &inbox) == 0)
        var batch = ByteBuffer()
        #expect(inbox.take(into: &batch) == 55)
    }

    @Test func noByteIsCreditedTwiceOrNever() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<200 {
            var inbox = MessageInbox()
            var stream: [UInt8] = []
            for _ in 0..<Int.random(in: 1...20, using: &generator) {
                stream += framed(
                    [UInt8](repeating: 3, count: .random(in: 0...300, using: &generator)))
            }
            var credited = 0
            var taken: [UInt8] = []
            var rest = stream[...]
            while !rest.isEmpty || inbox.readyCount > 0 {
                if !rest.isEmpty, Bool.random(using: &generator) {
                    let count = min(rest.count, .random(in: 1...200, using: &generator))
                    credited += try append(Array(rest.prefix(count)), to: &inbox)
                    rest = rest.dropFirst(count)
                } else if inbox.readyCount > 0 {
                    var batch = ByteBuffer()
                    credited += inbox.take(into: &batch)
                    taken += Array(batch.readableBytesView)
                }
            }
            #expect(credited == stream.count)
            #expect(taken == stream)
        }
    }

    @Test func aBatchIsBoundedButNeverEmpty() throws {
        var inbox = MessageInbox()
        let large = framed([UInt8](repeating: 1, count: Limits.inboxBatchBytes + 1))
        _ = try append(large + framed([2]) + framed([3]), to: &inbox)
        var batch = ByteBuffer()
        _ = inbox.take(into: &batch)
        #expect(batch.readableBytes == large.count)
        #expect(inbox.readyCount == 2)
        _ = inbox.take(into: &batch)
        #expect(inbox.readyCount == 0)
    }

    @Test func aLyingLengthIsRefusedWithItsPrefix() throws {
        var inbox = MessageInbox()
        #expect(throws: MessageFrame.Problem.tooLarge(length: 4_294_967_295, limit: 1_000)) {
            try append([0, 255, 255, 255, 255], to: &inbox, limit: 1_000)
        }
        #expect(inbox.bytes.capacity < 1_000)
    }

    @Test func aLengthAtTheLimitIsTaken() throws {
        var inbox = MessageInbox()
        _ = try append(framed([UInt8](repeating: 0, count: 1_000)), to: &inbox, limit: 1_000)
        #expect(inbox.readyCount == 1)
    }

    @Test func anUnknownFlagIsRefused() throws {
        var inbox = MessageInbox()
        #expect(throws: MessageFrame.Problem.malformed(flag: 2)) {
            try append([2, 0, 0, 0, 0], to: &inbox)
        }
    }

    /// Trap 8: an inbox must not keep what was taken long ago.
    @Test func memoryFollowsWhatIsUnread() throws {
        var inbox = MessageInbox()
        var batch = ByteBuffer()
        let message = framed([UInt8](repeating: 1, count: 1_000))
        // One message always waits, so that the buffer is never empty.
        _ = try append(message, to: &inbox)
        for _ in 0..<50_000 {
            _ = try append(message, to: &inbox)
            _ = inbox.take(into: &batch)
            if inbox.readyCount == 0 { _ = try append(message, to: &inbox) }
        }
        #expect(inbox.bytes.capacity <= 64 << 10)
        #expect(batch.capacity <= 64 << 10)
    }
}

struct OutboxTests {
    @Test func messagesAreFramedInOrder() throws {
        var outbox = MessageOutbox()
        try outbox.append(Blob([1, 2]), compressor: nil, limit: 10)
        try outbox.append(Blob([]), compressor: nil, limit: 10)
        #expect(Array(outbox.bytes.readableBytesView) == framed([1, 2]) + framed([]))
    }

    @Test func aMessageTooLargeLeavesNothingBehind() throws {
        var outbox = MessageOutbox()
        try outbox.append(Blob([1]), compressor: nil, limit: 10)
        #expect(throws: RPCStatus.self) {
            try outbox.append(Blob(count: 11), compressor: nil, limit: 10)
        }
        #expect(Array(outbox.bytes.readableBytesView) == framed([1]))
    }

    @Test func compressedMessagesCarryTheFlag() throws {
        var outbox = MessageOutbox()
        let compressor = try #require(GzipCompressor())
        try outbox.append(Blob(count: 10_000), compressor: compressor, limit: 20_000)
        #expect(outbox.bytes.readableBytesView.first == 1)
        #expect(outbox.count < 200)
    }

    @Test func memoryFollowsWhatIsUnsent() throws {
        var outbox = MessageOutbox()
        var wire = ByteBuffer()
        try outbox.append(Blob(count: 900), compressor: nil, limit: 1_000)
        for _ in 0..<50_000 {
            try outbox.append(Blob(count: 900), compressor: nil, limit: 1_000)
            outbox.move(905, to: &wire)
            wire.clear()
        }
        #expect(outbox.bytes.capacity <= 16 << 10)
    }
}

/// A generator whose seed makes a failure repeatable.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
