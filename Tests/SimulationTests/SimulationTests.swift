import Foundation
import Policy
import Simulation
import Testing

/// NTF-11, NTF-12, NTF-45: the whole chain on a seed, with faults, in virtual time.
@Suite struct SimulationTests {
    private static let first =
        ProcessInfo.processInfo.environment["HAZWATCH_SEED"].flatMap(UInt64.init) ?? 1

    private static func profile(of seed: UInt64) throws -> PolicyProfile {
        let examples = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/examples").path
        return Simulation.profile(of: seed, among: try Simulation.profiles(examples: examples))
    }

    @Test(arguments: first..<(first + 10)) func nothingIsForgotten(seed: UInt64) throws {
        let profile = try Self.profile(of: seed)
        let outcome = Simulation.run(seed: seed, days: 8, profile: profile)
        #expect(
            outcome.failure == nil,
            "\(outcome.failure?.text ?? ""), faults \(outcome.faults)")
        #expect(outcome.figures.batches > 0 && outcome.figures.acknowledged > 0)
    }

    /// The simulation sees what it is there for: whatever is broken on purpose is found.
    @Test(arguments: Breakage.allCases) func whatIsBrokenIsFound(breakage: Breakage) throws {
        let profile = try Self.profile(of: 2)
        let found = (1...20).contains { seed in
            Simulation.run(
                seed: UInt64(seed), days: 8, profile: profile, faults: Faults.all,
                breakage: breakage
            ).failure != nil
        }
        #expect(found, "\(breakage) was not found in 20 runs")
    }
}
