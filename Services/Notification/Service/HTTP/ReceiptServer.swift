import Hummingbird
package import Logging
package import NIOCore
package import NotificationCore
import Runtime
import ServiceLifecycle
import Synchronization

/// Takes the receipts that a provider calls back with.
package final class ReceiptServer: Service {
    package typealias Take = @Sendable (NotificationEvent) async throws -> Void

    private let application: Application<RouterResponder<BasicRequestContext>>
    private let bound = HeadSignal()

    package init(
        rules: ReceiptRules, host: String, port: Int, group: any EventLoopGroup, logger: Logger,
        take: @escaping Take
    ) {
        let router = Router(context: BasicRequestContext.self)
        router.post("/receipts") { request, _ in
            let field = request.headers[.authorization] ?? ""
            let shown = field.hasPrefix("Bearer ") ? String(field.dropFirst(7)) : ""
            return try await Self.answer(request, shown, rules, take, logger)
        }
        router.post("/receipts/{secret}") { request, context in
            let shown = context.parameters.get("secret") ?? ""
            return try await Self.answer(request, shown, rules, take, logger)
        }
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        application = Application(
            responder: router.buildResponder(), server: .droppable,
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), serverName: "hazwatch"),
            onServerRunning: { [bound] channel in
                bound.advance(to: UInt64(channel.localAddress?.port ?? 0))
            },
            eventLoopGroupProvider: .shared(group), logger: quiet)
    }

    package func run() async throws {
        try await application.run()
        bound.close()
    }

    /// The port, once it is bound.
    package func port() async throws -> Int {
        Int(try await bound.head(past: 0) ?? 0)
    }

    private static func answer(
        _ request: Request, _ shown: String, _ rules: ReceiptRules, _ take: Take, _ logger: Logger
    ) async throws -> Response {
        guard rules.accepts(shown) else {
            return text(.unauthorized, "the secret is wrong\n")
        }
        let events: [NotificationEvent]
        do {
            let body = try await request.body.collect(upTo: ServiceLimits.receiptBytesMax)
            events = try Self.events(Array(body.readableBytesView), rules)
        } catch {
            logger.warning("receipt was not understood", metadata: ["reason": "\(error)"])
            return text(.badRequest, "\(error)\n")
        }
        var (unknown, tooEarly) = (0, 0)
        for event in events {
            do {
                try await take(event)
            } catch NotificationRefusal.receiptTooEarly {
                tooEarly += 1
            } catch is NotificationRefusal {
                unknown += 1
            } catch {
                // The provider sends it again.
                return text(.serviceUnavailable, "\(error)\n")
            }
        }
        if unknown > 0 {
            logger.warning("receipts of unknown notices", metadata: ["count": "\(unknown)"])
        }
        if tooEarly > 0 {
            // What was taken is taken again without harm.
            return text(
                .serviceUnavailable,
                "\(tooEarly) of \(events.count) not known yet; send them again\n")
        }
        return text(.ok, "taken: \(events.count - unknown), unknown: \(unknown)\n")
    }

    /// A callback holds one receipt, or a list of them.
    private static func events(
        _ body: [UInt8], _ rules: ReceiptRules
    ) throws -> [NotificationEvent] {
        guard let json = try? JSONValue(parsing: body) else {
            throw ChannelMistake("receipts", "the body is no JSON")
        }
        let receipts = if case .array(let list) = json { list } else { [json] }
        guard receipts.count <= ServiceLimits.receiptsPerCallbackMax else {
            throw ChannelMistake(
                "receipts", "more than \(ServiceLimits.receiptsPerCallbackMax) in one callback")
        }
        return try receipts.compactMap { try rules.event($0) }
    }

    private static func text(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
