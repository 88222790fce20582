extension StoredSequences {
    /// Adds a range; no gap is given up for it.
    package mutating func insert(_ range: ClosedRange<UInt64>) {
        var (low, high) = (range.lowerBound, range.upperBound)
        var apart: [ClosedRange<UInt64>] = []
        for known in ranges {
            let isBefore = known.upperBound < low && low - known.upperBound > 1
            let isAfter = known.lowerBound > high && known.lowerBound - high > 1
            if isBefore || isAfter {
                apart.append(known)
            } else {
                (low, high) = (min(low, known.lowerBound), max(high, known.upperBound))
            }
        }
        self = StoredSequences(apart + [low...high])
    }

    /// Takes a range out again.
    package mutating func remove(_ range: ClosedRange<UInt64>) {
        var left: [ClosedRange<UInt64>] = []
        for known in ranges {
            if !known.overlaps(range) {
                left.append(known)
                continue
            }
            if known.lowerBound < range.lowerBound {
                left.append(known.lowerBound...(range.lowerBound - 1))
            }
            if known.upperBound > range.upperBound {
                left.append((range.upperBound + 1)...known.upperBound)
            }
        }
        self = StoredSequences(left)
    }
}
