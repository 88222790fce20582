import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import NotificationChannels
import Synchronization
import Testing

/// Receipts that a provider calls back with, over a real socket.
@Suite struct ReceiptServerTests {
    final class Taken: Sendable {
        let reports = Mutex<[ChannelReport]>([])
    }

    static let secret = "0123456789abcdef"

    /// Asks a server that knows all messages but `n/9`, and waits to hear of `n/2`.
    private func post(
        _ body: String, path: String = "/receipts/\(secret)", bearer: String? = nil,
        type: String? = nil, method: HTTPMethod = .POST
    ) async throws -> (status: UInt, reports: [ChannelReport]) {
        let taken = Taken()
        var logger = Logger(label: "receipts")
        logger.logLevel = .critical
        let server = ReceiptServer(
            rules: ReceiptRules(secret: Self.secret), host: "127.0.0.1", port: 0,
            group: HTTPClient.defaultEventLoopGroup, logger: logger
        ) { report in
            if case .delivered(.message("n/2")) = report { throw ReportRefusal.tooEarly }
            if case .delivered(.message("n/9")) = report { throw ReportRefusal.unknownMessage }
            taken.reports.withLock { $0.append(report) }
        }
        let running = Task { try await server.run() }
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(try await server.port())\(path)")
        request.method = method
        if let type { request.headers.add(name: "content-type", value: type) }
        if let bearer { request.headers.add(name: "authorization", value: "Bearer \(bearer)") }
        request.body = .bytes(ByteBuffer(string: body))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        running.cancel()
        _ = await running.result
        return (response.status.code, taken.reports.withLock { $0 })
    }

    @Test func receiptsAreTakenOneByOneOrAsAList() async throws {
        let one = #"{"id":"n/1","state":"DELIVRD"}"#
        let delivered = ChannelReport.delivered(.message("n/1"))
        let single = try await post(one)
        #expect(single.status == 200 && single.reports == [delivered])
        let list = try await post("[\(one),\(one)]", path: "/receipts", bearer: Self.secret)
        #expect(list.status == 200 && list.reports == [delivered, delivered])
    }

    @Test func receiptsMayComeAsFormsOrInTheAddress() async throws {
        let fields = "id=n%2F1&state=DELIVRD&why=a+b%21"
        let form = try await post(
            fields, type: "application/x-www-form-urlencoded; charset=utf-8")
        let address = try await post(
            "", path: "/receipts/\(Self.secret)?\(fields)", method: .GET)
        for answer in [form, address] {
            #expect(answer.status == 200)
            #expect(answer.reports == [.delivered(.message("n/1"))])
        }
    }

    /// NTF-16: a person confirms by answering.
    @Test func whatPeopleAnswerIsHandedOn() async throws {
        let answer = try await post(
            #"{"telephone":"000-0000-0001","text":"1"}"#, path: "/replies/\(Self.secret)")
        let digits = Telephone.digits(of: "000-0000-0001")
        #expect(answer.status == 200)
        #expect(answer.reports == [.reply(telephone: digits, text: "1")])
        #expect(try await post("{}", path: "/replies/\(Self.secret)").status == 400)
        #expect(try await post("{}", path: "/replies/guess").status == 401)
    }

    @Test func whoDoesNotKnowTheSecretIsRefused() async throws {
        let one = #"{"id":"n/1","state":"DELIVRD"}"#
        #expect(try await post(one, path: "/receipts/guess").status == 401)
        #expect(try await post(one, path: "/receipts").status == 401)
        #expect(try await post(one, path: "/receipts", bearer: "guess").status == 401)
        #expect(try await post(one, path: "/receipts/guess").reports.isEmpty)
    }

    @Test func whatIsNoReceiptIsRefusedAndChangesNothing() async throws {
        for body in ["", "no json", "{}", #"[{"id":"n/1"}]"#] {
            let answer = try await post(body)
            #expect(answer.status == 400 && answer.reports.isEmpty, "\(body)")
        }
    }

    @Test func receiptThatIsTooEarlyIsAskedForAgainAndHoldsUpNoOther() async throws {
        let answer = try await post(
            #"[{"id":"n/2","state":"DELIVRD"},{"id":"n/1","state":"DELIVRD"}]"#)
        #expect(answer.status == 503 && answer.reports.count == 1)
    }

    @Test func receiptOfAnUnknownNoticeDoesNotHoldUpTheOthers() async throws {
        let answer = try await post(
            #"[{"id":"n/9","state":"DELIVRD"},{"id":"n/1","state":"DELIVRD"}]"#)
        #expect(answer.status == 200 && answer.reports.count == 1)
    }
}
