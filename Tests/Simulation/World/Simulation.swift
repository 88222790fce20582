import Domain
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

    /// How a run went.
    package struct Outcome: Sendable {
        package var figures: Figures
        package var faults: Faults
        /// What must never be and was.
        package var failure: Failure?
    }

    package struct Failure: Sendable {
        package var text: String
        /// The days that the same run needs to come there again.
        package var days: Int64
    }

    /// One run.
    package static func run(
        seed: UInt64, days: Int64, profile: PolicyProfile, faults: Faults? = nil,
        breakage: Breakage? = nil
    ) -> Outcome {
        do {
            var world = try World(
                seed: seed, days: days, profile: profile, faults: faults, breakage: breakage)
            let drawn = world.faults
            do {
                return Outcome(figures: try world.run(), faults: drawn)
            } catch {
                let needed = (world.now - world.start).milliseconds / Interval.day.milliseconds + 1
                return Outcome(
                    figures: world.figures, faults: drawn,
                    failure: Failure(text: "\(error)", days: min(days, needed)))
            }
        } catch {
            let failure = Failure(text: "at the start: \(error)", days: 1)
            return Outcome(figures: Figures(), faults: Faults([]), failure: failure)
        }
    }

    /// The fewest days and kinds of fault with which a run still fails; nil if it does not.
    package static func smallest(
        seed: UInt64, days: Int64, profile: PolicyProfile, faults: Faults,
        breakage: Breakage? = nil
    ) -> (days: Int64, faults: Faults, text: String)? {
        func failure(_ faults: Faults, _ days: Int64) -> Failure? {
            run(seed: seed, days: days, profile: profile, faults: faults, breakage: breakage)
                .failure
        }
        guard let first = failure(faults, days) else { return nil }
        var found = (days: first.days, faults: faults, text: first.text)
        for kind in faults.on {
            let fewer = Faults(found.faults.on.filter { $0 != kind })
            if let other = failure(fewer, found.days) { found = (other.days, fewer, other.text) }
        }
        return found
    }
}
