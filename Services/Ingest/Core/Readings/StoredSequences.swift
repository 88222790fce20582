/// Which batches of one gateway are stored: its sequence numbers as ranges.
///
/// A gateway counts up, so there is usually one range; batches that come out of order or are
/// missing make gaps, and a batch that fills a gap is stored like any other.
package struct StoredSequences: Sendable, Equatable {
    /// Beyond this many gaps the oldest is given up: what would fill it is refused like a number
    /// used twice, and the gateway hears of it. One that leaves so many holes does not count up.
    package static let rangesMax = 1_000

    /// Ascending, not touching each other.
    package private(set) var ranges: [ClosedRange<UInt64>]

    package init(_ ranges: [ClosedRange<UInt64>] = []) {
        self.ranges = ranges.sorted { $0.lowerBound < $1.lowerBound }
    }

    package func contains(_ sequence: UInt64) -> Bool {
        // From the end: a gateway mostly asks about its newest.
        for range in ranges.reversed() where range.lowerBound <= sequence {
            return sequence <= range.upperBound
        }
        return false
    }

    /// The highest number stored; 0 if none is.
    package var highest: UInt64 { ranges.last?.upperBound ?? 0 }

    package mutating func insert(_ sequence: UInt64) {
        let next = ranges.lastIndex { $0.lowerBound <= sequence }.map { $0 + 1 } ?? 0
        var (low, high) = (sequence, sequence)
        var (first, end) = (next, next)
        if next > 0 {
            let before = ranges[next - 1]
            if sequence <= before.upperBound { return }
            if before.upperBound + 1 == sequence { (low, first) = (before.lowerBound, next - 1) }
        }
        if next < ranges.count, sequence + 1 == ranges[next].lowerBound {
            (high, end) = (ranges[next].upperBound, next + 1)
        }
        ranges.replaceSubrange(first..<end, with: [low...high])
        if ranges.count > Self.rangesMax {
            ranges.replaceSubrange(0...1, with: [ranges[0].lowerBound...ranges[1].upperBound])
        }
    }
}
