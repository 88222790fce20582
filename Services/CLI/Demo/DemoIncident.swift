import Domain

/// Something that goes wrong at one device and is mended again.
struct DemoIncident: Sendable, Equatable {
    enum Kind: Sendable, CaseIterable {
        /// Temperature and pressure rise.
        case overheat
        /// Gas rises where it leaks, the liquid falls.
        case leak
        /// The liquid rises.
        case overfill
    }

    /// How far it goes: past H, or past HH.
    enum Reach: Sendable { case high, highHigh }

    var kind: Kind
    var reach: Reach
    var begins: Instant
    /// From quiet to its worst.
    var rises: Interval
    var holds: Interval
    var falls: Interval

    var ends: Instant { begins + rises.sum(holds).sum(falls) }

    /// How much of the worst there is at `now`, from 0 to 1.
    func strength(at now: Instant) -> Double {
        let age = (now - begins).milliseconds
        let (rise, hold) = (rises.milliseconds, holds.milliseconds)
        if age <= 0 || now >= ends { return 0 }
        if age < rise { return Double(age) / Double(rise) }
        if age < rise + hold { return 1 }
        return 1 - Double(age - rise - hold) / Double(falls.milliseconds)
    }

    /// The value that a gauge shows at the worst; nil if the incident does not touch it.
    func worst(of gauge: DemoGauge) -> Double? {
        switch (kind, gauge.indicator) {
        case (.overheat, .temperature), (.leak, .combustibleGas), (.leak, .toxicGas),
            (.overfill, .liquidLevel):
            beyondLimit(gauge)
        // A tank that heats up builds up pressure, but short of its limit.
        case (.overheat, .pressure): gauge.limits.high.map { gauge.usual + ($0 - gauge.usual) / 2 }
        case (.leak, .liquidLevel): gauge.limits.low.map { $0 + 5 }
        case (_, _): nil
        }
    }

    private func beyondLimit(_ gauge: DemoGauge) -> Double? {
        guard let high = gauge.limits.high, let highHigh = gauge.limits.highHigh else { return nil }
        let worst =
            switch reach {
            case .high: high + (highHigh - high) / 2
            case .highHigh: highHigh + (highHigh - high) / 4
            }
        return min(worst, gauge.range.upperBound)
    }
}

extension Interval {
    fileprivate func sum(_ other: Interval) -> Interval {
        Interval(milliseconds: milliseconds + other.milliseconds)
    }
}
