import Kernel

/// A sensor at 0.1 that is read every ten seconds, within 50 ms after the tick.
struct Sensor {
    private var random: SeededRandom
    private var tenths: Int64

    init(_ number: Int) {
        random = SeededRandom(seed: UInt64(number) + 1)
        tenths = 100 + random.integer(in: 0...2_000)
    }

    static let every: Int64 = 10_000

    /// How long after the tick it is read, and what it says.
    mutating func next() -> (delay: Int64, value: Double) {
        // A step of one resolution in every fourth reading, up or down.
        if random.chance(1, of: 4) { tenths += random.chance(1, of: 2) ? 1 : -1 }
        return (random.integer(in: 0...49), Double(tenths) / 10)
    }

    /// One in two hundred spans of ten readings is bad.
    mutating func quality(at tick: Int64) -> UInt8 {
        var lot = SeededRandom(seed: UInt64(bitPattern: (tick / 10) << 20 ^ tenths / 40))
        return lot.chance(1, of: 200) ? 2 : 0
    }
}
