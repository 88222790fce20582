import AsyncHTTPClient
import Contracts
import Domain
import Foundation
import NIOCore
import Runtime
import SimKit
import Testing

@testable import Notification

/// EDG-14, NTF-16: a responsible person confirms by a link in the message.
@Suite struct ConfirmLinkTests {
    /// One red warning, the message that its principal got, and the page behind the link in it.
    private struct Told {
        let line: Line
        let provider: Provider
        let port: Int
        let message: Provider.Message
        let link: String

        var code: String { link.split(separator: "/").last.map(String.init) ?? "" }

        init() async throws {
            provider = Provider()
            port = try FreePort.find()
            line = try await Line(settings: [
                ("http-url", try await provider.url),
                ("http-body", #"{"id":"{id}","telephone":"{telephone}","text":"{text}"}"#),
                ("link-url", "https://hw.example.cn/c"), ("link-port", "\(port)"),
            ])
            try await line.host.measure(85, minute: 0)
            try await line.host.settle()
            let all = provider.messages
            message = try #require(all.first { $0.id.hasSuffix("/1") })
            link = try #require(
                message.text.split(separator: " ").map(String.init).first {
                    $0.hasPrefix("https://hw.example.cn/c/")
                })
        }

        func page(
            _ code: String, post: Bool = false
        ) async throws -> (status: UInt, text: String) {
            var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/c/\(code)")
            request.method = post ? .POST : .GET
            let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
            let body = try await answer.body.collect(upTo: 1 << 16)
            return (answer.status.code, String(buffer: body))
        }

        func notice() async throws -> NotificationV1.Notice? {
            let one = try #require(try await line.cases().first)
            return try await line.show(one.id).notices.first { $0.id == message.id }
        }

        func stop() async throws {
            try await line.host.stop()
            await provider.stop()
        }
    }

    @Test func lookingShowsTheMessageAndTheButtonConfirms() async throws {
        let told = try await Told()
        let looked = try await told.page(told.code)
        #expect(looked.status == 200)
        #expect(looked.text.contains("黄色预警") && looked.text.contains("<button"))
        #expect(try await told.notice()?.state == .sent, "looking confirms nothing")
        let pressed = try await told.page(told.code, post: true)
        #expect(pressed.status == 200 && pressed.text.contains("已签收"))
        #expect(pressed.text.contains("+08:00") && !pressed.text.contains("<button"))
        let after = try #require(try await told.notice())
        #expect(after.state == .confirmed && after.channelMessage == "confirmed by short link")
        // Whoever presses twice confirms once.
        let again = try await told.page(told.code, post: true)
        #expect(again.status == 200 && again.text == pressed.text)
        #expect(try await told.notice()?.stateAtUnixMs == after.stateAtUnixMs)
        try await told.stop()
    }

    @Test func linkStandsInTheMessageAlone() async throws {
        let told = try await Told()
        #expect(try await told.notice()?.text.contains(told.link) == false)
        let desk = try await told.line.inbox("d1")
        #expect(desk.allSatisfy { !$0.text.contains("https://") })
        let data = try FileManager.default.subpathsOfDirectory(atPath: told.line.host.folder.path)
        for path in data {
            let whole = told.line.host.folder.file(path)
            guard let bytes = FileManager.default.contents(atPath: whole) else { continue }
            #expect(bytes.range(of: Data(told.code.utf8)) == nil, "\(path)")
        }
        try await told.stop()
    }

    @Test func wrongLinkSaysSoAndConfirmsNothing() async throws {
        let told = try await Told()
        let last = try #require(told.code.last)
        let changed = told.code.dropLast() + (last == "2" ? "3" : "2")
        for code in [String(changed), "1", "", "0OIl", String(repeating: "z", count: 4_000)] {
            for post in [false, true] {
                let answer = try await told.page(code, post: post)
                #expect(answer.status == 404 && answer.text.contains("链接无效"), "\(code)")
            }
        }
        #expect(try await told.notice()?.state == .sent)
        try await told.stop()
    }

    @Test func codesAreShortDifferAndBelongToTheirKey() {
        let codes = ConfirmCodes(key: Array(repeating: 7, count: 32))
        let others = ConfirmCodes(key: Array(repeating: 8, count: 32))
        for ordinal in [0, 1, 57, 58, 3_363, 1_000_000, Int64.max] {
            let code = codes.code(of: ordinal)
            #expect(codes.ordinal(of: code) == ordinal)
            #expect(others.ordinal(of: code) == nil)
            #expect(codes.ordinal(of: "1" + code) == nil, "one notice has one code")
        }
        #expect(codes.code(of: 1_000_000).count == 14)
        #expect(codes.ordinal(of: String(repeating: "z", count: 30)) == nil)
    }

    @Test func keyStaysTheSameAndIsNobodyElsesToRead() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("confirm-links.key")
        let code = try ConfirmCodes(file: path).code(of: 5)
        #expect(try ConfirmCodes(file: path).ordinal(of: code) == 5)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        try Data("short".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: FileFailure.self) { try ConfirmCodes(file: path) }
    }
}
