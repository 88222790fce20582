import CNghttp2
import NIOCore
import NIOPosix
import RPC
import Synchronization

/// A client that speaks HTTP/2 frame by frame, and may speak it wrongly.
final class RawPeer: Sendable {
    struct Frame: Sendable {
        let type: UInt8
        let flags: UInt8
        let stream: UInt32
        let payload: [UInt8]

        var isEndOfStream: Bool { flags & 1 != 0 && (type == 0 || type == 1) }
    }

    private struct State {
        var received: [UInt8] = []
        var frames: [Frame] = []
        var isClosed = false
        var settings: [UInt16: UInt32] = [:]
    }

    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private let channel: any Channel
    private let state: Inbox

    /// What has been received; filled on the loop, read by tests.
    private final class Inbox: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let state = Mutex(State())

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = Array(unwrapInboundIn(data).readableBytesView)
            state.withLock { state in
                state.received += bytes
                while state.received.count >= 9 {
                    let head = state.received
                    let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
                    guard head.count >= 9 + length else { return }
                    let stream = head[5..<9].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                    state.frames.append(
                        Frame(
                            type: head[3], flags: head[4], stream: stream & 0x7FFF_FFFF,
                            payload: Array(head[9..<9 + length])))
                    state.received.removeFirst(9 + length)
                }
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            state.withLock { $0.isClosed = true }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            state.withLock { $0.isClosed = true }
            context.close(promise: nil)
        }
    }

    private init(_ channel: any Channel, _ state: Inbox) {
        self.channel = channel
        self.state = state
    }

    /// Connects; says nothing unless asked to greet.
    static func connect(
        _ rig: Rig, greets: Bool = true, window: UInt32? = nil, reads: Bool = true
    ) async throws -> RawPeer {
        let inbox = Inbox()
        let channel = try await ClientBootstrap(group: rig.group)
            .channelOption(.autoRead, value: reads)
            .channelOption(.socketOption(.so_rcvbuf), value: reads ? 1 << 20 : 4 << 10)
            .channelInitializer { $0.pipeline.addHandler(inbox) }
            .connect(host: "127.0.0.1", port: rig.port).get()
        let peer = RawPeer(channel, inbox)
        if greets {
            var settings: [UInt8] = []
            if let window { settings = [0, 4] + withUnsafeBytes(of: window.bigEndian, Array.init) }
            try await peer.send(preface)
            try await peer.send(frame: 4, payload: settings)
            try await peer.send(frame: 4, flags: 1)
        }
        return peer
    }

    // MARK: Sending

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    static func bytes(
        frame type: UInt8, flags: UInt8 = 0, on stream: UInt32 = 0, payload: [UInt8] = []
    ) -> [UInt8] {
        let count = payload.count
        let head: [UInt8] = [
            UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255), type, flags,
        ]
        return head + withUnsafeBytes(of: stream.bigEndian, Array.init) + payload
    }

    func send(
        frame type: UInt8, flags: UInt8 = 0, on stream: UInt32 = 0, payload: [UInt8] = []
    ) async throws {
        try await send(Self.bytes(frame: type, flags: flags, on: stream, payload: payload))
    }

    func send(data: [UInt8], on stream: UInt32, isLast: Bool = false) async throws {
        try await send(frame: 0, flags: isLast ? 1 : 0, on: stream, payload: data)
    }

    /// Headers as literals, so that no compression state is needed.
    static func block(_ headers: [(String, String)]) -> [UInt8] {
        var block: [UInt8] = []
        for (name, value) in headers {
            block.append(0)
            block += integer(name.utf8.count)
            block += name.utf8
            block += integer(value.utf8.count)
            block += value.utf8
        }
        return block
    }

    private static func integer(_ value: Int) -> [UInt8] {
        guard value >= 127 else { return [UInt8(value)] }
        var rest = value - 127
        var bytes: [UInt8] = [127]
        while rest >= 128 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    static func request(
        _ path: String, replacing changes: [String: String?] = [:],
        extra: [(String, String)] = []
    ) -> [UInt8] {
        let usual = [
            (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "test"),
            ("te", "trailers"), ("content-type", "application/grpc"),
        ]
        let kept = usual.compactMap { name, value -> (String, String)? in
            guard let change = changes[name] else { return (name, value) }
            return change.map { (name, $0) }
        }
        return block(kept + extra)
    }

    /// Sends the headers of a request.
    func open(
        _ path: String, on stream: UInt32 = 1, isLast: Bool = false,
        replacing changes: [String: String?] = [:], extra: [(String, String)] = []
    ) async throws {
        try await send(
            frame: 1, flags: isLast ? 5 : 4, on: stream,
            payload: Self.request(path, replacing: changes, extra: extra))
    }

    // MARK: Receiving

    var frames: [Frame] { state.state.withLock { $0.frames } }
    var isClosed: Bool { state.state.withLock { $0.isClosed } }

    /// Reads once more although reading is off.
    func read() {
        channel.read()
    }

    /// Waits for a frame.
    func frame(_ matches: (Frame) -> Bool) async -> Frame? {
        _ = await eventually { frames.contains(where: matches) || isClosed }
        return frames.first(where: matches)
    }

    /// All headers and trailers of a stream that has ended.
    func answer(on stream: UInt32) async throws -> [String: String] {
        _ = await frame { $0.stream == stream && ($0.isEndOfStream || $0.type == 3) }
        var headers: [String: String] = [:]
        // Decoded from the first block on, because the blocks build on each other.
        let decoder = HeaderDecoder()
        for frame in frames where frame.type == 1 {
            let block = decoder.decode(frame.payload)
            if frame.stream == stream { headers.merge(block) { $1 } }
        }
        return headers
    }

    /// The messages of a stream, with their prefixes.
    func data(on stream: UInt32) -> [UInt8] {
        frames.filter { $0.type == 0 && $0.stream == stream }.flatMap(\.payload)
    }

    func close() async {
        try? await channel.close()
    }
}

/// HPACK, as nghttp2 reads it.
private final class HeaderDecoder {
    private var inflater: OpaquePointer?

    init() {
        nghttp2_hd_inflate_new(&inflater)
    }

    deinit {
        nghttp2_hd_inflate_del(inflater)
    }

    func decode(_ block: [UInt8]) -> [String: String] {
        var headers: [String: String] = [:]
        var rest = block
        while true {
            var field = nghttp2_nv()
            var flags: Int32 = 0
            let count = nghttp2_hd_inflate_hd2(
                inflater, &field, &flags, rest, rest.count, 1)
            guard count >= 0 else { return headers }
            rest.removeFirst(count)
            if flags & Int32(NGHTTP2_HD_INFLATE_EMIT.rawValue) != 0 {
                headers[text(field.name, field.namelen)] = text(field.value, field.valuelen)
            }
            if flags & Int32(NGHTTP2_HD_INFLATE_FINAL.rawValue) != 0 {
                nghttp2_hd_inflate_end_headers(inflater)
                return headers
            }
        }
    }

    private func text(_ start: UnsafeMutablePointer<UInt8>?, _ count: Int) -> String {
        String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }
}
