import CNghttp2

/// An nghttp2 session and the way from its callbacks to the connection that owns it.
///
/// nghttp2 must never be entered again from its own callbacks: what a callback sets in motion
/// (tasks, flushes, closing) waits until `receive` or `send` has returned.
final class HTTP2Session {
    enum Role {
        case server
        case client
    }

    let raw: OpaquePointer
    // Where the callbacks find the connection; a pointer, because the session is made first.
    private let owner: UnsafeMutablePointer<Unmanaged<Connection>?>

    init(role: Role) throws(RPCStatus) {
        owner = .allocate(capacity: 1)
        owner.initialize(to: nil)
        var made: OpaquePointer?
        let result =
            switch role {
            case .server:
                nghttp2_session_server_new2(
                    &made, HTTP2Callbacks.table, owner, HTTP2Callbacks.options)
            case .client:
                nghttp2_session_client_new2(
                    &made, HTTP2Callbacks.table, owner, HTTP2Callbacks.options)
            }
        guard result == 0, let made else {
            owner.deallocate()
            throw RPCStatus(.resourceExhausted, "There is no memory for an HTTP/2 session.")
        }
        raw = made
    }

    deinit {
        // The owner is going away as well and has closed its streams; nothing is called back.
        owner.pointee = nil
        nghttp2_session_del(raw)
        owner.deallocate()
    }

    /// The connection outlives its session; it sets itself once it exists.
    func setOwner(_ connection: Connection) {
        owner.pointee = .passUnretained(connection)
    }

    /// Whether nghttp2 has nothing more to read or write.
    var isDone: Bool {
        nghttp2_session_want_read(raw) == 0 && nghttp2_session_want_write(raw) == 0
    }

    func submitSettings(_ settings: [(id: Int32, value: UInt32)]) {
        let entries = settings.map { nghttp2_settings_entry(settings_id: $0.id, value: $0.value) }
        nghttp2_submit_settings(raw, 0, entries, entries.count)
    }

    func setConnectionWindow(_ bytes: Int32) {
        nghttp2_session_set_local_window_size(raw, 0, 0, bytes)
    }

    func submitPing(_ payload: UInt64) {
        withUnsafeBytes(of: payload) { bytes in
            _ = nghttp2_submit_ping(raw, 0, bytes.bindMemory(to: UInt8.self).baseAddress)
        }
    }

    func submitGoaway(_ code: UInt32, reason: StaticString = "") {
        nghttp2_submit_goaway(
            raw, 0, nghttp2_session_get_last_proc_stream_id(raw), code, reason.utf8Start,
            reason.utf8CodeUnitCount)
    }

    func submitReset(_ stream: Int32, _ code: UInt32) {
        nghttp2_submit_rst_stream(raw, 0, stream, code)
    }
}

/// The error codes of HTTP/2 that are used by name.
enum HTTP2Code {
    static let noError: UInt32 = 0x0
    static let protocolError: UInt32 = 0x1
    static let internalError: UInt32 = 0x2
    static let refusedStream: UInt32 = 0x7
    static let cancel: UInt32 = 0x8
    static let enhanceYourCalm: UInt32 = 0xB
}

/// What nghttp2 calls; each finds the connection and hands on.
enum HTTP2Callbacks {
    // Proof of safety: written once here, and only read by nghttp2 afterwards.
    nonisolated(unsafe) static let table: OpaquePointer? = {
        var table: OpaquePointer?
        guard nghttp2_session_callbacks_new(&table) == 0 else { return nil }
        install(table)
        return table
    }()

    // Proof of safety: as above.
    nonisolated(unsafe) static let options: OpaquePointer? = {
        var options: OpaquePointer?
        guard nghttp2_option_new(&options) == 0 else { return nil }
        nghttp2_option_set_no_auto_window_update(options, 1)
        nghttp2_option_set_no_closed_streams(options, 1)
        nghttp2_option_set_max_send_header_block_length(options, 1 << 20)
        // Resets are counted by `ResetLimiter`, which says why it closes. Two counters with clocks
        // of their own would make it chance which of them the peer hears of.
        nghttp2_option_set_stream_reset_rate_limit(options, 1 << 40, 1 << 40)
        return options
    }()

    @inline(__always)
    private static func connection(
        _ pointer: UnsafeMutableRawPointer?, _ body: (Connection) -> Int32
    ) -> Int32 {
        let owner = pointer?.assumingMemoryBound(to: Unmanaged<Connection>?.self).pointee
        guard let owner else { return callbackFailure }
        return owner._withUnsafeGuaranteedRef(body)
    }

    @inline(__always)
    private static func stream(
        _ session: OpaquePointer?, _ id: Int32, _ body: (CallStream) -> Void
    ) {
        guard let pointer = nghttp2_session_get_stream_user_data(session, id) else { return }
        Unmanaged<CallStream>.fromOpaque(pointer)._withUnsafeGuaranteedRef(body)
    }

