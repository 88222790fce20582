import CNghttp2
import Logging
import NIOCore

/// What all connections of a server share.
final class ServerShared: Sendable {
    let configuration: ServerConfiguration
    let routes: RouteTable
    let interceptors: [any ServerInterceptor]
    let logger: Logger
    /// Beside the configuration, because it is asked for with each header.
    let headerListBytesMax: Int
    let compressesResponses: Bool

    init(
        configuration: ServerConfiguration, routes: RouteTable,
        interceptors: [any ServerInterceptor], logger: Logger
    ) {
        self.configuration = configuration
        self.routes = routes
        self.interceptors = interceptors
        self.logger = logger
        headerListBytesMax = configuration.headerListBytesMax
        compressesResponses = configuration.compressesResponses
    }
}

/// What timers hold in place of a connection, so that those of one that is gone do not keep it for
/// as long as strangers like to come and go.
///
/// A weak reference would do the same and give the connection a side table: from then on each of
/// the many retains of the busiest object of a call takes the slow way, a tenth of all CPU.
private final class TimerHold: @unchecked Sendable {
    // Proof of Sendable: touched only on the loop.
    var connection: ServerConnection?
}

/// The server's side of a connection.
final class ServerConnection: Connection, @unchecked Sendable {
    // Proof of Sendable: as for Connection; touched only on the loop.

    /// How a drain proceeds, as RFC 9113 section 6.8 describes it.
    enum Drain {
        case none
        /// The client was told that the end is near; calls on their way are still taken.
        case noticed
        /// No new calls; those that run may finish.
        case refusing
    }

    let shared: ServerShared
    private(set) var peer = RPCPeer(address: nil, certificate: nil)
    // Unchecked as in CallStream.
    @exclusivity(unchecked) private var collector = MetadataCollector()
    /// The request whose headers are arriving; blocks of headers never interleave.
    private var current: ServerStream?
    @exclusivity(unchecked) private var head = RequestHead()
    private var runningHandlers = 0
    private var drain = Drain.none
    @exclusivity(unchecked) private var pings: PingPolice
    private var hasHeardSettings = false
    private var lastUsed = NIODeadline.now()
    private var madeCompressor: GzipCompressor?
    private let onEnd: @Sendable (ServerConnection) -> Void
    /// Refers to this connection from its start to its end.
    private let hold = TimerHold()

    init(
        shared: ServerShared, executor: LoopExecutor,
        onEnd: @escaping @Sendable (ServerConnection) -> Void
    ) throws(RPCStatus) {
        let configuration = shared.configuration
        self.shared = shared
        self.onEnd = onEnd
        pings = PingPolice(minimumInterval: TimeAmount(configuration.pingIntervalMin))
        try super.init(role: .server, executor: executor, settings: configuration.settings)
    }

    var compressor: GzipCompressor? {
        if madeCompressor == nil { madeCompressor = GzipCompressor() }
        return madeCompressor
    }

    // MARK: Handlers

    /// Whether one more handler may run; resets do not make room before handlers have ended.
    var mayRunHandler: Bool {
        runningHandlers < shared.configuration.concurrentStreamsMax
            * Limits.runningHandlersPerStream
    }

    func handlerBegan() {
        runningHandlers += 1
    }

    func handlerEnded() {
        runningHandlers -= 1
    }

    // MARK: What nghttp2 tells

    /// A server's connection holds no other streams, so the cast needs no check.
    @inline(__always)
    private func own(_ stream: CallStream) -> ServerStream {
        unsafeDowncast(stream, to: ServerStream.self)
    }

    override func headersBegin(_ id: Int32) {
        if nghttp2_session_get_stream_user_data(session.raw, id) != nil {
            // Trailers of a request: gRPC defines none, and they carry nothing for us.
            current = nil
            return
        }
        let stream = ServerStream(id: id, on: self)
        streams.add(stream)
        nghttp2_session_set_stream_user_data(
            session.raw, id, Unmanaged.passUnretained(stream as CallStream).toOpaque())
        collector.begin()
        head = RequestHead()
        current = stream
    }

