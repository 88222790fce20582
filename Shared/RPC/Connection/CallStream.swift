import CNghttp2
import NIOCore
import Synchronization

/// One HTTP/2 stream of a call, at either end: what has arrived, what is to be sent, who waits.
///
/// What it owns: the inbox, the outbox, and the continuations of tasks that wait for them. Each
/// continuation is taken out of its place before it is resumed, so it is resumed exactly once.
class CallStream: @unchecked Sendable {
    // Proof of Sendable: everything mutable is touched only on `executor.loop`. Tasks carry streams
    // about, and come back to the loop before they use them.
    // Proof of the two unowned references: the executor is kept by the server connection or the
    // client that each stream keeps; the connection is forgotten before it lets go of the stream.
    unowned(unsafe) final let executor: LoopExecutor
    unowned(unsafe) final var connection: Connection?
    final var id: Int32 = 0
    final var slot = -1
    final var deadline: NIODeadline?

    // Accesses are not checked at run time where they are frequent: no access here spans a call
    // that could lead back to the same property.
    @exclusivity(unchecked) final var inbox = MessageInbox()
    @exclusivity(unchecked) final var outbox: MessageOutbox
    /// How the peer compresses its messages.
    final var encoding = MessageEncoding.identity

    /// Whether nghttp2 waits to be told that the outbox has something again.
    final var isDeferred = false
    private var reader: UnsafeContinuation<Void, Never>?
    @exclusivity(unchecked) private var writers: [UnsafeContinuation<Void, Never>] = []

    init(executor: LoopExecutor, outbox: MessageOutbox = MessageOutbox()) {
        self.executor = executor
        self.outbox = outbox
    }

    /// What a reader finds when it asks for messages.
    enum Intake {
        case messages
        case ended
        case failed(RPCStatus)
        case wait
    }

    /// What follows when the outbox is empty.
    enum Continuation {
        case moreMayCome
        case endOfStream
        case trailers
    }

    // MARK: What the two ends decide

    /// Whether there will be more to send.
    func afterOutbox() -> Continuation { .endOfStream }

    /// Called when the last byte before the trailers is on its way.
    func submitTrailers() {}

    /// How reading goes on when no message is ready.
    func intakeWhenEmpty() -> Intake { .ended }

    /// Why writing is over, if it is.
    var writeFailure: RPCStatus? { nil }

    /// Called when the deadline has passed.
    func deadlinePassed() {}

    // MARK: Reading

    /// Takes complete messages into the buffer, if there are any.
    final func take(into batch: inout ByteBuffer) -> Intake {
        guard inbox.readyCount > 0 else { return intakeWhenEmpty() }
        let (held, ready) = (inbox.heldBytes, inbox.readyBytes)
        let credit = inbox.take(into: &batch)
        if let connection {
            connection.bytesTaken(
                held: held - inbox.heldBytes, ready: ready - inbox.readyBytes)
            if credit > 0 { connection.creditStream(self, credit) }
        }
        return .messages
    }

    /// Puts bytes that have arrived into the inbox.
    final func accept(
        _ bytes: UnsafeRawBufferPointer, limit: Int, on connection: Connection
    ) throws(RPCStatus) {
        guard connection.mayHold(bytes.count) else {
            connection.bytesIgnored(bytes.count)
            throw RPCStatus(
                .resourceExhausted, "Too many unfinished messages are held on this connection.")
        }
        let ready = inbox.readyBytes
        var credit = 0
        var problem: MessageFrame.Problem?
        do throws(MessageFrame.Problem) {
            credit = try inbox.append(bytes, limit: limit)
        } catch {
            problem = error
        }
        connection.bytesArrived(bytes.count, ready: inbox.readyBytes - ready)
        if let problem { throw problem.status }
        if credit > 0 { connection.creditStream(self, credit) }
    }

    /// Forgets what has arrived.
    final func discardInbox() {
        connection?.bytesTaken(held: inbox.heldBytes, ready: inbox.readyBytes)
        inbox.discard()
    }

    /// Suspends until something has changed for the reader, or its task is cancelled.
    final func waitToRead() async {
        await wait { stream, continuation in
            guard case .wait = stream.readiness, stream.reader == nil else { return false }
            stream.reader = continuation
            return true
        } cancelled: { stream in
            stream.wakeReader()
        }
    }

