import AsyncHTTPClient
import Foundation
import Hummingbird
import Logging
import NIOCore
import NotificationChannels
import Runtime
import Synchronization
import Testing

/// A message provider of a test, on a free port of this machine.
final class Provider: Sendable {
    struct Message: Equatable, Sendable {
        var id: String
        var telephone: String
        var text: String
        var key: String
    }

    /// How it answers; told the messages so far.
    typealias Answer =
        @Sendable (_ message: Message, _ attempt: Int) -> (
            status: HTTPResponse.Status, body: String
        )

    /// When and how far it answers.
    enum Manner {
        case atOnce
        /// Only once so many messages have come.
        case afterMessages(UInt64)
        /// It begins to, and never goes on.
        case stalling
    }

    private let port = HeadSignal()
    private let receipts: String?
    private let task: Task<Void, any Error>

    /// Calls back at `receipts` once the test says `callBack`.
    init(
        receipts: String? = nil, manner: Manner = .atOnce,
        answer: @escaping Answer = { _, _ in (.ok, #"{"code":0}"#) }
    ) {
        self.receipts = receipts
        let router = Router(context: BasicRequestContext.self)
        let state = Box()
        router.post("/send") { request, _ in
            let body = try await request.body.collect(upTo: 1 << 16)
            let json = try JSONValue(parsing: Array(body.readableBytesView))
            func field(_ name: String) -> String { json.value(at: "/" + name)?.text ?? "" }
            let message = Message(
                id: field("id"), telephone: field("telephone"), text: field("text"),
                key: request.headers.first { $0.name.canonicalName == "idempotency-key" }?.value
                    ?? "")
            let attempt = state.messages.withLock { messages in
                messages.append(message)
                state.arrived.advance(to: UInt64(messages.count))
                return messages.count { $0.id == message.id }
            }
            let (status, text) = answer(message, attempt)
            switch manner {
            case .atOnce: break
            case .afterMessages(let count): _ = try await state.arrived.head(past: count - 1)
            case .stalling: return Response(status: status, body: Self.stalling(text))
            }
            // With a redirect the text says where to.
            let headers: HTTPFields = status.kind == .redirection ? [.location: text] : [:]
            return Response(
                status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
        }
        self.state = state
        var logger = Logger(label: "provider")
        logger.logLevel = .critical
        let application = Application(
            responder: router.buildResponder(), server: .droppable,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { [port] channel in
                port.advance(to: UInt64(channel.localAddress?.port ?? 0))
            }, logger: logger)
        task = Task { try await application.run() }
    }

    private final class Box: Sendable {
        let messages = Mutex<[Message]>([])
        let arrived = HeadSignal()
    }

    /// Its first byte, and then nothing until the other side has enough.
    private static func stalling(_ text: String) -> ResponseBody {
        ResponseBody { writer in
            try await writer.write(ByteBuffer(string: String(text.prefix(1))))
            _ = try await HeadSignal().head(past: 0)
        }
    }

    private let state: Box

    /// Every message that it was sent, repeats included.
    var messages: [Message] { state.messages.withLock { $0 } }

    var url: String {
        get async throws { "http://127.0.0.1:\(try await port.head(past: 0) ?? 0)/send" }
    }

    /// Says of a message what became of it, as our side asked to be told.
    func callBack(_ id: String, _ state: String) async throws -> UInt {
        var request = HTTPClientRequest(url: try #require(receipts))
        request.method = .POST
        request.body = .bytes(ByteBuffer(string: #"{"id":"\#(id)","state":"\#(state)"}"#))
        return try await HTTPClient.shared.execute(request, timeout: .seconds(120)).status.code
    }

    func stop() async {
        task.cancel()
        _ = await task.result
    }
}
