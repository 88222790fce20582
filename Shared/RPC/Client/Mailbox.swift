import NIOCore

/// Messages on their way from other threads to the loop.
///
/// A sender that is not on the loop leaves its messages here and goes on, so that it pays for a
/// change of threads once for many messages instead of once for each.
struct Mailbox {
    struct Post {
        let message: ByteBuffer
        let compress: Bool
    }

    private var posts: [Post] = []
    private var bytes = 0
    /// What the loop said of the outbox when it collected last.
    var isFull = false

    /// Adds a message; `isFirst` asks for collection, `hasRoom` lets the sender go on.
    mutating func post(_ message: ByteBuffer, compress: Bool) -> (isFirst: Bool, hasRoom: Bool) {
        posts.append(Post(message: message, compress: compress))
        bytes += message.readableBytes + MessageFrame.prefixBytes
        return (posts.count == 1, !isFull && bytes <= Limits.outboxHighWaterBytes)
    }

    mutating func collect() -> [Post] {
        defer {
            posts = []
            bytes = 0
        }
        return posts
    }
}
