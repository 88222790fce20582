import Foundation
import Simulation
import Testing

/// NTF-11, NTF-12, NTF-45: the whole on a seed, with faults, in virtual time.
@Suite struct SimulationTests {
    private static let seeds: Range<UInt64> = {
        let first = ProcessInfo.processInfo.environment["HAZWATCH_SEED"].flatMap(UInt64.init) ?? 1
        return first..<(first + 20)
    }()

    @Test(arguments: seeds) func nothingIsForgotten(seed: UInt64) throws {
        let examples = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/examples").path
        let profile = Simulation.profile(
            of: seed, among: try Simulation.profiles(examples: examples))
        let (figures, _) = try Simulation.run(seed: seed, days: 12, profile: profile)
        #expect(figures.calls > 0)
    }
}
