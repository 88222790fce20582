import DequeModule
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// The part of a client that lives on its event loop: it connects, and gives calls a connection.
final class ClientCore: @unchecked Sendable {
    // Proof of Sendable: everything mutable is touched only on `executor.loop`.
    let executor: LoopExecutor
    let configuration: ClientConfiguration
    private let addresses: [RPCAddress]
    private let logger: Logger
    private var machine: ConnectivityMachine
    private var connection: ClientConnection?
    private var attempt: (connection: ClientConnection, address: RPCAddress)?
    private var connections: [ObjectIdentifier: ClientConnection] = [:]
    private var waiting = Deque<ClientStream>()
    private var timer: Scheduled<Void>?
    private var keepaliveFactor = 1
    private var whenClosed: [UnsafeContinuation<Void, Never>] = []
    private var madeCompressor: GzipCompressor?
    private let closing = Mutex(false)
    private(set) var commonHeaders = HeaderList()

    init(
        addresses: [RPCAddress], configuration: ClientConfiguration, loop: any EventLoop,
        logger: Logger
    ) {
        self.addresses = addresses
        self.configuration = configuration
        self.logger = logger
        executor = LoopExecutor(loop: loop)
        machine = ConnectivityMachine(addressCount: addresses.count)
    }

    var compressor: GzipCompressor? {
        if madeCompressor == nil { madeCompressor = GzipCompressor() }
        return madeCompressor
    }

    // MARK: Calls

    /// Starts the call, or has it wait for a connection, or refuses it.
    func place(_ stream: ClientStream) {
        switch machine.place(waitsForReady: stream.plan.waitsForReady) {
        case .start:
            if connection?.begin(stream) == true { return }
            // It is used up, and says so only now.
            connection = nil
            machine.lost()
            place(stream)
        case .queue:
            queue(stream)
        case .connectAndQueue(let address):
            queue(stream)
            connect(to: address)
        case .refuse(let status):
            stream.refuse(status)
        }
    }

    /// Places a call from within a callback of nghttp2, which must not be entered again.
    func placeSoon(_ stream: ClientStream) {
        executor.loop.execute {
            self.executor.tick {
                if !stream.hasEnded { self.place(stream) }
            }
        }
    }

    private func queue(_ stream: ClientStream) {
        waiting.removeAll { $0.hasEnded }
        guard waiting.count < Limits.waitingCallsMax else {
            return stream.refuse(
                RPCStatus(.resourceExhausted, "Too many calls wait for a connection."))
        }
        waiting.append(stream)
        stream.queued()
    }

    private func placeWaiting() {
        var calls = Deque<ClientStream>()
        swap(&calls, &waiting)
        for call in calls where !call.hasEnded { place(call) }
    }

    // MARK: Connecting

