package import Domain
package import Policy

/// What of the registry the watch of a point needs.
package struct PointTraits: Hashable, Sendable {
    package var id: PointID
    package var node: NodeID
    package var source: HazardSourceID?
    package var unitKind: UnitKind?
    package var bounds: Bounds
    /// On and off, or a gas that is not there: such a point may rest for ever.
    package var rest: Rest

    /// What each reading is compared with.
    package struct Bounds: Hashable, Sendable {
        package var rangeLow: Double
        package var rangeHigh: Double
        /// The unit runs if the value is above this; nil: this point does not tell.
        package var runsAbove: Double?

        package init(rangeLow: Double, rangeHigh: Double, runsAbove: Double? = nil) {
            (self.rangeLow, self.rangeHigh) = (rangeLow, rangeHigh)
            self.runsAbove = runsAbove
        }

        package func holds(_ value: Double) -> Bool { value >= rangeLow && value <= rangeHigh }
    }

    /// When a value that stands still is none to wonder at.
    package enum Rest: Hashable, Sendable {
        case never
        /// At or below this: a gas detector in clean air.
        case atOrBelow(Double)
        case always
    }

    package init(_ point: Point, node: NodeID, source: HazardSource?, isGas: Bool, isDiscrete: Bool)
    {
        (id, self.node, self.source) = (point.id, node, source?.id)
        unitKind = source?.unitKind
        bounds = Bounds(rangeLow: point.rangeLow, rangeHigh: point.rangeHigh)
        rest = isDiscrete ? .always : isGas ? .atOrBelow(point.rangeLow) : .never
    }

    package func rests(at value: Double) -> Bool {
        switch rest {
        case .never: false
        case .atOrBelow(let bound): value <= bound
        case .always: true
        }
    }
}