    override func header(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool {
        guard current != nil else { return true }
        return head.add(name, value, shared: shared, metadata: &collector)
    }

    override func headersEnd(_ stream: CallStream, isLast: Bool) {
        let stream = own(stream)
        if current === stream {
            current = nil
            stream.begin(head, metadata: collector.end(), isLast: isLast, on: self)
        } else if isLast {
            stream.end()
        }
    }

    override func dataArrived(_ stream: CallStream, _ bytes: UnsafeRawBufferPointer, isLast: Bool) {
        own(stream).receive(bytes, isLast: isLast, on: self)
    }

    override func dataEnd(_ stream: CallStream) {
        own(stream).end()
    }

    override func headersSent(_ stream: CallStream, isLast: Bool) {
        pings.answered()
        if isLast { own(stream).endSent() }
    }

    override func dataSent() {
        pings.answered()
    }

    override func streamClosed(_ stream: CallStream, code: UInt32) {
        let stream = own(stream)
        streams.remove(stream)
        if current === stream { current = nil }
        stream.closed()
        if streams.count == 0 { lastUsed = .now() }
    }

    override func settingsArrived() {
        hasHeardSettings = true
    }

    override func pingArrived(_ payload: UInt64, isAnswer: Bool) {
        if isAnswer {
            if payload == ConnectionSettings.drainPayload { refuseNewCalls() }
        } else if !pings.ping(at: .now()) {
            session.submitGoaway(HTTP2Code.enhanceYourCalm, reason: "too_many_pings")
            close()
        }
    }

    override func started() {
        peer = RPCPeer(
            address: context?.channel.remoteAddress, certificate: PeerCertificate.of(context))
        let configuration = shared.configuration
        hold.connection = self
        executor.loop.scheduleTask(in: TimeAmount(configuration.prefaceWithin)) { [hold] in
            guard let connection = hold.connection, !connection.hasHeardSettings else { return }
            connection.executor.tick { connection.close() }
        }
        if let age = configuration.connectionAgeMax {
            executor.loop.scheduleTask(in: TimeAmount(age)) { [hold] in
                guard let connection = hold.connection else { return }
                connection.executor.tick { connection.beginDrain() }
            }
        }
        if configuration.connectionIdleMax != nil { watchIdleness() }
    }

    override func ended(_ error: (any Error)?) {
        if let error {
            shared.logger.debug("connection failed", metadata: ["error": "\(error)"])
        }
        for stream in streams.all {
            streams.remove(stream)
            own(stream).closed()
        }
        // Headers may have been cut off in the middle, and the stream keeps its connection.
        current = nil
        hold.connection = nil
        onEnd(self)
    }

    // MARK: Leaving

    /// Tells the client that no more calls are wanted, and closes when the last has ended.
    func beginDrain() {
        guard phase == .open, drain == .none else { return }
        drain = .noticed
        nghttp2_submit_shutdown_notice(session.raw)
        session.submitPing(ConnectionSettings.drainPayload)
        flushSoon()
        // A client that does not answer the ping has had a round trip's time anyway.
        executor.loop.scheduleTask(in: .seconds(1)) {
            self.executor.tick { self.refuseNewCalls() }
        }
    }

    private func refuseNewCalls() {
        guard phase == .open, drain == .noticed else { return }
        drain = .refusing
        // From here nghttp2 is done, and the connection closes, when the last stream has ended.
        session.submitGoaway(HTTP2Code.noError)
        flushSoon()
    }

    /// Ends the calls that would not end by themselves.
    func endEndlessCalls() {
        for stream in streams.all { own(stream).endForDrain() }
        flushSoon()
    }

    /// Ends the connection and every call on it.
    func abort() {
        session.submitGoaway(HTTP2Code.noError, reason: "shutdown")
        close()
    }

    private func watchIdleness() {
        guard phase == .open, let limit = shared.configuration.connectionIdleMax else { return }
        let now = NIODeadline.now()
        let due = lastUsed + TimeAmount(limit)
        if streams.count == 0, now >= due { return beginDrain() }
        let next = streams.count == 0 ? due : now + TimeAmount(limit)
        executor.loop.scheduleTask(deadline: next) { [hold] in
            guard let connection = hold.connection else { return }
            connection.executor.tick { connection.watchIdleness() }
        }
    }
}
