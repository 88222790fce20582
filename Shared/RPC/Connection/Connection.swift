import CNghttp2
import NIOCore

/// One HTTP/2 connection, at either end.
///
/// Overview: the channel hands it bytes, nghttp2 turns them into calls of the functions under
/// "What nghttp2 tells", and a flush at the end of the tick writes what nghttp2 has to say.
///
/// What it owns: the session, the streams, and the books of the connection's flow control.
///
/// How it moves: `open` until either side asks to close, `closing` while the rest is flushed,
/// `closed` when the channel is gone and every stream has been told.
class Connection: ChannelInboundHandler, @unchecked Sendable {
    // Proof of Sendable: everything mutable is touched only on the event loop of `executor`.
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        case open
        case closing
        case closed
    }

    final let executor: LoopExecutor
    final let session: HTTP2Session
    final let settings: ConnectionSettings
    final private(set) var phase = Phase.open
    // Unchecked as in CallStream.
    @exclusivity(unchecked) final var streams = StreamTable()
    final private(set) var context: ChannelHandlerContext?
    /// Set by who makes the channel, because TLS comes before the connection.
    final var channel: (any Channel)?

    @exclusivity(unchecked) private var wire = ByteBuffer()
    @exclusivity(unchecked) private var spareBuffers: [ByteBuffer] = []
    private var isFlushing = false
    private var isFinishing = false
    private var lingerTimer: Scheduled<Void>?
    private var willFlush = false

    /// Bytes in the inboxes of all streams, and those of them that tasks can read.
    private var heldBytes = 0
    private var readyBytes = 0
    /// Bytes for which the connection's credit is held back.
    private var owedCredit = 0

    @exclusivity(unchecked) private var keepalive: Keepalive?
    private var keepaliveTimer: Scheduled<Void>?
    private var deadlineTimer: (at: NIODeadline, task: Scheduled<Void>)?
    private var resets: ResetLimiter

    init(
        role: HTTP2Session.Role, executor: LoopExecutor, settings: ConnectionSettings
    ) throws(RPCStatus) {
        self.executor = executor
        self.settings = settings
        session = try HTTP2Session(role: role)
        resets = ResetLimiter(at: .now())
        keepalive = settings.keepalive.map {
            Keepalive(interval: $0.interval, timeout: $0.timeout)
        }
        session.setOwner(self)
    }

    // MARK: What the two ends add

    func headersBegin(_ id: Int32) {}
    /// Takes a header; false resets the stream.
    func header(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool { true }
    func headersEnd(_ stream: CallStream, isLast: Bool) {}
    func dataArrived(_ stream: CallStream, _ bytes: UnsafeRawBufferPointer, isLast: Bool) {}
    func dataEnd(_ stream: CallStream) {}
    func streamClosed(_ stream: CallStream, code: UInt32) {}
    func headersSent(_ stream: CallStream, isLast: Bool) {}
    func dataSent() {}
    func settingsArrived() {}
    func pingArrived(_ payload: UInt64, isAnswer: Bool) {}
    func goawayArrived(code: UInt32, reason: String) {}
    /// The channel is open and the session may speak.
    func started() {}
    /// The channel is gone; every stream must be told.
    func ended(_ error: (any Error)?) {}
    /// Whether the connection counts as in use for keepalive.
    var isInUse: Bool { streams.count > 0 }

    // MARK: The channel

    final func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        channel = context.channel
        if context.channel.isActive { begin() }
    }

    final func handlerRemoved(context: ChannelHandlerContext) {
        end(nil)
    }

    final func channelActive(context: ChannelHandlerContext) {
        begin()
        context.fireChannelActive()
    }

    private func begin() {
        session.submitSettings(settings.entries)
        session.setConnectionWindow(settings.connectionWindow)
        startKeepalive()
        executor.tick {
            started()
            flushSoon()
        }
    }

    final func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase == .open else { return }
        let buffer = unwrapInboundIn(data)
        keepalive?.heard()
        executor.tick { feed(buffer) }
    }

    private func feed(_ buffer: ByteBuffer) {
        let result = buffer.withUnsafeReadableBytes { bytes in
            nghttp2_session_mem_recv(
                session.raw, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
        }
        // After an error that nghttp2 cannot answer (no preface, a flood) the session is unusable.
        if result < 0 { return end(nil) }
        flushSoon()
    }

    final func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { executor.tick { flushSoon() } }
        context.fireChannelWritabilityChanged()
    }

    final func channelInactive(context: ChannelHandlerContext) {
        executor.tick { end(nil) }
        context.fireChannelInactive()
    }

    final func errorCaught(context: ChannelHandlerContext, error: any Error) {
        executor.tick { end(error) }
    }

    // MARK: Sending

    /// Has the connection flushed at the end of the tick.
    @inline(__always)
    final func flushSoon() {
        guard !willFlush, phase != .closed else { return }
        willFlush = true
        executor.flushSoon(self)
    }

    /// Writes what nghttp2 has, as far as the channel takes it.
    final func flush() {
        willFlush = false
        guard let context, phase != .closed, !isFlushing else { return }
        isFlushing = true
        while phase != .closed, context.channel.isWritable, pack() {
            context.writeAndFlush(wrapOutboundOut(wire), promise: nil)
            wire.clear()
        }
        isFlushing = false
        if wire.capacity > 2 * Limits.wireChunkBytes { wire = ByteBuffer() }
        if phase != .closed, session.isDone || phase == .closing { finish() }
    }

    /// Fills the wire with frames; false when there are none.
    private func pack() -> Bool {
        var frame: UnsafePointer<UInt8>?
        while wire.readableBytes < Limits.wireChunkBytes {
            let length = nghttp2_session_mem_send(session.raw, &frame)
            guard length > 0 else {
                if length < 0 { end(nil) }
                break
            }
            wire.writeBytes(UnsafeRawBufferPointer(start: frame, count: length))
        }
        return wire.readableBytes > 0
    }

    /// Writes a DATA frame from the outbox of its stream, without a copy in between.
    final func emit(_ stream: CallStream, header: UnsafeRawBufferPointer, length: Int) {
        wire.writeBytes(header)
        stream.outbox.move(length, to: &wire)
        stream.outboxMoved()
    }

    // MARK: Closing

    /// Flushes what there is and closes.
    final func close() {
        guard phase == .open else { return }
        phase = .closing
        flushSoon()
    }

    /// Closes once what was written is out; a peer that does not read keeps us only so long.
    private func finish() {
        guard let context, !isFinishing else { return }
        isFinishing = true
        let linger = phase == .closing ? Limits.lingerAfterErrorSeconds : Limits.lingerSeconds
        phase = .closing
        let written = executor.loop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in self.end(nil) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
        lingerTimer = executor.loop.scheduleTask(in: .seconds(linger)) {
            self.executor.tick { self.end(nil) }
        }
    }

    /// TLS has not come about; the connection ends before it began.
    final func failedBeforeStart(_ error: (any Error)?) {
        executor.tick { end(error) }
    }

    private func end(_ error: (any Error)?) {
        guard phase != .closed else { return }
        phase = .closed
        keepaliveTimer?.cancel()
        deadlineTimer?.task.cancel()
        lingerTimer?.cancel()
        ended(error)
        channel?.close(promise: nil)
        channel = nil
        context = nil
        wire = ByteBuffer()
    }
}

