import CNghttp2
import NIOCore
import Synchronization

/// The server's side of one call: from headers to trailers.
final class ServerStream: CallStream, @unchecked Sendable {
    // Proof of Sendable: as for CallStream; touched only on the loop.
    // What is not private is set before the handler begins, or is behind a lock.
    /// Kept also when the stream is gone, for as long as anybody holds the call.
    let home: ServerConnection
    private(set) var route: Route?
    private(set) var metadata: MetadataBlock?
    private(set) var callDeadline: NIODeadline?
    /// Nil until somebody sets something.
    let settings = Mutex<CallSettings?>(nil)

    private var acceptsGzip = false
    // Unchecked as in CallStream.
    @exclusivity(unchecked) private var request = RequestMachine()
    @exclusivity(unchecked) private var response = ResponseMachine()
    private var task: Task<Void, Never>?
    private var isHandlerRunning = false
    private var failure: RPCStatus?
    // Why the call ends at its deadline, where it is not the client's own.
    private var permitEnd: RPCStatus?

    var shared: ServerShared { home.shared }
    /// The connection, unless the stream is gone.
    private var server: ServerConnection? { connection == nil ? nil : home }

    init(id: Int32, on server: ServerConnection) {
        home = server
        super.init(executor: server.executor, outbox: server.makeOutbox())
        self.id = id
        connection = server
    }

    /// Changes or reads what handlers and interceptors set.
    func withSettings<R: Sendable>(_ body: (inout CallSettings) -> R) -> R {
        settings.withLock { settings in
            var made =
                settings
                ?? CallSettings(
                    compresses: shared.configuration.compressesResponses)
            defer { settings = made }
            return body(&made)
        }
    }

    // MARK: The request

    /// The headers are complete: finds the handler, or answers without one.
    func begin(
        _ head: borrowing RequestHead, metadata: MetadataBlock?, isLast: Bool,
        on server: ServerConnection
    ) {
        request.headersArrived(isLast: isLast)
        encoding = head.encoding
        acceptsGzip = head.acceptsGzip
        let route: Route
        do throws(RequestHead.Refusal) {
            route = try head.check()
        } catch {
            return refuse(error)
        }
        guard server.mayRunHandler else {
            return finish(RPCStatus(.resourceExhausted, "Too many calls run on this connection."))
        }
        if let timeout = head.timeoutNanoseconds {
            let deadline = NIODeadline.now() + .nanoseconds(min(timeout, Limits.waitNanosecondsMax))
            self.deadline = deadline
            callDeadline = deadline
            server.watch(deadline)
        }
        self.route = route
        self.metadata = metadata
        if !route.takesOneRequest {
            launch(nil)
        } else if isLast {
            finish(RPCStatus(.unimplemented, "\(route.path) takes one request; none was sent."))
        }
    }

    /// Bytes of messages have arrived.
    func receive(_ bytes: UnsafeRawBufferPointer, isLast: Bool, on server: ServerConnection) {
        guard request.isOpen else { return server.bytesIgnored(bytes.count) }
        if isLast, launchDirectly(bytes, on: server) { return }
        do throws(RPCStatus) {
            try accept(bytes, limit: shared.configuration.messageBytesMax, on: server)
        } catch {
            return fail(error)
        }
        if inbox.readyCount > 0 { wakeReader() }
    }

