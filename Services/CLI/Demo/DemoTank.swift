import Domain
import Foundation
import IngestCore
import Kernel

/// One device of the demo city: it drifts, and now and then something goes wrong.
struct DemoTank: Sendable {
    let id: String
    let gauges: [DemoGauge]
    var incident: DemoIncident?
    /// A gauge that shows the same whatever happens.
    var stuck: Indicator?
    private var random: SeededRandom

    init(id: String, gauges: [DemoGauge], seed: UInt64) {
        (self.id, self.gauges) = (id, gauges)
        random = SeededRandom(seed: seed)
    }

    var pointIDs: [String] { gauges.map { "\(id)-\($0.suffix)" } }

    /// A process unit, which runs or stands.
    var isUnit: Bool {
        let indicators = gauges.map(\.indicator)
        return indicators.contains(.pressure) && indicators.contains(.toxicGas)
    }

    /// What can go wrong with it.
    var possibleIncidents: [DemoIncident.Kind] {
        let indicators = gauges.map(\.indicator)
        return DemoIncident.Kind.allCases.filter { kind in
            switch kind {
            case .overheat: indicators.contains(.temperature)
            case .leak: indicators.contains(.combustibleGas) || indicators.contains(.toxicGas)
            case .overfill: indicators.contains(.liquidLevel)
            }
        }
    }

    /// What its gauges show at `now`, in their order.
    mutating func values(at now: Instant) -> [Double] {
        let strength = incident?.strength(at: now) ?? 0
        return gauges.enumerated().map { index, gauge in
            // Waves of some minutes, each gauge with its own, so that no two look alike.
            let period = 240_000.0 + Double(index) * 70_000
            let phase = Double(now.unixMilliseconds % 100_000_000) / period + Double(index)
            let noise = (random.fraction() - 0.5) * gauge.drift / 10
            if gauge.indicator == stuck { return shown(gauge.usual, gauge) }
            let quiet = gauge.usual + gauge.drift * sin(phase * 2 * .pi) + noise
            guard strength > 0, let worst = incident?.worst(of: gauge) else {
                return shown(quiet, gauge)
            }
            return shown(quiet + (worst - quiet) * strength, gauge)
        }
    }

    /// Instruments show tenths, and never leave their range.
    private func shown(_ value: Double, _ gauge: DemoGauge) -> Double {
        let inside = min(max(value, gauge.range.lowerBound), gauge.range.upperBound)
        return (inside * 10).rounded() / 10
    }
}

/// One enterprise of the demo city: a gateway with the devices behind it.
struct DemoPlant: Sendable {
    let gateway: Gateway
    var tanks: [DemoTank]

    var pointIDs: [String] { tanks.flatMap(\.pointIDs) }

    /// All gauges at `now`, in the order of `pointIDs`.
    mutating func values(at now: Instant) -> [Double] {
        tanks.indices.flatMap { tanks[$0].values(at: now) }
    }
}
