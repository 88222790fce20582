package import Domain

/// What the readings of one span of time come to.
///
/// Bad readings are counted and enter no figure: one stuck sensor would spoil each of them.
package struct ReadingBucket: Sendable, Equatable {
    package var start: Instant
    /// Of the readings that are not bad; 0 if there are none.
    package var min = 0.0
    package var max = 0.0
    package var mean = 0.0
    /// Readings that are not bad.
    package var count = 0
    package var badCount = 0

    package init(
        start: Instant, min: Double = 0, max: Double = 0, mean: Double = 0, count: Int = 0,
        badCount: Int = 0
    ) {
        (self.start, self.min, self.max, self.mean) = (start, min, max, mean)
        (self.count, self.badCount) = (count, badCount)
    }

    fileprivate mutating func take(_ value: Double) {
        min = count == 0 ? value : Swift.min(min, value)
        max = count == 0 ? value : Swift.max(max, value)
        count += 1
        // Not a sum that is divided at the end: large values would become infinite.
        mean += value / Double(count) - mean / Double(count)
    }
}

/// Sorts readings into spans of equal length, as many pieces as they come in.
///
/// A span begins at `anchor`, or any number of lengths before or after it. Spans without readings
/// are left out.
package struct Downsampling: Sendable {
    private let every: Int64
    /// Where spans begin, less than a length after 1970.
    private let phase: Int64
    private var open: (index: Int64, bucket: ReadingBucket)?

    package init(every: Interval, anchor: Instant) {
        precondition(every.milliseconds > 0, "A span has a length.")
        self.every = every.milliseconds
        let rest = anchor.unixMilliseconds % every.milliseconds
        phase = rest < 0 ? rest + every.milliseconds : rest
    }

    /// Takes the next readings, oldest first, and gives the spans that are over.
    package mutating func take(_ series: ReadingSeries) -> [ReadingBucket] {
        var done: [ReadingBucket] = []
        for place in 0..<series.count {
            let distance = series.measuredAt[place] - phase
            let index = distance / every - (distance % every < 0 ? 1 : 0)
            if open?.index != index {
                if let open { done.append(open.bucket) }
                let start = Instant(unixMilliseconds: index * every + phase)
                open = (index, ReadingBucket(start: start))
            }
            if series.quality(at: place) == 2 {
                open?.bucket.badCount += 1
            } else {
                open?.bucket.take(series.value[place])
            }
        }
        return done
    }

    /// The last span.
    package mutating func finish() -> ReadingBucket? {
        defer { open = nil }
        return open?.bucket
    }
}
