import AsyncHTTPClient
import Domain
import Foundation
package import Logging
package import NIOCore
import NIOHTTP1
import Runtime

/// Messages over a provider that takes them by HTTP.
///
/// One attempt at a time is made here; whether and when there is another one is decided by the
/// caller. Each attempt carries the message's id, so that the provider can drop repeats.
package final class HTTPChannel: MessageChannel {
    package let name: String
    private let provider: HTTPProvider
    private let receipts: ReceiptServer?
    private let client: LateHTTPClient
    private let turnstile: Turnstile
    private let logger: Logger

    package init(
        name: String, provider: HTTPProvider, receipts: ReceiptServer? = nil,
        group: any EventLoopGroup, logger: Logger
    ) {
        (self.name, self.provider, self.receipts) = (name, provider, receipts)
        self.logger = logger
        client = LateHTTPClient(group: group, atOnceMax: provider.atOnceMax)
        turnstile = Turnstile(provider.pace)
    }

    package func handOver(_ message: OutgoingMessage) async throws -> HandOverOutcome {
        guard !message.telephone.isEmpty || !message.email.isEmpty else {
            return .refused("The message is for nobody with a telephone.")
        }
        let request: HTTPClientRequest
        do {
            request = try self.request(message)
        } catch {
            return .refused("the request cannot be made: \(error)")
        }
        let outcome = try await turnstile.pass(
            message.level, turnstile.arrive(), patience: ChannelLimits.turnPatience
        ) { [client, provider] in
            let answer = await HTTPAnswer.of(request, client, within: provider.timeout)
            if case .failed = answer { try Task.checkCancellation() }
            return (Self.read(answer, provider), answer.isThrottle)
        }
        return (outcome ?? .refusedForNow("its turn did not come: the provider takes no more"))
            .hiding(message.telephone)
    }

    /// Takes receipts, and lets the connections to the provider go at the end.
    package func run() async throws {
        var failure: (any Error)?
        do {
            if let receipts { try await receipts.run() } else { await untilCancelled() }
        } catch {
            failure = error
        }
        do {
            try await client.shutdown()
        } catch {
            logger.warning(
                "connections to the provider were not closed", metadata: ["reason": "\(error)"])
        }
        if let failure, !Task.isCancelled { throw failure }
    }

    private func request(_ message: OutgoingMessage) throws -> HTTPClientRequest {
        var message = message
        message.text = ShortenedText.fitting(message.text) { text in
            let signed = SMSText.signed(text, by: provider.signature)
            return SMSText.partCount(of: signed) <= ChannelLimits.partsMax
        }
        let body = provider.body.filled(
            message.allValues(signature: provider.signature, template: provider.template))
        var headers = HTTPHeaders()
        headers.add(name: "idempotency-key", value: message.id)
        var request: HTTPClientRequest
        switch provider.format {
        case .json:
            request = HTTPClientRequest(url: provider.url)
            request.method = .POST
            headers.add(name: "content-type", value: "application/json; charset=utf-8")
            request.body = .bytes(ByteBuffer(bytes: try body.serialized()))
        case .form:
            request = HTTPClientRequest(url: provider.url)
            request.method = .POST
            headers.add(
                name: "content-type", value: "application/x-www-form-urlencoded; charset=utf-8")
            request.body = .bytes(ByteBuffer(string: FormCoding.text(body.fields ?? [])))
        case .query:
            let mark = provider.url.contains("?") ? "&" : "?"
            request = HTTPClientRequest(
                url: provider.url + mark + FormCoding.text(body.fields ?? []))
        }
        for (name, value) in provider.headers { headers.replaceOrAdd(name: name, value: value) }
        request.headers = headers
        return request
    }

    private static func read(_ answer: HTTPAnswer, _ provider: HTTPProvider) -> HandOverOutcome {
        switch answer {
        case .complete(let status, let body): read(status: status, body: body, provider)
        case .failed(let reason): .unknown("no answer: \(reason)")
        case .unsent(let reason): .refusedForNow("no answer: \(reason)")
        }
    }

    /// What an answer means (decision 0014).
    package static func read(
        status: UInt, body: [UInt8], _ provider: HTTPProvider
    ) -> HandOverOutcome {
        let text = "HTTP \(status): \(HTTPAnswer.shortened(body))"
        guard (200...299).contains(status) else {
            return HTTPAnswer.mayHelpAgain(status) ? .refusedForNow(text) : .refused(text)
        }
        // Some providers answer with a plain line.
        let answer =
            (try? JSONValue(parsing: body)) ?? .string(String(decoding: body, as: UTF8.self))
        if let success = provider.success {
            let found = answer.value(at: success.pointer)?.text ?? ""
            if found != success.value {
                return provider.temporaryValues.contains(found)
                    ? .refusedForNow(text) : .refused(text)
            }
        }
        let id = provider.messageIDPointer.flatMap { answer.value(at: $0)?.text } ?? ""
        return .taken(providerIDs: id.isEmpty ? [] : [id])
    }
}
