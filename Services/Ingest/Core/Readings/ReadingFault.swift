package import Domain

/// Why one reading was refused, with what is needed to say so in a sentence.
package enum ReadingFault: Sendable, Equatable {
    case unknownPoint(PointID)
    case outsideTable(index: UInt32, count: Int)
    case otherEnterprise(PointID, of: EnterpriseID, pushing: EnterpriseID)
    case timeUnit(TimeUnit, Int64)
    case noSensibleTime(Int64)
    case inFuture(Interval, tolerance: Interval)
    case notANumber(Double)
    case unknownQuality(UInt32)

    /// What is wrong and what to do, for people.
    package var text: String {
        switch self {
        case .unknownPoint(let point):
            "The registry has no point \(point). Register it, or correct the id in the gateway."
        case .outsideTable(let index, let count):
            "The point index \(index) is outside of point_ids, which has \(count). Send point_ids "
                + "again with all points, or correct the index; it counts from 0."
        case .otherEnterprise(let point, let owner, let pushing):
            "The point \(point) belongs to enterprise \(owner), and this gateway pushes for "
                + "\(pushing). Push it through a gateway of \(owner)."
        case .timeUnit(let unit, let time):
            "The time \(time) looks like \(unit.rawValue). Send milliseconds since "
                + "1970-01-01T00:00:00Z: \(unit.conversion)."
        case .noSensibleTime(let time):
            "The time \(time) is before 2000-01-01 in every unit. Set the clock of the device, and "
                + "send milliseconds since 1970-01-01T00:00:00Z."
        case .inFuture(let ahead, let tolerance):
            "The reading was measured \(seconds(ahead)) after the platform's clock; "
                + "\(seconds(tolerance)) are tolerated. Set the clock of the device."
        case .notANumber(let value):
            "The value is \(value.isNaN ? "NaN" : "infinite"). Send what was measured, or leave "
                + "the reading out; a sensor fault is quality 2 with the last value."
        case .unknownQuality(let quality):
            "There is no quality \(quality). Send 0 for good, 1 for uncertain or 2 for bad."
        }
    }
}

/// A unit of time that was sent where milliseconds are meant.
package enum TimeUnit: String, Sendable, Equatable {
    case seconds, microseconds, nanoseconds

    fileprivate var conversion: String {
        switch self {
        case .seconds: "multiply by 1,000"
        case .microseconds: "divide by 1,000"
        case .nanoseconds: "divide by 1,000,000"
        }
    }
}

private func seconds(_ interval: Interval) -> String {
    let tenths = (interval.milliseconds + 99) / 100
    return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
}