/// What is remembered of a point beside its readings: when it was heard, and what looks odd.
///
/// It is small, because there are 440,000 of them, and it looks at each reading once. Time here is
/// measured time, except for `heardAt`: presence is about the line, detectors about the process.
package struct PointWatch: Hashable, Sendable {
    /// When the platform last received a reading; distant past: never.
    package private(set) var heardAt = Instant.distantPast
    package private(set) var measuredAt = Instant.distantPast
    /// The first reading since a start.
    package private(set) var watchedSince = Instant.distantPast
    package private(set) var value = 0.0
    /// The first of the equal readings that end with the newest, and how many they are.
    package private(set) var flatSince = Instant.distantPast
    package private(set) var flatCount: Int64 = 0
    /// Since when the value is on the side of `runsAbove` where it is now.
    package private(set) var sideSince = Instant.distantPast
    package private(set) var isAbove = false
    /// When the value last changed.
    package private(set) var movedAt = Instant.distantPast
    package private(set) var outsideSince = Instant.distantPast
    package private(set) var outsideCount: Int64 = 0
    /// What was said of it already; what was never heard is known as such from the start.
    package var told: Told = .silent

    package struct Told: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let silent = Told(rawValue: 1)
        package static let flat = Told(rawValue: 2)
        package static let skewed = Told(rawValue: 4)
        package static let outside = Told(rawValue: 8)
    }

    package init() {}

    package var wasHeard: Bool { heardAt > .distantPast }

    /// Takes one reading; the gap that it ends, if the silence before was one.
    package mutating func take(
        _ reading: Reading, within bounds: PointTraits.Bounds, offlineAfter: Interval
    ) -> Span? {
        var gap: Span?
        if wasHeard, reading.receivedAt - heardAt >= offlineAfter {
            gap = Span(heardAt, reading.receivedAt)
        }
        heardAt = max(heardAt, reading.receivedAt)
        guard reading.measuredAt > measuredAt else {
            takeLate(reading)
            return gap
        }
        let isFirst = measuredAt == .distantPast
        if isFirst { watchedSince = reading.measuredAt }
        takeFlat(reading, isFirst: isFirst)
        takeSide(reading, bounds.runsAbove, isFirst: isFirst)
        takeOutside(reading, bounds)
        (measuredAt, value) = (reading.measuredAt, reading.value)
        return gap
    }

    /// A reading from before the newest: another value than that of the run shows that the line
    /// was not flat. Since when is not known any more; the run begins again with the newest.
    private mutating func takeLate(_ reading: Reading) {
        guard reading.measuredAt >= flatSince, reading.value.bitPattern != value.bitPattern else {
            return
        }
        (flatSince, flatCount) = (measuredAt, 1)
        movedAt = max(movedAt, reading.measuredAt)
    }

    private mutating func takeFlat(_ reading: Reading, isFirst: Bool) {
        // A device that says that it is faulty does not pretend.
        if !isFirst, reading.quality == 0, flatCount > 0,
            reading.value.bitPattern == value.bitPattern
        {
            flatCount += 1
            return
        }
        if isFirst || reading.value.bitPattern != value.bitPattern { movedAt = reading.measuredAt }
        flatSince = reading.measuredAt
        flatCount = reading.quality == 0 ? 1 : 0
    }

    private mutating func takeSide(_ reading: Reading, _ runsAbove: Double?, isFirst: Bool) {
        guard let bound = runsAbove else { return }
        let isAboveNow = reading.value > bound
        if isFirst || isAboveNow != isAbove { sideSince = reading.measuredAt }
        isAbove = isAboveNow
    }

    private mutating func takeOutside(_ reading: Reading, _ bounds: PointTraits.Bounds) {
        guard reading.quality == 0, !bounds.holds(reading.value) else {
            outsideCount = 0
            return
        }
        if outsideCount == 0 { outsideSince = reading.measuredAt }
        outsideCount += 1
    }

    /// Begins the run anew: what stood still while it was filed as out of service is no finding.
    package mutating func forgetFlat(at instant: Instant) {
        (flatSince, flatCount) = (max(measuredAt, instant), 0)
    }

    /// Begins to listen: what nobody could have heard before is no silence.
    package mutating func listen(from instant: Instant) { heardAt = max(heardAt, instant) }

    /// Takes over what was found before a start: the run goes on until the value changes.
    package mutating func resume(
        _ told: Told, since: Instant, by rule: DetectorRule
    ) {
        self.told.formUnion(told)
        if told.contains(.flat) { (flatSince, flatCount) = (since, rule.flatLine.readings) }
        if told.contains(.outside) {
            (outsideSince, outsideCount) = (since, rule.range.readings)
        }
    }

    /// Takes over what was before a start: `past` was fed with readings up to the one with which
    /// this began. What has not changed since then goes on from where it began.
    package mutating func recall(_ past: PointWatch) {
        guard past.measuredAt == watchedSince, wasHeard else { return }
        let start = watchedSince
        watchedSince = past.watchedSince
        if flatSince == start, flatCount > 0, past.flatCount > 0 {
            flatSince = past.flatSince
            flatCount += past.flatCount - 1
        }
        if sideSince == start { sideSince = past.sideSince }
        if movedAt == start { movedAt = past.movedAt }
        if outsideSince == start, outsideCount > 0, past.outsideCount > 0 {
            outsideSince = past.outsideSince
            outsideCount += past.outsideCount - 1
        }
    }

    // MARK: What it shows

    package func isFlat(_ traits: PointTraits, by rule: DetectorRule.FlatLine) -> Bool {
        flatCount >= rule.readings && measuredAt - flatSince >= rule.after(traits.unitKind)
            && !traits.rests(at: value)
    }

    package func isOutside(by rule: DetectorRule.Range) -> Bool { outsideCount >= rule.readings }

    /// Above the part of the range for so long after `since`, and moving.
    package func showsRunning(since: Instant, by rule: DetectorRule.Running) -> Bool {
        isAbove && measuredAt - max(sideSince, since) >= rule.over
            && measuredAt - movedAt < rule.over
    }

    /// Below it, or without any movement, for so long after `since`.
    package func showsStill(since: Instant, by rule: DetectorRule.Running) -> Bool {
        guard measuredAt > .distantPast else { return false }
        let isLow = !isAbove && measuredAt - max(sideSince, since) >= rule.over
        return isLow || measuredAt - max(movedAt, since) >= rule.over
    }
}
