import CNghttp2
import NIOCore

/// The client's side of a connection.
final class ClientConnection: Connection, @unchecked Sendable {
    // Proof of Sendable: as for Connection; touched only on the loop.
    private let client: ClientCore
    private var head = ResponseHead()
    private var collector = MetadataCollector()
    private var isReady = false
    /// Whether the server wants no more calls here.
    private(set) var isLeaving = false

    init(client: ClientCore, keepaliveFactor: Int) throws(RPCStatus) {
        self.client = client
        try super.init(
            role: .client, executor: client.executor,
            settings: client.configuration.settings(keepaliveFactor: keepaliveFactor))
    }

    /// A client's connection holds no other streams, so the cast needs no check.
    @inline(__always)
    private func own(_ stream: CallStream) -> ClientStream {
        unsafeDowncast(stream, to: ClientStream.self)
    }

    // MARK: Calls

    /// Begins a call; false when this connection takes no more.
    func begin(_ stream: ClientStream) -> Bool {
        guard phase == .open, !isLeaving,
            nghttp2_session_check_request_allowed(session.raw) != 0
        else { return false }
        var headers = client.commonHeaders
        headers.addFirst(":path", stream.plan.path)
        if let deadline = stream.plan.deadline {
            let left = (deadline - .now()).nanoseconds
            headers.add("grpc-timeout", GRPCTimeout.format(nanoseconds: max(1, left)))
        }
        if stream.plan.compression == .gzip { headers.add("grpc-encoding", "gzip") }
        headers.add(stream.plan.metadata)
        var provider = CallStream.provider(stream)
        let pointer = Unmanaged.passUnretained(stream as CallStream).toOpaque()
        let id = headers.withFields { fields, count in
            nghttp2_submit_request(session.raw, nil, fields, count, &provider, pointer)
        }
        guard id > 0 else { return false }
        streams.add(stream)
        stream.attached(to: self, id: id)
        flushSoon()
        return true
    }

    /// Closes at once; every call ends with the status.
    func shutdown(_ status: RPCStatus) {
        for stream in streams.all { own(stream).refuse(status) }
        guard phase == .open else { return }
        session.submitGoaway(HTTP2Code.noError)
        close()
    }

    // MARK: What nghttp2 tells

    override func headersBegin(_ id: Int32) {
        head = ResponseHead()
        collector.begin()
    }

    override func header(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool {
        head.add(
            name, value, metadata: &collector, limit: client.configuration.headerListBytesMax)
    }

    override func headersEnd(_ stream: CallStream, isLast: Bool) {
        own(stream).headersArrived(head, collector.end(), isLast: isLast)
        if isLast { own(stream).stopSending(on: self) }
    }

    override func dataArrived(_ stream: CallStream, _ bytes: UnsafeRawBufferPointer, isLast: Bool) {
        own(stream).receive(bytes, on: self)
    }

    override func dataEnd(_ stream: CallStream) {
        own(stream).endedWithoutTrailers()
        own(stream).stopSending(on: self)
    }

    override func headersSent(_ stream: CallStream, isLast: Bool) {
        own(stream).wentOut()
    }

    override func streamClosed(_ stream: CallStream, code: UInt32) {
        streams.remove(stream)
        own(stream).closed(code: code)
        if isLeaving, streams.count == 0 { close() }
    }

    override func settingsArrived() {
        guard !isReady else { return }
        isReady = true
        client.connected(self)
    }

    override func goawayArrived(code: UInt32, reason: String) {
        isLeaving = true
        client.leaving(self, wasTooEager: reason == "too_many_pings")
        if streams.count == 0 { close() }
    }

    override func ended(_ error: (any Error)?) {
        let reason =
            error.map { RPCStatus(.unavailable, "The connection failed: \($0)") }
            ?? RPCStatus(.unavailable, "The connection was closed before the call had ended.")
        let status = error as? RPCStatus ?? reason
        for stream in streams.all {
            streams.remove(stream)
            own(stream).lost(status)
        }
        client.lost(self, wasReady: isReady, reason: status)
    }
}
