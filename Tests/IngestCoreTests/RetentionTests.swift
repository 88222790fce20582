import Domain
import IngestCore
import Testing

@Suite struct RetentionTests {
    private static let day = Interval.hours(24)
    private let retention = Retention(keeping: day * 90, silenceMax: day * 2, perRunMax: day * 2)

    private func cut(now: Int64, oldest: Int64, newest: Int64) -> (Int64, RetentionDoubt?) {
        let kept = KeptReadings(
            oldestReceived: t0 + Self.day * oldest, newestMeasured: t0 + Self.day * newest)
        let (before, doubt) = retention.cut(at: t0 + Self.day * now, of: kept)
        return ((before - t0).milliseconds / Self.day.milliseconds, doubt)
    }

    @Test func whatIsOlderThanTheTimeGoes() {
        #expect(cut(now: 91, oldest: 0, newest: 91) == (1, nil))
        #expect(cut(now: 92, oldest: 0, newest: 92) == (2, nil))
        #expect(cut(now: 50, oldest: 0, newest: 50) == (-40, nil))
    }

    @Test func aClockAYearAheadRemovesNextToNothing() {
        #expect(
            cut(now: 365 + 90, oldest: 0, newest: 90) == (2, .clockAhead(by: Self.day * 365)))
        #expect(
            cut(now: 365 + 50, oldest: 0, newest: 50) == (-38, .clockAhead(by: Self.day * 365)))
    }

    @Test func aSilenceIsNoTroubleWhileNothingIsOldEnough() {
        #expect(cut(now: 80, oldest: 0, newest: 20) == (-68, nil))
    }

    @Test func whatIsDueAfterALongAbsenceGoesInSteps() {
        #expect(cut(now: 100, oldest: 0, newest: 100) == (2, .muchAtOnce(Self.day * 10)))
        #expect(cut(now: 100, oldest: 9, newest: 100) == (10, nil))
    }
}
