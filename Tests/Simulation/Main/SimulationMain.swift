import ArgumentParser
import Foundation
import Policy
import Simulation

/// Simulates years of the platform and its faults, and tells of each thing that must not be.
@main struct SimulationMain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "hazwatch-sim")

    @Option(help: "The seed of the first run.") var seed: UInt64 = 1
    @Option(help: "How many runs, each with the next seed.") var runs: UInt64 = 1
    @Option(help: "How many days each run lasts.") var days: Int64 = 30
    @Option(help: "How many runs at once.") var jobs = 1
    @Option(help: "The kinds of fault, with commas, or none; without it each seed draws its own.")
    var faults = ""
    @Option(help: "A fault of the shell itself, to see that the inspection finds it.")
    var broken = ""
    @Option(help: "The folder with licheng-supplied.yaml.") var examples = "docs/examples"

    func run() async throws {
        let profiles = try Simulation.profiles(examples: examples)
        let chosen = try chosenFaults()
        var (total, failures) = (Figures(), 0)
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: (UInt64, Simulation.Outcome).self) { group in
            var next = seed
            let end = seed + runs
            for _ in 0..<max(jobs, 1) where next < end {
                group.addTask { [seed = next] in (seed, one(seed, profiles, chosen)) }
                next += 1
            }
            while let (seed, outcome) = try await group.next() {
                if next < end {
                    group.addTask { [seed = next] in (seed, one(seed, profiles, chosen)) }
                    next += 1
                }
                total += outcome.figures
                let name = Simulation.profile(of: seed, among: profiles).name
                if let failure = outcome.failure {
                    failures += 1
                    tell(failure, outcome.faults, seed, profiles)
                } else if runs < 20 {
                    print("seed \(seed) \(name), faults \(outcome.faults): \(outcome.figures)")
                }
            }
        }
        let took = ContinuousClock.now - start
        let years = Double(days) * Double(runs) / 365
        print("faults that struck: \(total.struck)")
        print(
            "seeds \(seed) to \(seed + runs - 1), \(days) days each: \(years) years in \(took)\n"
                + "\(total)\nfailed \(failures)")
        if failures > 0 { throw ExitCode.failure }
    }

    private func one(
        _ seed: UInt64, _ profiles: [PolicyProfile], _ faults: Faults?
    ) -> Simulation.Outcome {
        Simulation.run(
            seed: seed, days: days, profile: Simulation.profile(of: seed, among: profiles),
            faults: faults, breakage: Breakage(rawValue: broken))
    }

    private func chosenFaults() throws -> Faults? {
        if faults.isEmpty { return nil }
        if faults == "none" { return Faults([]) }
        return Faults(
            try faults.split(separator: ",").map { word in
                guard let kind = Faults.Kind(rawValue: String(word)) else {
                    let all = Faults.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("There is no fault \(word). Write some of \(all).")
                }
                return kind
            })
    }

    /// What was found, and the smallest run that finds it again.
    private func tell(
        _ failure: Simulation.Failure, _ faults: Faults, _ seed: UInt64,
        _ profiles: [PolicyProfile]
    ) {
        let profile = Simulation.profile(of: seed, among: profiles)
        print("FAILED seed \(seed), \(profile.name), faults \(faults): \(failure.text)")
        guard
            let least = Simulation.smallest(
                seed: seed, days: failure.days, profile: profile, faults: faults,
                breakage: Breakage(rawValue: broken))
        else { return print("it does not fail again: the run does not depend on its seed alone") }
        let kinds = least.faults.on.map(\.rawValue).joined(separator: ",")
        let words = "SEED=\(seed) DAYS=\(least.days) FAULTS=\(kinds.isEmpty ? "none" : kinds)"
        print("repeat: make sim \(words)  (commit \(commit()))\n  there: \(least.text)")
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
