import Foundation
import NotificationCore
import Policy
import Testing

/// Every scenario of `Tests/Scenarios/Clauses` holds on the real machine.
@Suite struct ScenarioTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Scenarios/Clauses")

    /// All that there are; a file that cannot be read fails the test below.
    static let all = Result { () throws -> [Scenario] in
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".txt") }.sorted()
        return try files.flatMap { file in
            let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            return try ScenarioReader.read(text, file: file)
        }
    }

    @Test func everyFileIsReadAndHoldsScenarios() throws {
        #expect(try Self.all.get().count > 50)
    }

    @Test(arguments: (try? ScenarioTests.all.get()) ?? [])
    func whatTheScenarioSaysIsSo(scenario: Scenario) throws {
        #expect(throws: Never.self) { try ScenarioRun.play(scenario) }
    }
}
