package import Policy
import Runtime

/// Runs of the world by seed.
package enum Simulation {
    /// The five profiles; the one with open values as an operator would complete it.
    package static func profiles(examples: String) throws -> [PolicyProfile] {
        try ["mem-2021", "changzhou-2020", "beijing", "zibo-2020"].map {
            try ProfileSource.load($0)
        } + [ProfileSource.load(path: examples + "/licheng-supplied.yaml")]
    }

    /// Which profile a seed has: every other run is the ministry's, whose model is told twice.
    package static func profile(of seed: UInt64, among all: [PolicyProfile]) -> PolicyProfile {
        seed % 2 == 0 ? all[0] : all[Int(seed / 2 % UInt64(all.count))]
    }

    /// One run; what it throws names the seed.
    package static func run(
        seed: UInt64, days: Int64, profile: PolicyProfile
    ) throws -> (figures: Figures, faults: Faults) {
        var world = try World(seed: seed, days: days, profile: profile)
        let faults = world.faults
        do {
            return (try world.run(), faults)
        } catch {
            throw Violation(
                "seed \(seed), \(days) days, \(profile.name), faults \(faults): \(error)")
        }
    }
}
