import ArgumentParser
import Foundation
import KillCourse

/// Kills notification under load, again and again, and looks at what is left.
@main struct KillMain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "hazwatch-kill")

    @Option(help: "The seed of load and kills.") var seed: UInt64 = 1
    @Option(help: "How often notification is killed.") var kills = 100

    func run() async throws {
        let root = URL(filePath: FileManager.default.currentDirectoryPath)
        guard KillRun.isPossible(root: root) else {
            print("The programs or the SMSC are missing: run this by `make kill`.")
            throw ExitCode.failure
        }
        var course = KillRun(seed: seed, kills: kills, root: root)
        course.tell = { print($0) }
        let start = ContinuousClock.now
        let report = try await course.run()
        for line in report.trace { print(line) }
        print("\(report)")
        for mistake in report.mistakes.prefix(50) { print("MISTAKE: \(mistake)") }
        print("seed \(seed), \(ContinuousClock.now - start)")
        if !report.mistakes.isEmpty { throw ExitCode.failure }
    }
}
