import Logging
import NIOCore
import NIOPosix
import RPC
import Testing

/// A message that is nothing but its bytes.
struct Blob: RPCMessage, Equatable, ExpressibleByStringLiteral {
    static let messageName = "test.Blob"
    /// Bytes that do not decode.
    static let poison: [UInt8] = Array("poison".utf8)

    var bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    init(count: Int, of byte: UInt8 = 7) {
        bytes = Array(repeating: byte, count: count)
    }

    init(stringLiteral text: String) {
        bytes = Array(text.utf8)
    }

    init(serialized bytes: UnsafeRawBufferPointer) throws(MessageDecodingError) {
        guard !bytes.elementsEqual(Self.poison) else {
            throw MessageDecodingError(reason: .malformed, message: Self.messageName, field: nil)
        }
        self.bytes = Array(bytes)
    }

    func serialize(into buffer: inout ByteBuffer) {
        buffer.writeBytes(bytes)
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// The methods that the tests call.
enum Echo {
    static let service = "test.Echo"
    static let unary = RPCMethod<Blob, Blob>(service: service, name: "Unary", kind: .unary)
    static let collect = RPCMethod<Blob, Blob>(
        service: service, name: "Collect", kind: .clientStreaming)
    static let expand = RPCMethod<Blob, Blob>(
        service: service, name: "Expand", kind: .serverStreaming)
    static let chat = RPCMethod<Blob, Blob>(
        service: service, name: "Chat", kind: .bidirectional)
    static let absent = RPCMethod<Blob, Blob>(service: service, name: "Absent", kind: .unary)

    /// Answers with what was sent; joins, splits by commas, repeats.
    static var router: RPCRouter {
        var router = RPCRouter()
        router.unary(unary) { request, _ in request }
        router.clientStreaming(collect) { requests, _ in
            var all = Blob([])
            for try await request in requests { all.bytes += request.bytes }
            return all
        }
        router.serverStreaming(expand) { request, responses, _ in
            for part in request.bytes.split(separator: UInt8(ascii: ",")) {
                try await responses.write(Blob(Array(part)))
            }
        }
        router.bidirectional(chat) { requests, responses, _ in
            for try await request in requests { try await responses.write(request) }
        }
        return router
    }
}

/// A server and a client of it over TCP, torn down at the end.
struct Rig: Sendable {
    let server: RPCServer
    let client: RPCClient
    let port: Int
    let group: MultiThreadedEventLoopGroup
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Runs the body with a server and a client.
func withRig(
    _ router: RPCRouter = Echo.router, server: ServerConfiguration = ServerConfiguration(),
    client: ClientConfiguration = ClientConfiguration(),
    interceptors: [any ServerInterceptor] = [],
    _ body: @Sendable @escaping (Rig) async throws -> Void
) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    let made = RPCServer(
        configuration: server, router: router, interceptors: interceptors, group: group,
        logger: quiet)
    let port = try await made.start()
    let rig = Rig(
        server: made,
        client: RPCClient(
            addresses: [.hostPort("127.0.0.1", port)], configuration: client, group: group,
            logger: quiet),
        port: port, group: group)
    let result: Result<Void, any Error>
    do {
        result = .success(try await body(rig))
    } catch {
        result = .failure(error)
    }
    await rig.client.close()
    await made.drain(within: .milliseconds(200))
    try await group.shutdownGracefully()
    try result.get()
}

/// The status that the body throws.
func status(
    _ body: () async throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
) async -> RPCStatus {
    do {
        try await body()
        Issue.record("a status was expected", sourceLocation: sourceLocation)
        return .ok
    } catch let status as RPCStatus {
        return status
    } catch {
        Issue.record("a status was expected, not \(error)", sourceLocation: sourceLocation)
        return .ok
    }
}

/// Waits until the condition holds; the only waiting there is, for what another thread does.
///
/// The limit is for what never happens; a busy machine or a sanitizer may take its time.
func eventually(_ condition: () async -> Bool) async -> Bool {
    let end = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < end {
        if await condition() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return await condition()
}
