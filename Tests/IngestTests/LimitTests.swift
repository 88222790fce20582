import Domain
import Ingest
import IngestCore
import Testing

/// Limits in order and in their range, gases by GB/T 50493, and who verified them.
@Suite struct LimitTests {
    static let orders: [(fields: String, words: String)] = [
        ("low: 20, high: 10", "must be above low"),
        ("lowLow: 10, low: 10", "must be above lowLow"),
        ("high: 60, highHigh: 50", "must be above high"),
        ("high: 101", "is above rangeHigh"),
        ("lowLow: -1", "is below rangeLow"),
    ]

    /// ING-15: an order without logic, or a limit outside of the range, is refused.
    @Test(arguments: orders)
    func limitsStandInOrderInsideTheRange(row: (fields: String, words: String)) throws {
        let bad = try refusals(point("liquidLevel", "%", row.fields))
        #expect(bad.count == 1 && bad[0].contains(row.words), "\(bad)")
    }

    @Test func limitsMayStandAtTheEndsOfTheRange() throws {
        let good = point("liquidLevel", "%", "lowLow: 0, low: 1, high: 99, highHigh: 100")
        #expect(try refusals(good) == [])
    }

    static let place = ", position: \"120.5, 0.5\""

    static let gases: [(indicator: String, unit: String, fields: String, words: String)] = [
        ("combustibleGas", "%LEL", "high: 26", "above 25 %LEL, the most"),
        ("combustibleGas", "%LEL", "high: 25, highHigh: 51", "above 50 %LEL"),
        ("combustibleGas", "LEL·m", "high: 1.1", "above 1 LEL·m"),
        ("combustibleGas", "%LEL", "low: 5, high: 25", "a gas has no low"),
        ("toxicGas", "ppm", "lowLow: 1", "a gas has no lowLow"),
        ("toxicGas", "%OEL", "high: 100, highHigh: 201", "above 200 %OEL"),
        ("oxygen", "%VOL", "low: 19, high: 23", "below 19.5 %VOL"),
        ("oxygen", "%VOL", "low: 19.5, high: 23.6", "above 23.5 %VOL"),
    ]

    /// RSK-24, ING-15: gases by GB/T 50493 in their unit.
    @Test(arguments: gases)
    func gasesFollowTheStandardOfTheirUnit(
        row: (indicator: String, unit: String, fields: String, words: String)
    ) throws {
        let bad = try refusals(
            point(row.indicator, row.unit, row.fields + Self.place, rangeHigh: 300))
        #expect(bad.count == 1 && bad[0].contains(row.words), "\(bad)")
    }

    @Test func gasesAtTheirMostAreTaken() throws {
        #expect(
            try refusals(point("combustibleGas", "%LEL", "high: 25, highHigh: 50" + Self.place))
                == [])
        #expect(try refusals(point("combustibleGas", "ppm", "high: 60" + Self.place)) == [])
        #expect(
            try refusals(point("toxicGas", "mg/m³", "high: 10, highHigh: 20" + Self.place)) == [])
    }

    /// ING-16: a gas point states where it is; a point without a device is refused.
    @Test func aGasPointWithoutAPositionIsRefused() throws {
        let bad = try refusals(point("combustibleGas", "%LEL", "high: 25"))
        #expect(bad.count == 1 && bad[0].contains("position is missing: a point of combustibleGas"))
        let loose = """
            points:
              - {id: z1, name: 点, indicator: temperature, unit: °C, rangeLow: 0, rangeHigh: 100}
            """
        #expect(try refusals(loose).first?.contains("device is missing") == true)
    }

    /// ING-11: the three loading alarms are on or off, and state their bay and type.
    @Test(arguments: ["earthingBroken", "overfill", "loadingGas"])
    func aLoadingAlarmStatesItsBayAndType(indicator: String) throws {
        let none = """
            points:
              - {id: z1, device: v1, name: 鹤位报警, indicator: \(indicator), high: 1}
            """
        let bad = try refusals(none)
        #expect(bad.count == 2, "\(bad)")
        #expect(bad.contains { $0.contains("bay is missing") })
        #expect(bad.contains { $0.contains("loadingType is missing") })
        let whole = """
            points:
              - {id: z1, device: v1, name: 鹤位报警, indicator: \(indicator), high: 1, bay: "3", loadingType: loading}
            """
        let plan = try importing(whole)
        #expect(plan.result.points[PointID("z1")]?.unit == "0/1")
    }

    /// ING-06: twelve values of a tank with expert, day and evidence, or a reason; else not.
    @Test func aTankIsVerifiedWithTwelveValues() throws {
        let packs = try PackSource.load()
        let before = try city().thresholds(by: packs)
        // The one tank farm has one tank, with two of its three indicators.
        #expect(before.map(\.device) == [DeviceID("v1")])
        let one = try #require(before.first)
        #expect((one.expected, one.present, one.verified) == (12, 3, 0))
        #expect(!one.isVerified)
        #expect(one.indicators.map(\.indicator) == ["temperature", "pressure", "liquidLevel"])
        #expect(one.indicators[1].lack == "no point, and no reason under missing")
        let by = "limitsVerifiedBy: 专家甲, limitsVerifiedOn: 2024-05-01, limitsEvidence: 核定表1"
        let whole = """
            devices:
              - {id: v1, hazardSource: s1, name: 储罐一, kind: tank, medium: 甲醇, mediumForm: liquid,
                 missing: "pressure=常压储罐"}
            points:
              - {id: t1, device: v1, name: 温度, indicator: temperature, unit: °C, rangeLow: -20,
                 rangeHigh: 100, high: 40, highHigh: 50, limitsReason: 无低温风险, \(by)}
              - {id: x1, device: v1, name: 液位, indicator: liquidLevel, unit: "%", rangeLow: 0,
                 rangeHigh: 100, lowLow: 5, low: 10, high: 85, highHigh: 95, \(by)}
            """
        let registry = try importing(whole).result
        let after = try #require(registry.thresholds(by: packs).first)
        #expect(after.isVerified, "\(after)")
        #expect((after.present, after.verified) == (6, 12))
        // Who verified the old value did not verify a new one.
        let moved = whole.replacing("high: 85", with: "high: 88")
        let remarks = try importing(moved, into: registry).remarks.map(\.text)
        #expect(remarks.contains { $0.contains("have them verified anew") }, "\(remarks)")
    }

    private func point(
        _ indicator: String, _ unit: String, _ fields: String, rangeHigh: Int = 100
    ) -> String {
        """
        points:
          - {id: z1, device: v1, name: 测点, indicator: \(indicator), unit: "\(unit)", rangeLow: 0,
             rangeHigh: \(rangeHigh), \(fields)}
        """
    }
}