    private static let callbackFailure = Int32(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)
    private static let temporaryFailure = Int32(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)

    private static func install(_ table: OpaquePointer?) {
        nghttp2_session_callbacks_set_on_begin_headers_callback(table) { session, frame, user in
            guard let frame else { return HTTP2Callbacks.callbackFailure }
            return HTTP2Callbacks.connection(user) { connection in
                connection.headersBegin(frame.pointee.hd.stream_id)
                return 0
            }
        }
        nghttp2_session_callbacks_set_on_header_callback(table) {
            session, frame, name, nameLength, value, valueLength, flags, user in
            HTTP2Callbacks.connection(user) { connection in
                let isTaken = connection.header(
                    UnsafeRawBufferPointer(start: name, count: nameLength),
                    UnsafeRawBufferPointer(start: value, count: valueLength))
                return isTaken ? 0 : HTTP2Callbacks.temporaryFailure
            }
        }
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(table) {
            session, flags, id, data, length, user in
            HTTP2Callbacks.connection(user) { connection in
                let bytes = UnsafeRawBufferPointer(start: data, count: length)
                HTTP2Callbacks.stream(session, id) { stream in
                    connection.dataArrived(
                        stream, bytes, isLast: flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0)
                }
                return 0
            }
        }
        nghttp2_session_callbacks_set_on_frame_recv_callback(table) { session, frame, user in
            guard let frame else { return HTTP2Callbacks.callbackFailure }
            return HTTP2Callbacks.connection(user) { connection in
                HTTP2Callbacks.received(frame, session, connection)
                return 0
            }
        }
        nghttp2_session_callbacks_set_on_frame_send_callback(table) { session, frame, user in
            guard let frame else { return HTTP2Callbacks.callbackFailure }
            return HTTP2Callbacks.connection(user) { connection in
                HTTP2Callbacks.sent(frame, session, connection)
                return 0
            }
        }
        nghttp2_session_callbacks_set_on_stream_close_callback(table) { session, id, code, user in
            HTTP2Callbacks.connection(user) { connection in
                if let pointer = nghttp2_session_get_stream_user_data(session, id) {
                    // Held here, because the table lets go of it.
                    let stream = Unmanaged<CallStream>.fromOpaque(pointer).takeUnretainedValue()
                    connection.streamClosed(stream, code: code)
                }
                return 0
            }
        }
        nghttp2_session_callbacks_set_send_data_callback(table) {
            session, frame, header, length, source, user in
            HTTP2Callbacks.connection(user) { connection in
                guard let header, let pointer = source?.pointee.ptr else {
                    return HTTP2Callbacks.callbackFailure
                }
                Unmanaged<CallStream>.fromOpaque(pointer)._withUnsafeGuaranteedRef { stream in
                    connection.emit(
                        stream, header: UnsafeRawBufferPointer(start: header, count: 9),
                        length: length)
                }
                return 0
            }
        }
    }

    private static func received(
        _ frame: UnsafePointer<nghttp2_frame>, _ session: OpaquePointer?, _ connection: Connection
    ) {
        let head = frame.pointee.hd
        let isLast = head.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
        switch UInt32(head.type) {
        case NGHTTP2_HEADERS.rawValue:
            stream(session, head.stream_id) { connection.headersEnd($0, isLast: isLast) }
        case NGHTTP2_DATA.rawValue where isLast:
            stream(session, head.stream_id) { connection.dataEnd($0) }
        case NGHTTP2_SETTINGS.rawValue:
            connection.settingsArrived()
        case NGHTTP2_PING.rawValue:
            let payload = withUnsafeBytes(of: frame.pointee.ping.opaque_data) {
                $0.loadUnaligned(as: UInt64.self)
            }
            connection.pingArrived(
                payload, isAnswer: head.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0)
        case NGHTTP2_GOAWAY.rawValue:
            let goaway = frame.pointee.goaway
            let reason = UnsafeRawBufferPointer(
                start: goaway.opaque_data, count: goaway.opaque_data_len)
            connection.goawayArrived(
                code: goaway.error_code, reason: String(decoding: reason, as: UTF8.self))
        case NGHTTP2_RST_STREAM.rawValue:
            connection.resetCounted()
        default:
            return
        }
    }

    private static func sent(
        _ frame: UnsafePointer<nghttp2_frame>, _ session: OpaquePointer?, _ connection: Connection
    ) {
        let head = frame.pointee.hd
        switch UInt32(head.type) {
        case NGHTTP2_HEADERS.rawValue:
            let isLast = head.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
            stream(session, head.stream_id) { connection.headersSent($0, isLast: isLast) }
        case NGHTTP2_DATA.rawValue:
            connection.dataSent()
        case NGHTTP2_RST_STREAM.rawValue
        where frame.pointee.rst_stream.error_code == HTTP2Code.protocolError:
            // A peer that makes us reset streams costs as much as one that resets them.
            connection.resetCounted()
        default:
            return
        }
    }
}
