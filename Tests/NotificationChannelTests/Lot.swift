import Kernel

/// Numbers for a test, the same for the same seed.
struct Lot {
    private var random: SeededRandom

    init(_ seed: UInt64) { random = SeededRandom(seed: seed) }

    /// From 0 up to, not including, `bound`.
    mutating func draw(_ bound: Int) -> Int { Int(random.integer(in: 0...Int64(bound - 1))) }
}