// MARK: Buffers

extension Connection {
    /// An outbox in the storage of a finished stream, if there is any.
    @inline(__always)
    final func makeOutbox() -> MessageOutbox {
        MessageOutbox(storage: spareBuffers.popLast())
    }

    /// Keeps the storage of a finished stream.
    @inline(__always)
    final func keep(from outbox: inout MessageOutbox) {
        if let spare = outbox.surrender(), spareBuffers.count < Limits.spareBuffersMax {
            spareBuffers.append(spare)
        }
    }
}

// MARK: Flow control

extension Connection {
    /// Gives the connection's credit on arrival, unless too much waits for tasks to read it.
    ///
    /// Incomplete messages do not count as waiting: no task can read them, so to hold back credit
    /// for them would be to wait for ever.
    final func bytesArrived(_ count: Int, ready: Int) {
        heldBytes += count
        readyBytes += ready
        if readyBytes > settings.unreadBytesMax {
            owedCredit += count
        } else {
            nghttp2_session_consume_connection(session.raw, count)
        }
    }

    /// Whether so many bytes more may be held.
    @inline(__always)
    final func mayHold(_ count: Int) -> Bool {
        heldBytes + count <= Limits.connectionHeldBytesMax
    }

    /// Pays what is owed once tasks have read.
    final func bytesTaken(held: Int, ready: Int) {
        heldBytes -= held
        readyBytes -= ready
        guard owedCredit > 0, readyBytes <= settings.unreadBytesMax / 2, phase != .closed else {
            return
        }
        nghttp2_session_consume_connection(session.raw, owedCredit)
        owedCredit = 0
        flushSoon()
    }

