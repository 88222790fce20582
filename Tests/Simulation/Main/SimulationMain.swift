import ArgumentParser
import Foundation
import Simulation

/// Simulates years of a platform and its faults; stops at the first thing that must not be.
@main struct SimulationMain: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "hazwatch-sim")

    @Option(help: "The seed of the first run.") var seed: UInt64 = 1
    @Option(help: "How many runs, each with the next seed.") var runs: UInt64 = 1
    @Option(help: "How many days each run lasts.") var days: Int64 = 30
    @Option(help: "The folder with licheng-supplied.yaml.") var examples = "docs/examples"

    func run() throws {
        let profiles = try Simulation.profiles(examples: examples)
        var total = Figures()
        var failures = 0
        let start = ContinuousClock.now
        for seed in seed..<(seed + runs) {
            let profile = Simulation.profile(of: seed, among: profiles)
            do {
                let (figures, faults) = try Simulation.run(seed: seed, days: days, profile: profile)
                total += figures
                if runs < 20 { print("seed \(seed) \(profile.name), faults \(faults): \(figures)") }
            } catch {
                failures += 1
                print("\(error)\nrepeat: make sim SEED=\(seed) DAYS=\(days)  (commit \(commit()))")
            }
        }
        let took = ContinuousClock.now - start
        let years = Double(days) * Double(runs) / 365
        print("\(runs) runs, \(years) years in \(took): \(total); failed \(failures)")
        if failures > 0 { throw ExitCode.failure }
    }

    private func commit() -> String {
        let git = Process()
        git.executableURL = URL(filePath: "/usr/bin/env")
        git.arguments = ["git", "rev-parse", "--short", "HEAD"]
        let output = Pipe()
        git.standardOutput = output
        guard (try? git.run()) != nil else { return "unknown" }
        let text = (try? output.fileHandleForReading.readToEnd()).flatMap { $0 } ?? Data()
        return String(decoding: text, as: UTF8.self).filter { !$0.isWhitespace }
    }
}
