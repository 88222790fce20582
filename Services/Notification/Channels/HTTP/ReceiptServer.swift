import Foundation
import HTTPTypes
import Hummingbird
package import Logging
package import NIOCore
import Runtime
import ServiceLifecycle
import Synchronization

/// Takes what a provider calls back with: receipts, and what people answer.
package final class ReceiptServer: Service {
    private enum Kind {
        case receipts, replies
    }

    private let rules: ReceiptRules
    private let report: TakeReport
    private let logger: Logger
    private let host: String
    private let wantedPort: Int
    private let group: any EventLoopGroup
    private let bound = HeadSignal()

    package init(
        rules: ReceiptRules, host: String, port: Int, group: any EventLoopGroup, logger: Logger,
        report: @escaping TakeReport
    ) {
        (self.rules, self.report, self.logger) = (rules, report, logger)
        (self.host, self.wantedPort, self.group) = (host, port, group)
    }

    package func run() async throws {
        let router = Router(context: BasicRequestContext.self)
        for (path, kind) in [("/receipts", Kind.receipts), ("/replies", .replies)] {
            for method in [HTTPRequest.Method.get, .post] {
                router.on(RouterPath(path), method: method) { request, _ in
                    let field = request.headers[.authorization] ?? ""
                    let shown = field.hasPrefix("Bearer ") ? String(field.dropFirst(7)) : ""
                    return try await self.answer(request, shown, kind)
                }
                router.on(RouterPath(path + "/{secret}"), method: method) { request, context in
                    let shown = context.parameters.get("secret") ?? ""
                    return try await self.answer(request, shown, kind)
                }
            }
        }
        var quiet = logger
        // It logs its own stop as an error.
        quiet.logLevel = .critical
        let application = Application(
            responder: router.buildResponder(), server: .droppable,
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: wantedPort), serverName: "hazwatch"),
            onServerRunning: { [bound] channel in
                bound.advance(to: UInt64(channel.localAddress?.port ?? 0))
            },
            eventLoopGroupProvider: .shared(group), logger: quiet)
        defer { bound.close() }
        try await application.run()
    }

    /// The port, once it is bound.
    package func port() async throws -> Int {
        Int(try await bound.head(past: 0) ?? 0)
    }

    private func answer(_ request: Request, _ shown: String, _ kind: Kind) async throws -> Response
    {
        guard rules.accepts(shown) else {
            return Self.text(.unauthorized, "the secret is wrong\n")
        }
        let reports: [ChannelReport]
        do {
            reports = try self.reports(in: try await Self.content(of: request), kind)
        } catch {
            logger.warning("callback was not understood", metadata: ["reason": "\(error)"])
            return Self.text(.badRequest, "\(error)\n")
        }
        var (unknown, tooEarly) = (0, 0)
        for one in reports {
            do {
                try await report(one)
            } catch ReportRefusal.tooEarly {
                tooEarly += 1
            } catch ReportRefusal.unknownMessage {
                unknown += 1
            } catch {
                // The provider sends it again.
                return Self.text(.serviceUnavailable, "\(error)\n")
            }
        }
        if unknown > 0 {
            logger.warning("receipts of unknown messages", metadata: ["count": "\(unknown)"])
        }
        if tooEarly > 0 {
            // What was taken is taken again without harm.
            return Self.text(
                .serviceUnavailable,
                "\(tooEarly) of \(reports.count) not known yet; send them again\n")
        }
        return Self.text(.ok, "taken: \(reports.count - unknown), unknown: \(unknown)\n")
    }

    /// What a callback says: JSON, a form, or fields in its address.
    private static func content(of request: Request) async throws -> JSONValue {
        let body = try await request.body.collect(upTo: ChannelLimits.receiptBytesMax)
        let type = request.headers[.contentType] ?? ""
        let fields: [String: String]
        if request.method == .get {
            fields = FormCoding.fields(request.uri.query ?? "")
        } else if type.hasPrefix("application/x-www-form-urlencoded") {
            fields = FormCoding.fields(String(buffer: body))
        } else {
            guard let json = try? JSONValue(parsing: Array(body.readableBytesView)) else {
                throw ChannelMistake("receipts", "the body is no JSON")
            }
            return json
        }
        return .object(fields.mapValues { .string($0) })
    }

    /// A callback holds one receipt or reply, or a list of them.
    private func reports(in content: JSONValue, _ kind: Kind) throws -> [ChannelReport] {
        let list = if case .array(let list) = content { list } else { [content] }
        guard list.count <= ChannelLimits.receiptsPerCallbackMax else {
            throw ChannelMistake(
                "receipts", "more than \(ChannelLimits.receiptsPerCallbackMax) in one callback")
        }
        return try list.compactMap { one in
            switch kind {
            case .receipts: try rules.report(one)
            case .replies: try rules.reply(one)
            }
        }
    }

    private static func text(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