    /// Bytes that nobody will wait for: their credit goes back at once.
    @inline(__always)
    final func bytesIgnored(_ count: Int) {
        nghttp2_session_consume_connection(session.raw, count)
    }

    /// Lets the peer send more on a stream.
    final func creditStream(_ stream: CallStream, _ count: Int) {
        guard phase != .closed else { return }
        nghttp2_session_consume_stream(session.raw, stream.id, count)
        flushSoon()
    }
}

// MARK: Time

extension Connection {
    /// Watches a deadline; one timer serves all streams.
    final func watch(_ deadline: NIODeadline) {
        if let timer = deadlineTimer {
            guard deadline < timer.at else { return }
            timer.task.cancel()
        }
        let task = executor.loop.scheduleTask(deadline: deadline) {
            self.executor.tick { self.deadlinesPassed() }
        }
        deadlineTimer = (deadline, task)
    }

    private func deadlinesPassed() {
        deadlineTimer = nil
        let now = NIODeadline.now()
        for stream in streams.all {
            if let deadline = stream.deadline, deadline <= now {
                stream.deadline = nil
                stream.deadlinePassed()
            }
        }
        var next: NIODeadline?
        streams.forEach { stream in
            if let deadline = stream.deadline { next = min(next ?? deadline, deadline) }
        }
        if let next, phase != .closed { watch(next) }
    }

    private func startKeepalive() {
        guard let keepalive else { return }
        lookAfterPeer(at: .now() + keepalive.interval)
    }

    private func lookAfterPeer(at time: NIODeadline) {
        keepaliveTimer = executor.loop.scheduleTask(deadline: time) {
            self.executor.tick { self.keepaliveDue() }
        }
    }

    private func keepaliveDue() {
        guard phase != .closed else { return }
        let now = NIODeadline.now()
        if !isInUse { keepalive?.heard() }
        switch keepalive?.timer(at: now) {
        case .look(let time):
            lookAfterPeer(at: time)
        case .ping(let time):
            session.submitPing(ConnectionSettings.keepalivePayload)
            flushSoon()
            lookAfterPeer(at: time)
        case .giveUp:
            let silent = RPCStatus(
                .unavailable, "The peer did not answer a keepalive ping; the connection is lost.")
            end(silent)
        case nil:
            return
        }
    }

    /// Counts a reset that the peer caused, and closes when there are too many.
    final func resetCounted() {
        guard phase == .open, !resets.reset(at: .now()) else { return }
        session.submitGoaway(HTTP2Code.enhanceYourCalm, reason: "too_many_resets")
        close()
    }
}

/// What both ends of a connection are told.
struct ConnectionSettings {
    /// "keepaliv" as a number; drain pings carry another.
    static let keepalivePayload: UInt64 = 0x7669_6C61_7065_656B
    static let drainPayload: UInt64 = 0x6E69_6172_6420_6F74

    var entries: [(id: Int32, value: UInt32)]
    var connectionWindow: Int32
    var unreadBytesMax = Limits.connectionUnreadBytesMax
    var keepalive: (interval: TimeAmount, timeout: TimeAmount)?
}
