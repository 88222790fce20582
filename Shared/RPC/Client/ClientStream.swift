import CNghttp2
import DequeModule
import NIOCore
import Synchronization

/// How one call is to be made.
struct CallPlan: Sendable {
    let path: String
    let metadata: Metadata
    let compression: CallOptions.Compression
    let waitsForReady: Bool
    let deadline: NIODeadline?
    /// Whether the answer is one message, and the caller waits for the end.
    let isUnary: Bool
}

/// How a call ended, for whoever asks later.
struct CallOutcome: Sendable {
    let status: RPCStatus
    let initial: MetadataBlock?
    let trailing: MetadataBlock?
    let encoding: MessageEncoding
    /// The framed messages that were not taken, if the caller waited for the end.
    var messages: ByteBuffer
    let messageCount: Int
}

/// The client's side of one call: from the first attempt to the status.
final class ClientStream: CallStream, @unchecked Sendable {
    // Proof of Sendable: as for CallStream; touched only on the loop, but for `ended`.

    /// How the response arrives.
    private enum Response {
        case awaited
        case arriving
        case ended(RPCStatus)
    }

    let plan: CallPlan
    let client: ClientCore
    /// The one request, kept until the server has begun to answer, to be sent again if need be.
    private var replay: MessageOutbox?
    private var attempts = 0
    private var response = Response.awaited
    private var hasSentAll = false
    private var isOnWire = false
    private var initial: MetadataBlock?
    private var waitingForEnd: UnsafeContinuation<CallOutcome, Never>?
    private var waitingForHead = Deque<UnsafeContinuation<Void, Never>>()
    private var queueTimer: Scheduled<Void>?
    private let mailbox = Mutex(Mailbox())

    /// Set once, when the call has ended; read from any thread.
    let outcome = Mutex<CallOutcome?>(nil)

    init(plan: CallPlan, client: ClientCore) {
        self.plan = plan
        self.client = client
        super.init(executor: client.executor)
        deadline = plan.deadline
    }

    // MARK: Sending

    /// Gives the one request before the call starts.
    func prepare(_ request: MessageOutbox) {
        outbox = request
        replay = request
        hasSentAll = true
    }

    /// Queues a message; the call may not have started yet.
    func send<M: RPCMessage>(_ message: M, compress: Bool) throws(RPCStatus) {
        try checkWritable()
        let compressor = compress ? client.compressor : nil
        try outbox.append(
            message, compressor: compressor, limit: client.configuration.sentMessageBytesMax)
        resumeSending()
    }

    /// Takes a message from another thread; false means that the sender must wait.
    func post(_ message: ByteBuffer, compress: Bool) throws(RPCStatus) -> Bool {
        let limit = client.configuration.sentMessageBytesMax
        guard message.readableBytes <= limit else {
            throw MessageOutbox.tooLarge(message.readableBytes, limit: limit)
        }
        if let outcome = outcome.withLock({ $0 }) { throw Self.writeFailure(outcome.status) }
        let posted = mailbox.withLock { $0.post(message, compress: compress) }
        if posted.isFirst {
            executor.loop.execute { self.executor.tick { self.collectPosted() } }
        }
        return posted.hasRoom
    }

    private func collectPosted() {
        for post in mailbox.withLock({ $0.collect() }) where writeFailure == nil && !hasSentAll {
            let compressor = post.compress ? client.compressor : nil
            // Its size was checked when it was posted.
            try? outbox.append(
                serialized: post.message, compressor: compressor,
                limit: client.configuration.sentMessageBytesMax)
        }
        let isFull = outbox.isFull
        mailbox.withLock { $0.isFull = isFull }
        resumeSending()
    }

    private func checkWritable() throws(RPCStatus) {
        if let failure = writeFailure { throw failure }
        if hasSentAll { throw RPCStatus(.failedPrecondition, "The requests were finished.") }
    }

    func finishSending() {
        guard !hasSentAll else { return }
        hasSentAll = true
        resumeSending()
    }

    override var writeFailure: RPCStatus? {
        guard case .ended(let status) = response else { return nil }
        return Self.writeFailure(status)
    }

    private static func writeFailure(_ end: RPCStatus) -> RPCStatus {
        end.code == .ok ? RPCStatus(.cancelled, "The server has already answered.") : end
    }

    override func afterOutbox() -> Continuation {
        hasSentAll ? .endOfStream : .moreMayCome
    }

    /// The headers of the request are written; from here the server may have seen them.
    func wentOut() {
        isOnWire = true
    }

    // MARK: The way to a connection

    /// Begins the call; `continuation` is for a caller who waits for the end.
    func start(_ continuation: UnsafeContinuation<CallOutcome, Never>? = nil) {
        waitingForEnd = continuation
        if case .ended = response { return deliver() }
        client.place(self)
    }

    /// The call waits for a connection; its deadline is watched meanwhile.
    func queued() {
        guard let deadline, queueTimer == nil else { return }
        queueTimer = executor.loop.scheduleTask(deadline: deadline) {
            self.executor.tick { self.deadlinePassed() }
        }
    }

    /// The call is on a connection.
    func attached(to connection: ClientConnection, id: Int32) {
        self.connection = connection
        self.id = id
        attempts += 1
        queueTimer?.cancel()
        queueTimer = nil
        if let deadline { connection.watch(deadline) }
    }

    var hasEnded: Bool {
        if case .ended = response { return true }
        return false
    }

    // MARK: The response

