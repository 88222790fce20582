package import Domain

/// When data look as if nobody could have measured them (ING-12, ING-18): all of it is data.
package struct DetectorRule: Equatable, Codable, Sendable {
    package var flatLine: FlatLine
    package var clockSkew: ClockSkew
    package var range: Range
    package var running: Running
    /// A finding of truth 真实性 is inspected within this time (ING-18).
    package var inspectWithin: Interval
    package var clause: Clause

    /// The same value, to the last bit, for so long and so often.
    package struct FlatLine: Equatable, Codable, Sendable {
        package var processUnit: Interval
        package var tankFarm: Interval
        package var warehouse: Interval
        /// Of what hangs on no hazard source.
        package var elsewhere: Interval
        package var readings: Int64

        package init(
            processUnit: Interval, tankFarm: Interval, warehouse: Interval, elsewhere: Interval,
            readings: Int64
        ) {
            (self.processUnit, self.tankFarm) = (processUnit, tankFarm)
            (self.warehouse, self.elsewhere) = (warehouse, elsewhere)
            self.readings = readings
        }

        package func after(_ kind: UnitKind?) -> Interval {
            switch kind {
            case .processUnit: processUnit
            case .tankFarm: tankFarm
            case .warehouse: warehouse
            case nil: elsewhere
            }
        }
    }

    /// Received at a constant distance from when it was measured: a late delivery catches up, a
    /// wrong clock does not.
    package struct ClockSkew: Equatable, Codable, Sendable {
        package var from: Interval
        /// How much the distance may vary.
        package var spread: Interval
        /// For how long it is looked at.
        package var over: Interval
        package var readings: Int64

        package init(from: Interval, spread: Interval, over: Interval, readings: Int64) {
            (self.from, self.spread, self.over) = (from, spread, over)
            self.readings = readings
        }
    }

    /// So many readings in a row beyond the range that is registered.
    package struct Range: Equatable, Codable, Sendable {
        package var readings: Int64

        package init(readings: Int64) { self.readings = readings }
    }

    /// A unit runs if one of these indicators stands above a part of its range, and moves.
    package struct Running: Equatable, Codable, Sendable {
        package var indicators: [Indicator]
        /// Of the range.
        package var percent: Int64
        package var over: Interval

        package init(indicators: [Indicator], percent: Int64, over: Interval) {
            (self.indicators, self.percent, self.over) = (indicators, percent, over)
        }
    }

    package init(
        flatLine: FlatLine, clockSkew: ClockSkew, range: Range, running: Running,
        inspectWithin: Interval, clause: Clause
    ) {
        (self.flatLine, self.clockSkew) = (flatLine, clockSkew)
        (self.range, self.running) = (range, running)
        (self.inspectWithin, self.clause) = (inspectWithin, clause)
    }
}
