/// The maxima of this module; each can only be lowered or raised with its reason.
package enum Limits {
    /// What gRPC implementations take as the largest message unless told otherwise.
    package static let messageBytesMax = 4 << 20

    /// Messages we send: four times what a default receiver takes, as ours may take more if told.
    package static let sentMessageBytesMax = 16 << 20

    /// Streams one connection may have open; 100 is the least that RFC 9113 recommends.
    package static let concurrentStreamsMax = 128

    /// Handlers that still run after their stream was reset; twice the streams stops rapid reset.
    static let runningHandlersPerStream = 2

    /// Bytes of a header block, counted as HTTP/2 counts (name, value and 32); grpc-go takes 8 KiB.
    package static let headerListBytesMax = 16 << 10

    /// Header blocks larger than this many times the limit end the stream without an answer.
    static let headerListAbuseFactor = 4

    /// Credit of one stream: enough for 80 Mbit/s at 100 ms, little enough for many streams.
    package static let streamWindowBytes: Int32 = 1 << 20

    /// Credit of the connection, shared by its streams.
    package static let connectionWindowBytes: Int32 = 4 << 20

    /// Complete messages that wait on all streams of a connection; beyond it, connection credit
    /// is held back.
    package static let connectionUnreadBytesMax = 8 << 20

    /// Bytes held for one connection, with unfinished messages: 16 of the largest at once.
    static let connectionHeldBytesMax = 64 << 20

    /// What a stream has serialized and not sent, above which its writer waits.
    static let outboxHighWaterBytes = 64 << 10

    /// Below this a waiting writer goes on.
    static let outboxLowWaterBytes = 32 << 10

    /// Capacity that an emptied buffer may keep; a larger one is given back.
    static let idleBufferBytesMax = 128 << 10

    /// Small buffers that a connection keeps from finished streams for new ones.
    static let spareBuffersMax = 64
    static let spareBufferBytesMax = 4 << 10

    /// Bytes written to the socket at once; larger writes only add latency for other connections.
    static let wireChunkBytes = 128 << 10

    /// Bytes that may wait in the channel before HTTP/2 frames are held back.
    static let channelHighWaterBytes = 128 << 10
    static let channelLowWaterBytes = 64 << 10

    /// Messages that a reader takes at once, so that a hop between threads is paid once for many.
    static let inboxBatchBytes = 64 << 10

    /// Resets that a client may cause at once, and per second later on (as nghttp2 defaults).
    static let streamResetBurst = 1_000
    static let streamResetsPerSecond = 33

    /// Pings that come too early before a connection is closed (gRPC keepalive, proposal A8).
    static let pingStrikesMax = 2

    /// A connection that has not sent the HTTP/2 preface by then is closed.
    package static let prefaceSeconds: Int64 = 10

    /// Connections of one server; each costs some 20 KiB before its first call.
    package static let connectionsMax = 20_000

    /// How long a finished connection waits for the peer to read the rest.
    static let lingerSeconds: Int64 = 30

    /// The same for a connection that ends because of the peer's mistakes.
    static let lingerAfterErrorSeconds: Int64 = 2

    /// The longest wait that is counted in nanoseconds: 73 years, far from overflow.
    static let waitNanosecondsMax = Int64.max / 4

    /// Jobs run in one go before other work of the event loop has its turn.
    static let jobsPerTick = 4_096

    /// How long a tick may go on with what its own flushes have woken; otherwise one stream could
    /// hold up a reset and every other connection.
    static let tickMicroseconds: Int64 = 500

    /// The pause before a tick that was too long goes on, when there is no descriptor for a bell;
    /// long enough to be still ahead when the loop asks for what is due.
    static let tickPauseMicroseconds: Int64 = 1_000

    /// Calls that may wait for a connection; more fail at once.
    static let waitingCallsMax = 10_000

    /// Bytes of a percent-encoded status message; a longer one is cut, or trailers would not fit.
    static let statusMessageBytesMax = 4_096

    /// Bytes of encoded status details; larger ones are dropped, or trailers would not fit.
    static let statusDetailsBytesMax = 8 << 10

    /// Health watchers of one server.
    static let healthWatchersMax = 1_024

    /// Attempts of a call that the server says it never began.
    static let transparentAttemptsMax = 3
}
