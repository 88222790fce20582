import AsyncHTTPClient
import Foundation
import Hummingbird
import Logging
import NIOCore
import Runtime
import ServiceLifecycle

/// A message provider in little, for the demo: takes messages over HTTP as a real one does, and
/// calls back with a receipt once the message has "reached" the telephone. It sends nothing.
struct DemoProvider: Service {
    private let port: Int
    private let receiptPort: Int
    private let secret: String

    /// On ports that are free now.
    init() throws {
        port = try FreePort.find()
        receiptPort = try FreePort.find()
        // Good for this run only; nobody but this process needs to know it.
        secret = UUID().uuidString
    }

    /// What notification must know to use it.
    var settings: [(name: String, value: String)] {
        [
            ("http-url", "http://127.0.0.1:\(port)/messages"),
            ("http-success-pointer", "/code"), ("http-success-value", "0"),
            ("http-message-id-pointer", "/msgid"), ("receipt-port", "\(receiptPort)"),
            ("receipt-secret", secret), ("receipt-id", "provider"),
            ("receipt-id-pointer", "/msgid"),
        ]
    }

    private struct Message: Decodable {
        var id: String
    }

    private struct Receipt: Encodable {
        var msgid: String
        var state: String
    }

    func run() async throws {
        let (accepted, receipts) = AsyncStream.makeStream(of: String.self)
        let router = Router()
        router.post("/messages") { request, context -> Response in
            let message = try await request.decode(as: Message.self, context: context)
            // A repeat of a message gets the same id, as real providers do.
            let id = "demo-" + message.id
            receipts.yield(id)
            return Self.json(#"{"code":"0","msgid":"\#(id)"}"#)
        }
        let application = Application(
            router: router, server: .droppable,
            configuration: ApplicationConfiguration(
                address: .hostname("127.0.0.1", port: port), serverName: "demo"),
            logger: Logger(label: "demo", factory: { _ in SwiftLogNoOpLogHandler() }))
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Each telephone takes its own time.
                await withDiscardingTaskGroup { telephones in
                    for await id in accepted { telephones.addTask { await callBack(id) } }
                }
            }
            try? await application.run()
            receipts.finish()
            group.cancelAll()
        }
    }

    // Telephones take a moment; a callback that is not taken is tried again, as real ones are.
    private func callBack(_ id: String) async {
        for _ in 0..<5 {
            do {
                try await Task.sleep(for: .milliseconds(200))
                var request = HTTPClientRequest(
                    url: "http://127.0.0.1:\(receiptPort)/receipts/\(secret)")
                request.method = .POST
                let receipt = Receipt(msgid: id, state: "DELIVRD")
                request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(receipt)))
                let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
                if (200...299).contains(answer.status.code) { return }
            } catch is CancellationError {
                return
            } catch {
                continue
            }
        }
    }

    private static func json(_ text: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
