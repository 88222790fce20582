import Domain
import Foundation
import Runtime
import SimKit
import Testing

@testable import CLI

/// A client that knows nothing of us but the address and its token.
@Suite(
    .enabled(if: Python.isThere, "Tests/Interop/setup.sh has not made the Python of the peers."))
struct ForeignClientTests {
    @Test("外来客户端：推送实时数据，读到县局的预警通知")
    func aStrangerPushesAReadingAndTheCountyReadsItsNotice() async throws {
        let host = try await TestHost(Platform.services)
        let line = try await Line(on: host.folder)
        try await line.loadRegistry(advancing: false)
        let seen = try await Python.run(
            "foreign.py",
            [
                "--ingest", host.address(of: "ingest"),
                "--notification", host.address(of: "notification"),
                "--gateway-token",
                try await host.tokenFile(.gateway, node: "te", subject: "te-foreign"),
                "--county-token", try await host.tokenFile(.officer, node: "d1", subject: "desk-1"),
                "--other-token", try await host.tokenFile(.officer, node: "d2", subject: "desk-2"),
                "--gateway", "te-foreign", "--point", "te-reactor-pressure", "--value", "2900.5",
                "--county", "d1",
            ])
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let answer = try decoder.decode(Seen.self, from: seen)
        #expect(answer.services["ingest"]?.contains("hazwatch.ingest.v1.ReadingsService") == true)
        #expect(answer.pushWithoutToken.code == "UNAUTHENTICATED")
        #expect(answer.readWithoutToken.code == "UNAUTHENTICATED")
        #expect(answer.pushWithOtherToken.code == "PERMISSION_DENIED")
        #expect(answer.readWithOtherToken.code == "PERMISSION_DENIED")
        #expect(answer.readWithGatewayToken.code == "PERMISSION_DENIED")
        #expect(answer.push.stored == 1 && !answer.push.repeated)
        #expect(answer.pushAgain.repeated)
        let notice = try #require(answer.inbox.notices.first)
        #expect(answer.inbox.notices.count == 1)
        #expect(notice.id == answer.followed.notice.id)
        #expect(notice.nodeId == "d1")
        #expect(notice.level == "WARNING_LEVEL_YELLOW")
        #expect(notice.clause.hasPrefix("002-WD §5"))
        #expect(notice.text.contains("黄色预警") && notice.text.contains("2900.5"))
        try await host.stop()
    }

    private struct Seen: Decodable {
        struct Refusal: Decodable { var code, details: String }
        struct Push: Decodable {
            var stored: Int
            var repeated: Bool
        }
        struct Notice: Decodable { var id, nodeId, level, clause, text: String }
        struct Arrival: Decodable { var notice: Notice }
        struct Inbox: Decodable { var notices: [Notice] }

        var services: [String: [String]]
        var pushWithoutToken, pushWithOtherToken: Refusal
        var readWithoutToken, readWithOtherToken, readWithGatewayToken: Refusal
        var push, pushAgain: Push
        var followed: Arrival
        var inbox: Inbox
    }
}

extension TestHost {
    fileprivate func address(of name: String) -> String {
        "127.0.0.1:\(service(name)?.ports.grpc ?? 0)"
    }

    fileprivate func tokenFile(
        _ role: Principal.Role, node: String, subject: String
    ) async throws -> String {
        let path = folder.file(subject + ".token")
        let token = try await token(role, node: NodeID(node), subject: subject)
        try PrivateFile.create(path, Array(token.utf8))
        return path
    }
}

/// The Python that Tests/Interop/setup.sh makes for all peers.
private enum Python {
    private static let scenarios = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    private static let interpreter = scenarios.deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent(".build/interop/venv/bin/python")

    static let isThere = FileManager.default.isExecutableFile(atPath: interpreter.path)

    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    /// What a script of ours prints.
    static func run(_ script: String, _ arguments: [String]) async throws -> Data {
        let process = Process()
        process.executableURL = interpreter
        let path = scenarios.appendingPathComponent("python/\(script)").path
        process.arguments = [path] + arguments
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        // Reading to the end blocks a thread, which must be none of the pool that serves the calls.
        let text = try await withCheckedThrowingContinuation { done in
            Thread.detachNewThread {
                let text = output.fileHandleForReading.readDataToEndOfFile()
                let said = errors.fileHandleForReading.readDataToEndOfFile()
                process.waitUntilExit()
                if process.terminationStatus == 0 {
                    done.resume(returning: text)
                } else {
                    let said = String(decoding: said, as: UTF8.self)
                    done.resume(throwing: Failed(description: "\(script): \(said)"))
                }
            }
        }
        return text
    }
}
