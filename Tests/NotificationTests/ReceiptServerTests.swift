import AsyncHTTPClient
import Domain
import Logging
import NIOCore
import NIOHTTP1
import Notification
import NotificationCore
import Runtime
import Synchronization
import Testing

/// Receipts that a provider calls back with, over a real socket.
@Suite struct ReceiptServerTests {
    final class Taken: Sendable {
        let events = Mutex<[NotificationEvent]>([])
    }

    static let secret = "0123456789abcdef"

    /// Posts to a server that knows the notice `n/1` only, and waits to hear of `n/2`.
    private func post(
        _ body: String, path: String = "/receipts/\(secret)", bearer: String? = nil
    ) async throws -> (status: UInt, events: [NotificationEvent]) {
        let taken = Taken()
        var logger = Logger(label: "receipts")
        logger.logLevel = .critical
        let server = ReceiptServer(
            rules: ReceiptRules(secret: Self.secret), host: "127.0.0.1", port: 0,
            group: HTTPClient.defaultEventLoopGroup, logger: logger
        ) { event in
            if case .receipt(.notice(NoticeID("n/2")), _) = event {
                throw NotificationRefusal.receiptTooEarly(.notice(NoticeID("n/2")))
            }
            guard case .receipt(.notice(NoticeID("n/1")), _) = event else {
                throw NotificationRefusal.unknownReceipt(.notice(NoticeID("?")))
            }
            taken.events.withLock { $0.append(event) }
        }
        let running = Task { try await server.run() }
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(try await server.port())\(path)")
        request.method = .POST
        if let bearer { request.headers.add(name: "authorization", value: "Bearer \(bearer)") }
        request.body = .bytes(ByteBuffer(string: body))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        running.cancel()
        _ = await running.result
        return (response.status.code, taken.events.withLock { $0 })
    }

    @Test func receiptsAreTakenOneByOneOrAsAList() async throws {
        let one = #"{"id":"n/1","state":"DELIVRD"}"#
        let delivered = NotificationEvent.receipt(.notice(NoticeID("n/1")), .delivered)
        let single = try await post(one)
        #expect(single.status == 200 && single.events == [delivered])
        let list = try await post("[\(one),\(one)]", path: "/receipts", bearer: Self.secret)
        #expect(list.status == 200 && list.events == [delivered, delivered])
    }

    @Test func whoDoesNotKnowTheSecretIsRefused() async throws {
        let one = #"{"id":"n/1","state":"DELIVRD"}"#
        #expect(try await post(one, path: "/receipts/guess").status == 401)
        #expect(try await post(one, path: "/receipts").status == 401)
        #expect(try await post(one, path: "/receipts", bearer: "guess").status == 401)
        #expect(try await post(one, path: "/receipts/guess").events.isEmpty)
    }

    @Test func whatIsNoReceiptIsRefusedAndChangesNothing() async throws {
        for body in ["", "no json", "{}", #"[{"id":"n/1"}]"#] {
            let answer = try await post(body)
            #expect(answer.status == 400 && answer.events.isEmpty, "\(body)")
        }
    }

    @Test func receiptThatIsTooEarlyIsAskedForAgainAndHoldsUpNoOther() async throws {
        let answer = try await post(
            #"[{"id":"n/2","state":"DELIVRD"},{"id":"n/1","state":"DELIVRD"}]"#)
        #expect(answer.status == 503 && answer.events.count == 1)
    }

    @Test func receiptOfAnUnknownNoticeDoesNotHoldUpTheOthers() async throws {
        let answer = try await post(
            #"[{"id":"n/9","state":"DELIVRD"},{"id":"n/1","state":"DELIVRD"}]"#)
        #expect(answer.status == 200 && answer.events.count == 1)
    }
}
