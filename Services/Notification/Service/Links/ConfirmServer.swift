import Contracts
import Domain
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NotificationCore
import RPC
import Runtime
import ServiceLifecycle
import Storage

/// Serves the page behind the short links, and takes what is confirmed there.
///
/// Looking at it confirms nothing: filters for messages and browsers that fetch ahead open links
/// that nobody has touched.
struct ConfirmServer: Service {
    let links: ConfirmLinks
    let store: Store
    let zone: Zone
    let submit: @Sendable (NotificationEvent) async throws -> Void
    let group: any EventLoopGroup
    let logger: Logger
    let bound = HeadSignal()

    func run() async throws {
        let router = Router(context: BasicRequestContext.self)
        router.get("/**") { request, _ in try await answer(request, isConfirming: false) }
        router.post("/**") { request, _ in try await answer(request, isConfirming: true) }
        var quiet = logger
        // It logs its own stop as an error.
        quiet.logLevel = .critical
        let application = Application(
            responder: router.buildResponder(), server: .droppable,
            configuration: ApplicationConfiguration(
                address: .hostname(links.host, port: links.port), serverName: "hazwatch"),
            onServerRunning: { [bound, logger] channel in
                let port = channel.localAddress?.port ?? 0
                logger.info("links to confirm are served", metadata: ["port": "\(port)"])
                bound.advance(to: UInt64(port))
            },
            eventLoopGroupProvider: .shared(group), logger: quiet)
        defer { bound.close() }
        try await application.run()
    }

    /// The port, once it is bound.
    func port() async throws -> Int { Int(try await bound.head(past: 0) ?? 0) }

    private func answer(_ request: Request, isConfirming: Bool) async throws -> Response {
        // What stands before the code is the proxy's business.
        let code = request.uri.path.split(separator: "/").last.map(String.init) ?? ""
        guard let notice = try await notice(code) else {
            return page(.notFound, .refused("链接无效。请核对短信中的完整网址。"))
        }
        if notice.state == .confirmed { return page(.ok, .confirmed(notice)) }
        guard isConfirming else { return page(.ok, .open(notice)) }
        do {
            try await submit(.confirmed(NoticeID(notice.id), by: "short link"))
        } catch NotificationRefusal.unknownNotice {
            return page(.gone, .refused("签收期限已过。如需签收，请联系值班室。"))
        } catch NotificationRefusal.neverArrived {
            return page(.conflict, .refused("此消息已由后续消息代替，请在后续消息中签收。"))
        } catch {
            logger.warning("a confirmation was not taken", metadata: ["reason": "\(error)"])
            return page(.serviceUnavailable, .refused("系统暂时无法签收，请稍后再试，或回复短信“1”。"))
        }
        guard let after = try await self.notice(code) else {
            return page(.notFound, .refused("链接无效。请核对短信中的完整网址。"))
        }
        return page(.ok, .confirmed(after))
    }

    private func notice(_ code: String) async throws -> NotificationV1.Notice? {
        guard let ordinal = links.codes.ordinal(of: code) else { return nil }
        let row = try await store.read { try CaseTables.notice(at: ordinal, in: $0) }
        return try row.map { row in
            try row.body.withUnsafeBytes { try NotificationV1.Notice(serialized: $0) }
        }
    }

    private func page(_ status: HTTPResponse.Status, _ state: ConfirmPage.State) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = "text/html; charset=utf-8"
        headers[.cacheControl] = "no-store"
        for (name, value) in [
            ("referrer-policy", "no-referrer"), ("x-content-type-options", "nosniff"),
            (
                "content-security-policy",
                "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
                    + "frame-ancestors 'none'"
            ),
        ] {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        let html = ConfirmPage(state: state, zone: zone).html
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }
}
