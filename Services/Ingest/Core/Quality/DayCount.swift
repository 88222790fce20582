package import Domain

/// What came of one point on one day, by what is good about it.
package struct DayCount: Hashable, Codable, Sendable {
    package var readings: Int64 = 0
    /// Received soon after they were measured.
    package var immediate: Int64 = 0
    /// Good by their own word, and inside the range.
    package var accurate: Int64 = 0

    package init() {}

    package mutating func take(
        _ reading: Reading, within bounds: PointTraits.Bounds, immediateWithin: Interval
    ) {
        readings += 1
        if reading.receivedAt - reading.measuredAt <= immediateWithin { immediate += 1 }
        if reading.quality == 0, bounds.holds(reading.value) { accurate += 1 }
    }

    package static func + (left: DayCount, right: DayCount) -> DayCount {
        var sum = left
        sum.readings += right.readings
        sum.immediate += right.immediate
        sum.accurate += right.accurate
        return sum
    }
}