    private func connect(to index: Int) {
        let address = addresses[index]
        let made: ClientConnection
        let tls: NIOSSLContext?
        do {
            tls = try configuration.tls.map { try NIOSSLContext(configuration: $0.context()) }
            made = try ClientConnection(client: self, keepaliveFactor: keepaliveFactor)
        } catch {
            return executor.loop.execute {
                self.executor.tick { self.attemptFailed(address, "\(error)") }
            }
        }
        attempt = (made, address)
        commonHeaders = headers(for: address)
        let timeout = TimeAmount(configuration.connectTimeout)
        timer = executor.loop.scheduleTask(in: timeout) {
            self.executor.tick { made.failedBeforeStart(ChannelError.connectTimeout(timeout)) }
        }
        let bootstrap = ClientBootstrap(group: executor.loop)
            .connectTimeout(timeout)
            .channelOption(
                .writeBufferWaterMark,
                value: .init(low: Limits.channelLowWaterBytes, high: Limits.channelHighWaterBytes)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try self.prepare(channel, made, address, tls)
                }
            }
        let result =
            switch address {
            case .hostPort(let host, let port): bootstrap.connect(host: host, port: port)
            case .unixSocket(let path): bootstrap.connect(unixDomainSocketPath: path)
            }
        result.whenFailure { error in made.failedBeforeStart(error) }
    }

    private func prepare(
        _ channel: any Channel, _ connection: ClientConnection, _ address: RPCAddress,
        _ tls: NIOSSLContext?
    ) throws {
        guard machine.state != .closed else { throw ChannelError.alreadyClosed }
        connections[ObjectIdentifier(connection)] = connection
        connection.channel = channel
        channel.closeFuture.whenComplete { _ in
            self.connections[ObjectIdentifier(connection)] = nil
            connection.failedBeforeStart(nil)
            self.tellClosed()
        }
        let pipeline = channel.pipeline.syncOperations
        guard let tls else { return try pipeline.addHandler(connection) }
        let name = configuration.tls?.serverName ?? address.nameForTLS
        try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name))
        try pipeline.addHandler(ProtocolCheck(then: connection))
    }

    private func headers(for address: RPCAddress) -> HeaderList {
        var headers = HeaderList()
        headers.add(":method", "POST")
        headers.add(":scheme", configuration.tls == nil ? "http" : "https")
        headers.add(
            ":authority",
            configuration.authority ?? configuration.tls?.serverName ?? address.authority)
        headers.add("te", "trailers")
        headers.add("content-type", "application/grpc")
        headers.add("user-agent", "hazwatch-rpc")
        headers.add("grpc-accept-encoding", "identity,gzip")
        return headers
    }

    /// The server has sent its first frame: calls may begin.
    func connected(_ made: ClientConnection) {
        guard attempt?.connection === made, machine.connected() else { return }
        timer?.cancel()
        timer = nil
        attempt = nil
        connection = made
        executor.loop.execute { self.executor.tick { self.placeWaiting() } }
    }

    /// The server wants no more calls on the connection.
    func leaving(_ connection: ClientConnection, wasTooEager: Bool) {
        if wasTooEager { keepaliveFactor = min(keepaliveFactor * 2, 64) }
        guard self.connection === connection else { return }
        self.connection = nil
        machine.lost()
    }

    func lost(_ lost: ClientConnection, wasReady: Bool, reason: RPCStatus) {
        if let attempt, attempt.connection === lost {
            self.attempt = nil
            timer?.cancel()
            timer = nil
            attemptFailed(attempt.address, reason.message)
        } else if connection === lost {
            connection = nil
            machine.lost()
        }
    }

    private func attemptFailed(_ address: RPCAddress, _ problem: String) {
        let reason = RPCStatus(.unavailable, "No connection to \(address). \(problem)")
        switch machine.attemptFailed(reason) {
        case .connect(let address):
            connect(to: address)
        case .wait(let failures, let reason):
            logger.debug("no connection", metadata: ["reason": "\(reason.message)"])
            for call in waiting where !call.plan.waitsForReady { call.refuse(reason) }
            waiting.removeAll { $0.hasEnded }
            let delay = configuration.backoff.delay(
                afterFailures: failures, chance: .random(in: -1...1))
            timer = executor.loop.scheduleTask(in: TimeAmount(delay)) {
                self.executor.tick { self.delayOver() }
            }
        case .nothing:
            return
        }
    }

    private func delayOver() {
        timer = nil
        waiting.removeAll { $0.hasEnded }
        if let address = machine.delayOver(hasWaiting: !waiting.isEmpty) { connect(to: address) }
    }

    // MARK: Closing

    /// Whether closing has begun; asked from any thread.
    var isClosed: Bool { closing.withLock { $0 } }

    /// Begins closing; false when it has begun before.
    func beginClosing() -> Bool {
        closing.withLock { isClosing in
            defer { isClosing = true }
            return !isClosing
        }
    }

    /// Ends every call and connection; `continuation` is resumed when all channels are closed.
    func close(_ continuation: UnsafeContinuation<Void, Never>?) {
        machine.close()
        timer?.cancel()
        timer = nil
        let closed = RPCStatus(.cancelled, "The client is closed.")
        for call in waiting { call.refuse(closed) }
        waiting.removeAll()
        for connection in connections.values { connection.shutdown(closed) }
        if let attempt {
            self.attempt = nil
            attempt.connection.failedBeforeStart(closed)
        }
        if let continuation { whenClosed.append(continuation) }
        tellClosed()
    }

    private func tellClosed() {
        guard connections.isEmpty else { return }
        for continuation in whenClosed { continuation.resume() }
        whenClosed = []
    }
}

extension RPCAddress {
    /// The name to ask for and to check; an address in numbers is checked as such by NIOSSL.
    fileprivate var nameForTLS: String? {
        guard case .hostPort(let host, _) = self,
            (try? SocketAddress(ipAddress: host, port: 0)) == nil
        else { return nil }
        return host
    }
}
