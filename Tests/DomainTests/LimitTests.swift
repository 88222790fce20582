import Domain
import Testing

@Suite struct LimitTests {
    static let full = Limits(lowLow: 5, low: 10, high: 90, highHigh: 95)

    static let boundaries: [(value: Double, state: LimitState)] = [
        (-.infinity, .lowLow), (4.999, .lowLow), (5, .lowLow), (5.001, .low),
        (10, .low), (10.001, .normal), (50, .normal), (89.999, .normal),
        (90, .high), (94.999, .high), (95, .highHigh), (95.001, .highHigh),
        (.infinity, .highHigh), (.nan, .normal),
    ]

    @Test(arguments: boundaries)
    func aLimitIsReachedAtItsValue(row: (value: Double, state: LimitState)) {
        #expect(Self.full.state(of: row.value) == row.state)
    }

    @Test func anAbsentLimitIsNeverReached() {
        #expect(Limits().state(of: .infinity) == .normal)
        #expect(Limits().state(of: -.infinity) == .normal)
        #expect(Limits(high: 90).state(of: 1_000) == .high)
        #expect(Limits(highHigh: 95).state(of: 94) == .normal)
        #expect(Limits(low: 10).state(of: -1_000) == .low)
    }

    @Test func theStateLeadsBackToItsLimit() {
        #expect(LimitState.allCases.map { Self.full.value(of: $0) } == [5, 10, nil, 90, 95])
        #expect(Limits(high: 90).value(of: .highHigh) == nil)
    }

    @Test func severityCountsTheStepsFromNormal() {
        #expect(LimitState.allCases.map(\.severity) == [2, 1, 0, 1, 2])
        #expect(LimitState.allCases.map(\.sign) == ["LL", "L", "-", "H", "HH"])
    }
}
