/// Numbers that look drawn by lot and are the same for the same seed: SplitMix64.
package struct SeededRandom: RandomNumberGenerator, Hashable, Codable, Sendable {
    package private(set) var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// A whole number from `range`; its slant towards low numbers is below one in 2^40 for ranges
    /// under 2^24.
    package mutating func integer(in range: ClosedRange<Int64>) -> Int64 {
        let width = UInt64(bitPattern: range.upperBound &- range.lowerBound) &+ 1
        let drawn = width == 0 ? next() : next() % width
        return range.lowerBound &+ Int64(bitPattern: drawn)
    }

    /// A number from 0 up to, not including, 1.
    package mutating func fraction() -> Double {
        Double(next() >> 11) / 9_007_199_254_740_992
    }

    /// True `count` times in `of`, on average.
    package mutating func chance(_ count: Int64, of: Int64) -> Bool {
        integer(in: 1...of) <= count
    }
}