    private var readiness: Intake {
        inbox.readyCount > 0 ? .messages : intakeWhenEmpty()
    }

    final func wakeReader() {
        guard let waiting = reader else { return }
        reader = nil
        waiting.resume()
    }

    // MARK: Writing

    /// Suspends until the outbox has room, the stream is over, or the task is cancelled.
    final func waitToWrite() async {
        await wait { stream, continuation in
            guard !stream.outbox.hasRoom, stream.writeFailure == nil else { return false }
            stream.writers.append(continuation)
            return true
        } cancelled: { stream in
            stream.wakeWriters()
        }
    }

    final func wakeWriters() {
        guard !writers.isEmpty else { return }
        var waiting: [UnsafeContinuation<Void, Never>] = []
        swap(&waiting, &writers)
        for continuation in waiting { continuation.resume() }
    }

    /// Called when bytes have left the outbox.
    @inline(__always)
    final func outboxMoved() {
        if !writers.isEmpty, outbox.hasRoom { wakeWriters() }
    }

    /// Tells nghttp2 that there is something to send, exactly once after it was put off.
    final func resumeSending() {
        guard let connection else { return }
        if isDeferred {
            isDeferred = false
            nghttp2_session_resume_data(connection.session.raw, id)
        }
        connection.flushSoon()
    }

    /// Resumes everyone who waits; they find out why.
    final func wakeAll() {
        wakeReader()
        wakeWriters()
    }

    // MARK: Waiting

    /// Suspends the task if `register` keeps its continuation.
    private func wait(
        _ register: @escaping @Sendable (CallStream, UnsafeContinuation<Void, Never>) -> Bool,
        cancelled: @escaping @Sendable (CallStream) -> Void
    ) async {
        // A task may be cancelled before its continuation has reached the loop; the flag tells.
        let flag = executor.loop.inEventLoop ? nil : CancellationFlag()
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                if flag == nil, Task.isCancelled { return continuation.resume() }
                executor.onLoop {
                    if flag?.isSet == true || !register(self, continuation) {
                        continuation.resume()
                    }
                }
            }
        } onCancel: {
            flag?.set()
            executor.onLoop { cancelled(self) }
        }
    }
}

/// Tells the loop that a task was cancelled before it could wait.
private final class CancellationFlag: Sendable {
    private let state = Mutex(false)

    var isSet: Bool { state.withLock { $0 } }

    func set() {
        state.withLock { $0 = true }
    }
}

extension CallStream {
    /// Where nghttp2 asks for the next bytes of a stream.
    static func provider(_ stream: CallStream) -> nghttp2_data_provider {
        var provider = nghttp2_data_provider()
        provider.source.ptr = Unmanaged.passUnretained(stream).toOpaque()
        provider.read_callback = { session, id, buffer, length, flags, source, user in
            guard let pointer = source?.pointee.ptr, let flags else {
                return Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)
            }
            return Unmanaged<CallStream>.fromOpaque(pointer)._withUnsafeGuaranteedRef { stream in
                stream.provide(length, &flags.pointee)
            }
        }
        return provider
    }

    /// Says how much of the outbox the next frame takes, and what follows it.
    private func provide(_ room: Int, _ flags: inout UInt32) -> Int {
        let length = min(room, outbox.count)
        flags |= NGHTTP2_DATA_FLAG_NO_COPY.rawValue
        guard length == outbox.count else { return length }
        switch afterOutbox() {
        case .moreMayCome:
            guard length == 0 else { return length }
            isDeferred = true
            return Int(NGHTTP2_ERR_DEFERRED.rawValue)
        case .endOfStream:
            flags |= NGHTTP2_DATA_FLAG_EOF.rawValue
        case .trailers:
            flags |= NGHTTP2_DATA_FLAG_EOF.rawValue | NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
            submitTrailers()
        }
        return length
    }
}

extension LoopExecutor {
    /// Runs the body on the loop: now if this is the loop, else as soon as it can.
    @inline(__always)
    func onLoop(_ body: @escaping @Sendable () -> Void) {
        if loop.inEventLoop {
            body()
        } else {
            loop.execute { self.tick(body) }
        }
    }
}