    /// Hands the one request to its handler without a copy, if these bytes are all of it.
    private func launchDirectly(
        _ bytes: UnsafeRawBufferPointer, on server: ServerConnection
    ) -> Bool {
        guard let route, route.takesOneRequest, inbox.heldBytes == 0, !isHandlerRunning,
            bytes.count >= MessageFrame.prefixBytes
        else { return false }
        let limit = shared.configuration.messageBytesMax
        guard let prefix = try? MessageFrame.prefix(bytes, at: 0, limit: limit),
            bytes.count == MessageFrame.prefixBytes + prefix.length
        else { return false }
        server.bytesIgnored(bytes.count)
        let message = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(MessageFrame.prefixBytes))
        launch(Route.RequestMessage(bytes: message, isCompressed: prefix.isCompressed))
        return true
    }

    /// The client has sent its last byte.
    func end() {
        guard request.end(), let route else { return }
        if inbox.hasIncompleteMessage {
            return fail(RPCStatus(.internal, "The request ended in the middle of a message."))
        }
        guard route.takesOneRequest else { return wakeReader() }
        let count = inbox.readyCount + (isHandlerRunning ? 1 : 0)
        guard count == 1 else {
            return fail(
                RPCStatus(.unimplemented, "\(route.path) takes one request; \(count) were sent."))
        }
        if !isHandlerRunning { launchFromInbox() }
    }

    private func launchFromInbox() {
        var batch = ByteBuffer()
        guard case .messages = take(into: &batch) else { return }
        batch.withUnsafeReadableBytes { bytes in
            let message = UnsafeRawBufferPointer(
                rebasing: bytes.dropFirst(MessageFrame.prefixBytes))
            launch(Route.RequestMessage(bytes: message, isCompressed: bytes[0] == 1))
        }
    }

    private func launch(_ message: Route.RequestMessage?) {
        guard let route else { return }
        do throws(RPCStatus) {
            task = try route.launch(ServerCall(stream: self), message)
            isHandlerRunning = true
            server?.handlerBegan()
        } catch {
            finish(error)
        }
    }

    override func intakeWhenEmpty() -> Intake {
        if let failure { return .failed(failure) }
        return switch request.state {
        case .idle, .open: .wait
        case .ended: .ended
        case .ignored, .gone: .failed(RPCStatus(.cancelled, "The call is over."))
        }
    }

    // MARK: The answer

    override var writeFailure: RPCStatus? {
        guard response.isOver else { return nil }
        return failure ?? RPCStatus(.cancelled, "The call is over.")
    }

    /// Puts a message into the outbox, and the headers before the first one.
    func send<M: RPCMessage>(_ message: M, compress: Bool) throws(RPCStatus) {
        try beforeMessage()
        try append(message, compress: compress)
        resumeSending()
    }

    /// Keeps the one response until the handler and its interceptors have ended.
    func hold<M: RPCMessage>(_ message: M, compress: Bool) throws(RPCStatus) {
        guard !response.isOver else { return }
        try append(message, compress: compress)
    }

    private func append<M: RPCMessage>(_ message: M, compress: Bool) throws(RPCStatus) {
        guard let server else { return }
        let compressor = compress && acceptsGzip ? server.compressor : nil
        try outbox.append(
            message, compressor: compressor,
            limit: shared.configuration.sentMessageBytesMax)
    }

    private func beforeMessage() throws(RPCStatus) {
        switch response.write() {
        case .headersFirst: submitHeaders()
        case .goOn: return
        case .refused: throw writeFailure ?? RPCStatus(.cancelled, "The call is over.")
        }
    }

    /// Sends the headers now, for a handler that wants them out before its first message.
    func sendHeaders() throws(RPCStatus) {
        try beforeMessage()
        resumeSending()
    }

    private func submitHeaders() {
        guard let server else { return }
        var provider = Self.provider(self)
        let set = settings.withLock { $0 }
        let compresses = acceptsGzip && (set?.compresses ?? shared.compressesResponses)
        if set?.initial.isEmpty ?? true, !compresses {
            let headers = StaticHeaders.answer
            nghttp2_submit_response(
                server.session.raw, id, headers.fields, headers.count, &provider)
        } else {
            var headers = HeaderList()
            headers.add(":status", "200")
            headers.add("content-type", "application/grpc")
            if compresses { headers.add("grpc-encoding", "gzip") }
            if let set { headers.add(set.initial) }
            _ = headers.withFields { fields, count in
                nghttp2_submit_response(server.session.raw, id, fields, count, &provider)
            }
        }
        server.flushSoon()
    }

    /// Ends the call with a status, unless it has ended.
    func finish(_ status: RPCStatus) {
        guard let server else { return }
        if status.code != .ok, response.state == .idle { outbox.discard() }
        switch response.finish(status, hasMessages: !outbox.isEmpty) {
        case .headersFirst:
            submitHeaders()
        case .trailersOnly:
            submitTrailersOnly(status, httpStatus: 200, on: server)
        case .afterMessages:
            resumeSending()
        case .nothing:
            return
        }
        request.ignore()
        discardInbox()
        wakeAll()
    }

    private func refuse(_ refusal: RequestHead.Refusal) {
        guard let server else { return }
        _ = response.finish(refusal.status, hasMessages: false)
        request.ignore()
        submitTrailersOnly(refusal.status, httpStatus: refusal.httpStatus, on: server)
    }

    private func submitTrailersOnly(
        _ status: RPCStatus, httpStatus: Int, on server: ServerConnection
    ) {
        var headers = HeaderList()
        headers.add(":status", String(httpStatus))
        headers.add("content-type", "application/grpc")
        if status.code == .unimplemented { headers.add("grpc-accept-encoding", "identity,gzip") }
        headers.add(status)
        _ = headers.withFields { fields, count in
            nghttp2_submit_response(server.session.raw, id, fields, count, nil)
        }
        server.flushSoon()
    }

    override func afterOutbox() -> Continuation {
        response.isEnding ? .trailers : .moreMayCome
    }

    override func submitTrailers() {
        guard let server, let status = response.takeTrailers() else { return }
        if status == .ok {
            let trailers = StaticHeaders.ok
            nghttp2_submit_trailer(server.session.raw, id, trailers.fields, trailers.count)
        } else {
            var trailers = HeaderList()
            trailers.add(status)
            _ = trailers.withFields { fields, count in
                nghttp2_submit_trailer(server.session.raw, id, fields, count)
            }
        }
    }

    /// The last headers are out: a client that still sends is told to stop, not before.
    func endSent() {
        guard request.mustBeStopped, let server else { return }
        server.session.submitReset(id, HTTP2Code.noError)
        server.flushSoon()
    }

    // MARK: Early ends

    /// Ends the call for a reason that its handler did not choose.
    private func fail(_ status: RPCStatus) {
        failure = status
        finish(status)
        task?.cancel()
        wakeAll()
    }

    override func deadlinePassed() {
        guard response.state != .ended else { return }
        let late =
            permitEnd ?? RPCStatus(.deadlineExceeded, "The deadline of the call has passed.")
        if outbox.isEmpty || response.state == .idle {
            fail(late)
        } else {
            // What is unsent may never be taken, and nobody waits for it.
            failure = late
            server?.session.submitReset(id, HTTP2Code.cancel)
            server?.flushSoon()
        }
    }

    /// Ends the call at `deadline` with `status`, unless it ends earlier.
    func endPermit(at deadline: NIODeadline, _ status: RPCStatus) {
        guard let server, deadline < self.deadline ?? .distantFuture else { return }
        (self.deadline, permitEnd) = (deadline, status)
        server.watch(deadline)
    }

    /// Tells a client whose call has no end of its own that the server is going.
    func endForDrain() {
        guard let route, isHandlerRunning, route.mayBeEndless else { return }
        fail(RPCStatus(.unavailable, "The server is shutting down; call again."))
    }

    /// The stream is gone, after its end or before.
    func closed() {
        let isEarly = !response.isOver || response.isEnding
        if isEarly, failure == nil {
            failure = RPCStatus(.cancelled, "The client cancelled the call or is gone.")
        }
        if response.state != .ended { response.reset() }
        discardInbox()
        server?.keep(from: &outbox)
        request.close()
        deadline = nil
        connection = nil
        if isHandlerRunning { task?.cancel() }
        wakeAll()
    }

    /// The handler and its interceptors have ended.
    func handlerEnded(_ status: RPCStatus) {
        isHandlerRunning = false
        task = nil
        home.handlerEnded()
        finish(status)
    }
}
