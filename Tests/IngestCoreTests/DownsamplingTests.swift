import Domain
import IngestCore
import Kernel
import Testing

/// ING-22: spans of readings come to the same figures, however they are cut into pieces.
@Suite struct DownsamplingTests {
    @Test func aSpanHasItsLeastMostMeanAndCount() {
        var sampling = Downsampling(every: .minutes(1), anchor: t0)
        let done = sampling.take(
            series([(0, 2, 0), (10, 4, 0), (59.999, 0, 1), (60, 7, 0), (185, -1, 0)]))
        #expect(
            done == [
                ReadingBucket(start: t0, min: 0, max: 4, mean: 2, count: 3),
                ReadingBucket(start: t0 + .minutes(1), min: 7, max: 7, mean: 7, count: 1),
            ])
        #expect(
            sampling.finish()
                == ReadingBucket(start: t0 + .minutes(3), min: -1, max: -1, mean: -1, count: 1))
        #expect(sampling.finish() == nil)
    }

    @Test func badReadingsAreCountedAndEnterNoFigure() {
        var sampling = Downsampling(every: .minutes(1), anchor: t0)
        _ = sampling.take(series([(0, 999, 2), (1, 5, 0), (2, -999, 2)]))
        #expect(
            sampling.finish()
                == ReadingBucket(start: t0, min: 5, max: 5, mean: 5, count: 1, badCount: 2))
        _ = sampling.take(series([(0, 999, 2)]))
        #expect(sampling.finish() == ReadingBucket(start: t0, badCount: 1))
    }

    @Test func spansBeginAtTheAnchorOnBothSidesOfIt() {
        let anchor = t0 + .seconds(20)
        var sampling = Downsampling(every: .minutes(1), anchor: anchor)
        let done = sampling.take(series([(-41, 1, 0), (-40, 1, 0), (19.999, 1, 0), (20, 1, 0)]))
        #expect(done.map(\.start) == [t0 - .seconds(100), t0 - .seconds(40)])
        #expect(done.map(\.count) == [1, 2])
        #expect(sampling.finish()?.start == anchor)
        let early = Instant(unixMilliseconds: -5_000_000_000_007)
        var before = Downsampling(every: .day, anchor: early)
        _ = before.take(series([(0, 1, 0)]))
        let start = before.finish()?.start ?? .distantPast
        #expect((start - early).milliseconds % Interval.day.milliseconds == 0)
        #expect(start <= t0 && t0 < start + .day)
    }

    @Test func piecesDoNotMatter() {
        var random = SeededRandom(seed: 4)
        var all: [(Double, Double, UInt8)] = []
        for second in 0..<2_000 where random.chance(1, of: 3) {
            all.append((Double(second), random.fraction() * 100, UInt8(random.next() % 3)))
        }
        let whole = buckets([all])
        for _ in 0..<50 {
            var pieces: [[(Double, Double, UInt8)]] = []
            var rest = all[...]
            while !rest.isEmpty {
                let count = Int(random.next() % 200)
                pieces.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            #expect(buckets(pieces) == whole)
        }
        #expect(whole.reduce(0) { $0 + $1.count + $1.badCount } == all.count)
    }

    @Test func hugeValuesHaveAMean() {
        var sampling = Downsampling(every: .minutes(1), anchor: t0)
        let huge = Double.greatestFiniteMagnitude
        _ = sampling.take(series([(0, huge, 0), (1, huge, 0), (2, -huge, 0), (3, -huge, 0)]))
        let mean = sampling.finish()?.mean ?? .nan
        #expect(mean.isFinite && abs(mean) < huge * 1e-9)
    }

    private func buckets(_ pieces: [[(Double, Double, UInt8)]]) -> [ReadingBucket] {
        var sampling = Downsampling(every: .minutes(1), anchor: t0)
        var done: [ReadingBucket] = []
        for piece in pieces { done += sampling.take(series(piece)) }
        return done + [sampling.finish()].compactMap { $0 }
    }

    private func series(_ readings: [(Double, Double, UInt8)]) -> ReadingSeries {
        var series = ReadingSeries()
        for (seconds, value, quality) in readings {
            let time = t0 + Interval(milliseconds: Int64((seconds * 1_000).rounded()))
            series.append(
                Reading(measuredAt: time, receivedAt: time, value: value, quality: quality))
        }
        return series
    }
}
