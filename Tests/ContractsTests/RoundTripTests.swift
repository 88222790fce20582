import Contracts
import RPC
import Testing

struct RoundTripTests {
    @Test func aPushOfRowsAndColumnsComesBackTheSame() throws {
        let push = IngestV1.PushRequest(
            gatewayID: "gw-1", sequence: .max,
            rows: [
                .init(pointID: "p-1", measuredAtUnixMs: -1, value: 1.5, quality: .bad),
                .init(),
            ],
            columns: .init(
                pointIDs: ["p-1", "压力二", ""], point: [0, 1, 2, .max], baseUnixMs: .min,
                measuredDeltaMs: [0, -1, .max, .min], value: [0, -0.5, .infinity, 1e300],
                quality: [0, 1, 2]))
        #expect(try IngestV1.PushRequest(serialized: push.serialized()) == push)
    }

    @Test func anAbsentLimitIsNotTheLimitZero() throws {
        let limits = IngestV1.PointLimits(lowLow: nil, low: 0, high: 12.5, highHigh: nil)
        let again = try IngestV1.PointLimits(serialized: limits.serialized())
        #expect(again == limits)
        #expect(again.lowLow == nil && again.low == 0)
    }

    @Test func aLevelThatWeDoNotKnowIsKept() throws {
        let warning = RiskV1.Warning(level: .init(rawValue: 77), previousLevel: .red)
        let again = try RiskV1.Warning(serialized: warning.serialized())
        #expect(again.level.rawValue == 77)
        #expect(again.level.name == nil)
        #expect(again.previousLevel.name == "WARNING_LEVEL_RED")
    }

    @Test func bytesKeepTheirZeros() throws {
        let entry = JournalV1.Entry(
            seq: 1, body: [0, 1, 0], prevHash: Array(repeating: 0, count: 32))
        #expect(try JournalV1.Entry(serialized: entry.serialized()) == entry)
    }
}
