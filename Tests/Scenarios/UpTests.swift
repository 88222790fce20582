import Domain
import Foundation
import Runtime
import SimKit
import Storage
import Testing

@testable import CLI

/// `hazwatch up` and the commands that a person types beside it.
@Suite(.enabled(if: Program.isBuilt("hazwatch"), "The program hazwatch is not built."))
struct UpTests {
    private let folder: TemporaryFolder
    private let program: Program

    init() throws {
        folder = try TemporaryFolder()
        program = Self.up(folder)
    }

    private static func up(_ folder: TemporaryFolder, _ more: [String] = []) -> Program {
        let ports = ServiceName.allCases.flatMap {
            ["--set", "\($0).grpc-port=0", "--set", "\($0).admin-port=0"]
        }
        return Program("hazwatch", ["up", "--data", folder.path] + ports + more, in: folder)
    }

    @Test("首次启动生成密钥和令牌，Ctrl-C 正常停止")
    func theFirstStartMakesKeysThatOnlyTheOwnerCanRead() async throws {
        try program.start()
        try await program.waitUntilPrinted("Ctrl-C")
        #expect(program.printed.contains("new administrator token"))
        for name in ["keys/token.pem", "keys/administrator.token"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.file(name))
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
        let token = try String(
            contentsOfFile: folder.file("keys/administrator.token"), encoding: .utf8)
        #expect(program.end(SIGINT) == 0)
        #expect(program.printed.hasSuffix("已停止 stopped.\n"))
        let last = try #require(program.printed.components(separatedBy: "Ctrl-C").last)
        #expect(!last.contains(" warning "), "a clean stop is nothing to warn of")
        // The next start keeps what is there.
        try program.start()
        try await program.waitUntilPrinted("令牌 administrator token")
        let kept = try String(
            contentsOfFile: folder.file("keys/administrator.token"), encoding: .utf8)
        #expect(kept == token)
        #expect(program.end(SIGTERM) == 0)
    }

    @Test func aSecondOneOnTheSameFolderIsRefused() async throws {
        try program.start()
        try await program.waitUntilPrinted("Ctrl-C")
        let other = try TemporaryFolder()
        let second = Program("hazwatch", ["up", "--data", folder.path], in: other)
        try second.start()
        #expect(second.wait() == 1)
        #expect(second.printed.contains("is in use by another process"))
        #expect(second.printed.contains("give this one a data folder of its own"))
        program.end(SIGTERM)
    }

    @Test func aSettingThatNobodyKnowsIsUsage() throws {
        let program = Self.up(folder, ["--set", "risk.grpc-prot=1"])
        try program.start()
        #expect(program.wait() == 2)
        #expect(program.printed.contains("Did you mean `grpc-port`?"))
    }

    @Test("登记、回放、查询：命令行从头到尾")
    func aPlantIsRegisteredReplayedAndLookedAt() async throws {
        let program = Self.up(folder, ["--clock", "simulated"])
        try program.start()
        try await program.waitUntilPrinted("Ctrl-C")
        #expect(await type("registry", "import", PlantFiles.registry).code == 0)
        #expect(
            await type("warning", "list", "--level", "yellow").out == [
                "No hazard source is at this level or higher."
            ])
        let data = folder.file("rise.csv")
        try Data("t,p\n08:00,2800\n".utf8).write(to: URL(fileURLWithPath: data))
        let replay = ["replay", data, "--accelerated", "--mapping", try mapping()]
        // A row that is no row is told before anything is pushed.
        let refused = await type(replay)
        #expect(refused.code == 1)
        #expect(refused.error.first?.contains("rise.csv:2: column \"t\" holds \"08:00\"") == true)
        try Data(Self.rise.utf8).write(to: URL(fileURLWithPath: data))
        #expect(await type(replay + ["--until", "+5min"]).code == 0)
        let again = await type(replay + ["--until", "+5min"])
        let before = again.out.first { $0.hasPrefix("rows stored before ") }
        #expect(before?.hasSuffix(" 3") == true, "\(again)")
        let levels = try await json("warning", "list", "--level", "yellow")
        #expect(levels.compactMap { $0["level"] as? String } == ["orange"])
        #expect(levels.compactMap { $0["changed_at"] as? String } == ["2021-11-01 08:20:00 +08:00"])
        #expect(levels.compactMap { $0["changed_at_unix_ms"] as? Int } == [1_635_726_000_000])
        let alarms = try await json("alarm", "list")
        #expect(alarms.compactMap { $0["worst_value"] as? Double } == [3001.5])
        let cases = try await json("case", "list")
        let id = try #require(cases.first?["id"] as? String)
        let shown = await type("case", "show", id)
        #expect(shown.out.contains { $0.hasPrefix("notices: ") })
        #expect(shown.out.contains { $0.contains("002-WD §11") && $0.contains("09:20:00") })
        let inbox = await type("inbox", "list", "--node", "c1")
        #expect(inbox.out.contains { $0.contains("橙色预警") }, "\(inbox)")
        let journal = await type("journal", "tail", "--service", "risk", "--after", "0")
        #expect(journal.out.count == 4, "\(journal)")
        #expect(await type("audit", "verify").code == 0)
        let missing = await type("case", "show", "nothing")
        #expect(missing.code == 1 && !missing.error.isEmpty)
        program.end(SIGTERM)
        let gone = await type("warning", "list")
        #expect(gone.code == 3)
        #expect(gone.error.contains { $0.contains("hazwatch up") })
    }

    private static let rise = """
        t,p
        2021-11-01 08:00:00,2800
        2021-11-01 08:10:00,2900
        2021-11-01 08:20:00,3001.5

        """

    private func mapping() throws -> String {
        let path = folder.file("mapping.yaml")
        let text = """
            gateway: te-gateway
            separator: csv
            header: true
            time: {column: t}
            columns: {p: te-reactor-pressure}
            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    private struct Typed {
        var code: Int32
        var out, error: [String]
    }

    private func type(_ words: String...) async -> Typed { await type(words) }

    /// Runs a command in this process, as the program would.
    private func type(_ words: [String]) async -> Typed {
        let screen = Screen()
        let code = await Terminal.$screen.withValue(screen) {
            await Launch.run(words + ["--data", folder.path])
        }
        return Typed(code: code, out: screen.out, error: screen.error)
    }

    private func json(_ words: String...) async throws -> [[String: Any]] {
        let typed = await type(words + ["--output", "json"])
        let text = typed.out.joined(separator: "\n")
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return try #require(value as? [[String: Any]])
    }
}
