import Domain
import IngestCore
import Testing

@Suite struct ReadingCheckTests {
    static let now = t0.unixMilliseconds
    static let points = ["t1", "x1", "y9", "b1"].map(PointID.init)

    /// One reading a row; nil: it is kept.
    static let rows: [(point: UInt32, time: Int64, value: Double, quality: UInt32, text: String?)] =
        [
            (0, now, 20, 0, nil),
            (1, now, -5.5, 2, nil),
            (0, now + 60_000, 20, 0, nil),
            (
                0, now + 60_001, 20, 0,
                "measured 60.1 s after the platform's clock; 60 s are tolerated"
            ),
            (0, 946_684_800_000, 20, 0, nil),
            (0, 946_684_799_999, 20, 0, "before 2000-01-01 in every unit"),
            (0, 0, 20, 0, "before 2000-01-01 in every unit"),
            (0, .min, 20, 0, "before 2000-01-01 in every unit"),
            (0, .max, 20, 0, "after the platform's clock"),
            (0, now / 1_000, 20, 0, "looks like seconds"),
            (0, now * 1_000, 20, 0, "looks like microseconds"),
            (0, now * 1_000_000, 20, 0, "looks like nanoseconds"),
            (0, now, .nan, 0, "The value is NaN"),
            (0, now, .infinity, 0, "The value is infinite"),
            (0, now, -.infinity, 0, "The value is infinite"),
            (0, now, 20, 3, "There is no quality 3"),
            (2, now, 20, 0, "The registry has no point y9"),
            (3, now, 20, 0, "belongs to enterprise e2, and this gateway pushes for e1"),
            (4, now, 20, 0, "index 4 is outside of point_ids, which has 4"),
        ]

    @Test(arguments: rows)
    func aReadingIsKeptOrRefusedWithItsReason(
        row: (point: UInt32, time: Int64, value: Double, quality: UInt32, text: String?)
    ) throws {
        var check = try makeCheck()
        let batch = IncomingBatch(
            point: [row.point], measuredAt: [row.time], value: [row.value],
            quality: [row.quality])
        let checked = check.check(batch, against: try directory(), at: t0)
        #expect(checked.columns.count == (row.text == nil ? 1 : 0))
        let text = checked.refused.first?.fault.text
        if let expected = row.text {
            #expect(text?.contains(expected) == true, "\(text ?? "kept")")
        } else {
            #expect(text == nil)
        }
    }

    @Test func theGoodOnesOfABatchAreKeptInOrder() throws {
        var check = try makeCheck()
        let batch = IncomingBatch(
            point: [1, 2, 0, 1, 0], measuredAt: [1, 2, 3, 4, 5].map { Self.now + $0 },
            value: [10, 20, 30, .nan, 50])
        let checked = check.check(batch, against: try directory(), at: t0)
        #expect(checked.refused.map(\.index) == [1, 3])
        #expect(checked.columns.pointIDs == [PointID("x1"), PointID("t1")])
        #expect(checked.columns.point == [0, 1, 1])
        #expect(checked.columns.value == [10, 30, 50])
        #expect(checked.columns.quality.isEmpty)
    }

    @Test func theTableIsKeptForTheNextBatch() throws {
        var check = try makeCheck()
        let first = check.check(one(point: 0), against: try directory(), at: t0)
        let second = check.check(one(point: 1), against: try directory(), at: t0)
        #expect(first.columns.pointIDs == [PointID("t1")])
        #expect(second.columns.pointIDs == [PointID("x1")])
    }

    @Test func aPointRegisteredMeanwhileIsTakenFromThenOn() throws {
        var check = try makeCheck()
        #expect(check.check(one(point: 2), against: try directory(), at: t0).columns.count == 0)
        let more = document(
            "point id=y9 device=v1 name=压力 indicator=pressure unit=kPa rangeLow=0 rangeHigh=9")
        let registry = try registered().importing(more).result
        let newer = PointDirectory(registry, version: 2)
        #expect(check.check(one(point: 2), against: newer, at: t0).columns.count == 1)
    }

    @Test func theSameReadingsHaveTheSameFingerprintInAnyTable() throws {
        var check = try makeCheck()
        let first = check.check(one(point: 0), against: try directory(), at: t0)
        check.setTable([PointID("x1"), PointID("t1")])
        let second = check.check(one(point: 1), against: try directory(), at: t0)
        let third = check.check(one(point: 0), against: try directory(), at: t0)
        #expect(first.fingerprint == second.fingerprint)
        #expect(first.fingerprint != third.fingerprint)
    }

    static let uneven: [(batch: IncomingBatch, column: String)] = [
        (IncomingBatch(point: [0, 1], measuredAt: [now], value: [1, 2]), "measured_delta_ms"),
        (IncomingBatch(point: [0], measuredAt: [now], value: []), "value"),
        (IncomingBatch(point: [0], measuredAt: [now], value: [1], quality: [0, 0]), "quality"),
    ]

    @Test(arguments: uneven)
    func columnsOfUnequalLengthAreNamed(row: (batch: IncomingBatch, column: String)) {
        #expect(row.batch.lengthMistake?.contains("Column \(row.column) has") == true)
    }

    private func one(point: UInt32) -> IncomingBatch {
        IncomingBatch(point: [point], measuredAt: [Self.now], value: [1])
    }

    private func makeCheck() throws -> ReadingCheck {
        var check = ReadingCheck(
            enterprise: EnterpriseID("e1"), futureTolerance: .seconds(60), heldAheadMax: .hours(1))
        check.setTable(Self.points)
        return check
    }

    private func directory() throws -> PointDirectory {
        let other = document(
            """
            hazardSource id=s2 enterprise=e2 name=罐区乙 unitKind=tankFarm grade=4
            device id=v2 hazardSource=s2 name=储罐二
            point id=b1 device=v2 name=温度 indicator=temperature unit=°C rangeLow=0 rangeHigh=9
            person id=b2 hazardSource=s2 tier=principal name=甲 telephone=000-0000-0004
            person id=b3 hazardSource=s2 tier=technical name=乙 telephone=000-0000-0005
            person id=b4 hazardSource=s2 tier=operating name=丙 telephone=000-0000-0006
            """)
        return PointDirectory(try registered().importing(other).result, version: 1)
    }
}
