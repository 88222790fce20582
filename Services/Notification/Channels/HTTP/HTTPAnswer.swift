import AsyncHTTPClient
import Domain
import Foundation
import NIOCore
import NIOPosix

/// What came back from a server that was asked once.
enum HTTPAnswer: Sendable {
    case complete(status: UInt, body: [UInt8])
    /// It may have had the request.
    case failed(String)
    /// It has not had the request: nobody listened.
    case unsent(String)

    /// Too many requests.
    var isThrottle: Bool {
        if case .complete(429, _) = self { true } else { false }
    }

    /// Asks; the limit counts until the last byte of the answer is there.
    static func of(
        _ request: HTTPClientRequest, _ late: LateHTTPClient, within limit: Interval
    ) async -> HTTPAnswer {
        do {
            let client = try late.client()
            let answer = try await within(limit) {
                let response = try await client.execute(request, deadline: .distantFuture)
                let bytes = try await response.body.collect(upTo: ChannelLimits.answerBytesMax)
                return HTTPAnswer.complete(
                    status: response.status.code, body: Array(bytes.readableBytesView))
            }
            return answer ?? .failed("it was not complete after \(limit.milliseconds) ms")
        } catch let error as LateHTTPClient.Closed {
            return .unsent("\(error)")
        } catch let error as IOError where error.errnoCode == ECONNREFUSED {
            // Only opening a connection fails so.
            return .unsent("\(error)")
        } catch let error as NIOConnectionError {
            return .unsent("\(error)")
        } catch let error as HTTPClientError
            where [.connectTimeout, .getConnectionFromPoolTimeout, .alreadyShutdown]
            .contains(error)
        {
            return .unsent("\(error)")
        } catch {
            return .failed("\(error)")
        }
    }

    /// True if the server is to blame, or asks to come later.
    static func mayHelpAgain(_ status: UInt) -> Bool {
        status >= 500 || [408, 425, 429].contains(status)
    }

    /// The beginning of an answer on one line.
    static func shortened(_ body: [UInt8]) -> String {
        let text = String(
            decoding: body.prefix(4 * ChannelLimits.answerCharactersKept), as: UTF8.self)
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return String(
            words.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }.map(Character.init)
                .prefix(ChannelLimits.answerCharactersKept))
    }
}
