import Domain
import IngestCore
import Kernel

/// One measuring place of the demo city: what it usually shows, and its limits.
struct DemoGauge: Sendable {
    var indicator: Indicator
    /// What it shows on a quiet day.
    var usual: Double
    /// How far it drifts to both sides over some minutes.
    var drift: Double
    var range: ClosedRange<Double>
    var limits: Limits

    /// The gauges that a unit of this kind has.
    static func gauges(of kind: UnitKind, _ random: inout SeededRandom) -> [DemoGauge] {
        switch kind {
        case .tankFarm:
            [temperature(&random), pressure(&random), liquid(&random), combustible(&random)]
        case .warehouse: [combustible(&random), toxic(&random)]
        case .processUnit: [temperature(&random), pressure(&random), toxic(&random)]
        }
    }

    private static func temperature(_ random: inout SeededRandom) -> DemoGauge {
        DemoGauge(
            indicator: .temperature, usual: Double(random.integer(in: 18...28)), drift: 3,
            range: -20...150, limits: Limits(lowLow: -10, low: 0, high: 45, highHigh: 55))
    }

    private static func pressure(_ random: inout SeededRandom) -> DemoGauge {
        let usual = Double(random.integer(in: 6...15) * 20)
        return DemoGauge(
            indicator: .pressure, usual: usual, drift: usual / 20, range: 0...550,
            limits: Limits(
                lowLow: usual * 0.4, low: usual * 0.6, high: usual * 1.4, highHigh: usual * 1.7))
    }

    private static func liquid(_ random: inout SeededRandom) -> DemoGauge {
        DemoGauge(
            indicator: .liquidLevel, usual: Double(random.integer(in: 40...60)), drift: 10,
            range: 0...100, limits: Limits(lowLow: 5, low: 10, high: 85, highHigh: 95))
    }

    private static func combustible(_ random: inout SeededRandom) -> DemoGauge {
        DemoGauge(
            indicator: .combustibleGas, usual: Double(random.integer(in: 1...3)), drift: 0.5,
            range: 0...100, limits: Limits(high: 25, highHigh: 50))
    }

    private static func toxic(_ random: inout SeededRandom) -> DemoGauge {
        DemoGauge(
            indicator: .toxicGas, usual: Double(random.integer(in: 1...2)), drift: 0.5,
            range: 0...100, limits: Limits(high: 10, highHigh: 20))
    }

    var suffix: String {
        switch indicator {
        case .temperature: "temperature"
        case .pressure: "pressure"
        case .liquidLevel: "liquid"
        case .combustibleGas: "combustible"
        case .toxicGas: "toxic"
        case _: "other"
        }
    }

    func point(id: String, device: DeviceID) -> Point {
        Point(
            id: PointID(id), device: device, name: name, indicator: indicator, unit: unit,
            rangeLow: range.lowerBound, rangeHigh: range.upperBound, limits: limits,
            facts: isGas ? Facts([Fact("position", .coordinates, DemoNames.position)]) : Facts())
    }

    var isGas: Bool { [.combustibleGas, .toxicGas].contains(indicator) }

    private var name: String {
        switch indicator {
        case .temperature: "温度"
        case .pressure: "压力"
        case .liquidLevel: "液位"
        case .combustibleGas: "可燃气体浓度"
        case .toxicGas: "有毒气体浓度"
        case _: "其他"
        }
    }

    private var unit: String {
        switch indicator {
        case .temperature: "°C"
        case .pressure: "kPa"
        case .liquidLevel: "%"
        case .combustibleGas: "%LEL"
        case .toxicGas: "ppm"
        case _: "1"
        }
    }
}