    func headersArrived(_ head: ResponseHead, _ metadata: MetadataBlock?, isLast: Bool) {
        if head.isInformational, !isLast { return }
        replay = nil
        switch response {
        case .awaited where isLast:
            end(head.status ?? head.problem ?? Self.noStatus, trailing: metadata)
        case .awaited:
            if let problem = head.problem { return abandon(problem) }
            encoding = head.encoding ?? .identity
            initial = metadata
            response = .arriving
            while let waiting = waitingForHead.popFirst() { waiting.resume() }
        case .arriving:
            if head.isTooLarge, let problem = head.problem { return abandon(problem) }
            guard isLast else {
                return abandon(RPCStatus(.internal, "The server sent headers twice."))
            }
            end(head.status ?? Self.noStatus, trailing: metadata)
        case .ended:
            return
        }
    }

    private static let noStatus = RPCStatus(
        .unknown, "The response ended without a status; a proxy may have dropped the trailers.")

    func receive(_ bytes: UnsafeRawBufferPointer, on connection: ClientConnection) {
        guard case .arriving = response else { return connection.bytesIgnored(bytes.count) }
        do throws(RPCStatus) {
            try accept(bytes, limit: client.configuration.messageBytesMax, on: connection)
        } catch {
            return abandon(error)
        }
        if inbox.readyCount > 0, !plan.isUnary { wakeReader() }
    }

    /// The server ended the stream with data instead of trailers.
    func endedWithoutTrailers() {
        if !hasEnded { end(Self.noStatus, trailing: nil) }
    }

    override func intakeWhenEmpty() -> Intake {
        guard case .ended(let status) = response else { return .wait }
        if status.code != .ok { return .failed(status) }
        return .ended
    }

    // MARK: Ends

    /// The caller wants no more.
    func cancel() {
        guard !hasEnded else { return }
        abandon(RPCStatus(.cancelled, "The call was cancelled by its caller."))
    }

    override func deadlinePassed() {
        abandon(RPCStatus(.deadlineExceeded, "The deadline of the call has passed."))
    }

    /// Ends the call and tells the server that nobody listens.
    private func abandon(_ status: RPCStatus) {
        guard !hasEnded else { return }
        if let connection {
            connection.session.submitReset(id, HTTP2Code.cancel)
            connection.flushSoon()
        }
        outbox.discard()
        discardInbox()
        end(status, trailing: nil)
    }

    /// The stream is gone; without a status before, the code says why.
    func closed(code: UInt32) {
        let reason: RPCStatus
        if code == HTTP2Code.refusedStream {
            if tryAgain() { return }
            reason = RPCStatus(.unavailable, "The server refused the call before it began.")
        } else if code == HTTP2Code.noError {
            reason = Self.noStatus
        } else {
            reason = RPCStatus(
                StatusMapping.code(resetCode: code),
                "The server reset the call with HTTP/2 code \(code).")
        }
        detach()
        if !hasEnded { end(reason, trailing: nil) }
    }

    /// The connection is gone.
    func lost(_ reason: RPCStatus) {
        if !isOnWire, tryAgain() { return }
        detach()
        if !hasEnded { end(reason, trailing: nil) }
    }

    private func detach() {
        // What has arrived may still be read; the connection's books are closed.
        connection?.bytesTaken(held: inbox.heldBytes, ready: inbox.readyBytes)
        outbox.discard()
        connection = nil
    }

    /// Places a call again that the server says it never began.
    private func tryAgain() -> Bool {
        guard let replay, !hasEnded, attempts < Limits.transparentAttemptsMax else { return false }
        connection = nil
        id = 0
        isOnWire = false
        isDeferred = false
        outbox = replay
        client.placeSoon(self)
        return true
    }

    /// Ends the call with a status of our own, without a connection.
    func refuse(_ status: RPCStatus) {
        if !hasEnded { end(status, trailing: nil) }
    }

    private func end(_ status: RPCStatus, trailing: MetadataBlock?) {
        var status = status
        if status.code != .ok, let trailing { status.metadata = trailing.metadata }
        if status.code == .ok, inbox.hasIncompleteMessage {
            status = RPCStatus(.internal, "The response ended in the middle of a message.")
        }
        response = .ended(status)
        deadline = nil
        replay = nil
        queueTimer?.cancel()
        queueTimer = nil
        outcome.withLock {
            $0 = CallOutcome(
                status: status, initial: initial, trailing: trailing, encoding: encoding,
                messages: plan.isUnary ? inbox.bytes : ByteBuffer(),
                messageCount: inbox.readyCount)
        }
        if plan.isUnary { discardInbox() }
        while let waiting = waitingForHead.popFirst() { waiting.resume() }
        wakeAll()
        deliver()
    }

    /// The server has answered in full while we still send: it need not hear the rest.
    func stopSending(on connection: ClientConnection) {
        guard hasEnded, !hasSentAll || !outbox.isEmpty else { return }
        outbox.discard()
        connection.session.submitReset(id, HTTP2Code.noError)
        connection.flushSoon()
    }

    private func deliver() {
        guard let waiting = waitingForEnd, let outcome = outcome.withLock({ $0 }) else { return }
        waitingForEnd = nil
        waiting.resume(returning: outcome)
    }

    // MARK: Waiting for headers

    /// Waits until the headers of the response are there, or the call has ended.
    func waitForHead(_ continuation: UnsafeContinuation<Void, Never>) {
        if case .awaited = response {
            waitingForHead.append(continuation)
        } else {
            continuation.resume()
        }
    }

    /// The metadata before the first message, once the headers are there.
    func head() -> Result<Metadata, RPCStatus> {
        switch response {
        case .ended(let status) where status.code != .ok: .failure(status)
        case .awaited, .arriving, .ended: .success(initial?.metadata ?? Metadata())
        }
    }
}
