import Domain
import IngestCore
import Testing

/// A batch that lies after our clock: refused reading by reading, or left to its gateway because it
/// may be our clock that is wrong. ING-20: nothing that was measured is lost.
@Suite struct ClockLeadTests {
    private static let second: Int64 = 1_000
    private static let hour: Int64 = 3_600_000

    /// Readings by milliseconds after our clock, and how far the batch is held ahead; nil: it is
    /// not held. 60 s are tolerated.
    static let leads: [(ahead: [Int64], held: Int64?)] = [
        ([], nil),
        ([0, 0], nil),
        ([60 * second], nil),
        ([60 * second + 1], 60 * second + 1),
        ([95 * second, 70 * second, 80 * second], 70 * second),
        // Nine in ten, and one less.
        (Array(repeating: 90 * second, count: 9) + [0], 90 * second),
        (Array(repeating: 90 * second, count: 8) + [0, 0], nil),
        (Array(repeating: 90 * second, count: 89) + Array(repeating: 0, count: 10), nil),
        // An hour beyond the tolerance, and a millisecond more.
        ([hour + 60 * second], hour + 60 * second),
        ([hour + 60 * second + 1], nil),
        // A gateway that is a time zone off is told so.
        ([8 * hour, 8 * hour], nil),
        // What is refused anyhow does not count.
        ([8 * hour, 8 * hour, 90 * second], 90 * second),
    ]

    @Test(arguments: leads)
    func aBatchIsHeldIfNearlyAllOfItIsAhead(row: (ahead: [Int64], held: Int64?)) throws {
        let checked = try check(row.ahead, at: t0)
        #expect(checked.heldAhead?.milliseconds == row.held)
        #expect(checked.refused.count == row.ahead.count { $0 > 60 * Self.second })
    }

    @Test func readingsWithAnotherFaultAreNotCounted() throws {
        let far = t0.unixMilliseconds + 90 * Self.second
        var check = try makeCheck()
        let batch = IncomingBatch(
            point: [0, 7, 7, 0, 0], measuredAt: [far, far, 0, 0, far],
            value: [1, 2, 3, 4, .nan])
        let checked = check.check(batch, against: try directory(), at: t0)
        #expect(checked.heldAhead == .seconds(90))
        let none = IncomingBatch(point: [7, 0], measuredAt: [far, 0], value: [1, 2])
        #expect(check.check(none, against: try directory(), at: t0).heldAhead == nil)
    }

    /// A clock that is before what was received last was set back, however far.
    @Test func aClockThatIsKnownToBeWrongHoldsWhateverIsAhead() throws {
        let behind = t0 - .hours(5_000)
        let ahead = [(t0 - behind).milliseconds]
        #expect(try check(ahead, at: behind).heldAhead == nil)
        #expect(try check(ahead, at: behind, lastReceivedAt: behind).heldAhead == nil)
        let held = try check(ahead, at: behind, lastReceivedAt: t0).heldAhead
        #expect(held == t0 - behind)
        // It was never set.
        let never = Instant(unixMilliseconds: 5_000)
        #expect(try check([t0 - never].map(\.milliseconds), at: never).heldAhead == t0 - never)
    }

    private func check(
        _ ahead: [Int64], at now: Instant, lastReceivedAt: Instant? = nil
    ) throws -> CheckedBatch {
        var check = try makeCheck()
        let batch = IncomingBatch(
            point: ahead.map { _ in 0 }, measuredAt: ahead.map { now.unixMilliseconds + $0 },
            value: ahead.map { _ in 1 })
        return check.check(
            batch, against: try directory(), at: now, lastReceivedAt: lastReceivedAt)
    }

    private func makeCheck() throws -> ReadingCheck {
        var check = ReadingCheck(
            enterprise: EnterpriseID("e1"), futureTolerance: .seconds(60), heldAheadMax: .hours(1))
        check.setTable([PointID("t1")])
        return check
    }

    private func directory() throws -> PointDirectory {
        PointDirectory(try registered(), version: 1)
    }
}
