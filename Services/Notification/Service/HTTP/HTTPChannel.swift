package import AsyncHTTPClient
import Domain
import Foundation
import NIOCore
import NIOHTTP1
package import NotificationCore
import Runtime

/// Hands notices to a message provider over HTTP.
///
/// One attempt at a time is made here; whether and when there is another one is the machine's
/// decision. Each attempt carries the notice's id, so that the provider can drop repeats.
package struct HTTPChannel: Sendable {
    private let provider: HTTPProvider?
    private let client: HTTPClient

    package init(provider: HTTPProvider?, client: HTTPClient) {
        (self.provider, self.client) = (provider, client)
    }

    /// The settings of the client: every effect that the engine has under way gets a connection, so
    /// that no attempt spends its time in a queue; and a notice goes where the operator said, and
    /// nowhere else.
    package static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit =
            RuntimeLimits.effectsAtOnceMax
        return configuration
    }

    /// Tries once; throws only if the service is stopping and nothing is known.
    package func attempt(_ notice: Notice) async throws -> AttemptOutcome {
        guard let provider else {
            return .failed(
                "No HTTP provider is configured, so no person can be told; set http-url of "
                    + "notification.")
        }
        guard case .person(_, _, let telephone) = notice.holder else {
            return .failed("The notice is for nobody with a telephone.")
        }
        let outcome: AttemptOutcome
        do {
            var request = HTTPClientRequest(url: provider.url)
            request.method = .POST
            request.headers = headers(provider, notice)
            let body = provider.body.filled(values(provider, notice, telephone))
            request.body = .bytes(ByteBuffer(bytes: try body.serialized()))
            outcome = try await answer(to: request, provider)
        } catch let error as HTTPClientError where error == .alreadyShutdown {
            throw error
        } catch let error where Task.isCancelled {
            throw error
        } catch {
            outcome = .failedForNow("no answer: \(error)")
        }
        return outcome.hiding(telephone)
    }

    /// What the provider answers; the limit counts until its last byte is there.
    private func answer(
        to request: HTTPClientRequest, _ provider: HTTPProvider
    ) async throws -> AttemptOutcome {
        let answer = try await within(provider.timeout) { [client] in
            let response = try await client.execute(request, deadline: .distantFuture)
            let bytes = try await response.body.collect(upTo: ServiceLimits.answerBytesMax)
            return (status: response.status.code, body: Array(bytes.readableBytesView))
        }
        guard let answer else {
            return .failedForNow(
                "no answer: it was not complete after \(provider.timeout.milliseconds) ms")
        }
        return Self.read(status: answer.status, body: answer.body, provider)
    }

    private func headers(_ provider: HTTPProvider, _ notice: Notice) -> HTTPHeaders {
        var headers = HTTPHeaders()
        headers.add(name: "content-type", value: "application/json; charset=utf-8")
        headers.add(name: "idempotency-key", value: notice.id.text)
        for (name, value) in provider.headers { headers.replaceOrAdd(name: name, value: value) }
        return headers
    }

    private func values(
        _ provider: HTTPProvider, _ notice: Notice, _ telephone: String
    ) -> [String: String] {
        var person = ""
        if case .person(_, let name, _) = notice.holder { person = name }
        return [
            "id": notice.id.text, "telephone": telephone, "text": notice.text,
            "signature": provider.signature, "template": provider.template, "person": person,
            "role": notice.roles.map(\.text).joined(separator: ","),
            "enterprise": notice.enterpriseName, "source": notice.source.text,
            "case": notice.caseID.text, "level": notice.level.rawValue,
            "reason": notice.reason.rawValue, "clause": notice.clause.text,
            "circular": "\(notice.circularNumber)",
        ]
    }

    /// What an answer means (decision 0014).
    package static func read(
        status: UInt, body: [UInt8], _ provider: HTTPProvider
    ) -> AttemptOutcome {
        let text = "HTTP \(status): \(shortened(body))"
        guard (200...299).contains(status) else {
            let mayHelp = status >= 500 || [408, 425, 429].contains(status)
            return mayHelp ? .failedForNow(text) : .failed(text)
        }
        let answer = try? JSONValue(parsing: body)
        if let success = provider.success {
            let found = answer?.value(at: success.pointer)?.text ?? ""
            if found != success.value {
                return provider.temporaryValues.contains(found)
                    ? .failedForNow(text) : .failed(text)
            }
        }
        let id = provider.messageIDPointer.flatMap { answer?.value(at: $0)?.text }
        return .taken(providerID: id ?? "")
    }

    /// The beginning of an answer on one line.
    private static func shortened(_ body: [UInt8]) -> String {
        let text = String(
            decoding: body.prefix(4 * ServiceLimits.answerCharactersKept), as: UTF8.self)
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return String(
            words.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }.map(Character.init)
                .prefix(ServiceLimits.answerCharactersKept))
    }
}

extension AttemptOutcome {
    /// The same without the number, which providers like to repeat and records must not hold.
    fileprivate func hiding(_ telephone: String) -> AttemptOutcome {
        func masked(_ text: String) -> String {
            telephone.isEmpty ? text : text.replacingOccurrences(of: telephone, with: "***")
        }
        return switch self {
        case .taken(let providerID): .taken(providerID: providerID)
        case .failedForNow(let text): .failedForNow(masked(text))
        case .failed(let text): .failed(masked(text))
        }
    }
}
