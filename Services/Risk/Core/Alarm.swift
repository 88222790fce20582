package import Domain
package import Policy

/// A reading that an alarm keeps: what was measured, and when the platform had it.
package struct AlarmReading: Equatable, Codable, Sendable {
    package var measuredAt: Instant
    package var receivedAt: Instant
    package var value: Double

    package init(measuredAt: Instant, receivedAt: Instant, value: Double) {
        (self.measuredAt, self.receivedAt, self.value) = (measuredAt, receivedAt, value)
    }

    /// How long it was on its way.
    package var delay: Interval { receivedAt - measuredAt }
}

/// One alarm 报警: a session of a point from leaving its limits until it is back inside.
package struct Alarm: Equatable, Codable, Sendable {
    package var id: AlarmID
    package var point: PointID
    package var source: HazardSourceID
    package var enterprise: EnterpriseID
    /// The names and the unit when the alarm last changed.
    package var pointName: String
    package var deviceName: String
    package var unit: String
    package var startState: LimitState
    package var worstState: LimitState
    package var currentState: LimitState
    package var start: AlarmReading
    /// The reading furthest beyond, among those at `worstState`.
    package var worst: AlarmReading
    /// The reading of the latest change of state.
    package var changed: AlarmReading
    /// The limit in force for `worst`.
    package var worstLimit: Double
    /// The limit in force for `currentState` at `changed`; nil once cleared.
    package var changedLimit: Double?
    package var raisedAt: Instant
    /// nil while it stands.
    package var clearedAt: Instant?
    /// When its point was removed from the registry while it stood; nil: it was not.
    package var removedAt: Instant?
    /// How long the point's last reading was on its way: so much later than measured does the
    /// platform hear of what happens there.
    package var delay: Interval
    /// The rules with a duration that its state has met so far.
    package var holds: [Hold]

    /// Since when, without a break, the state has been one that a rule with a duration names.
    package struct Hold: Equatable, Codable, Sendable {
        package var rule: RuleID
        package var since: Instant
        /// True once it has lasted as long as the rule asks.
        package var hasLasted: Bool

        /// When, by measured time, it has lasted as long as `rule` asks; nil if it need not.
        func lastsAt(_ rule: LevelRule) -> Instant? {
            rule.lasting.map { since + $0 }
        }
    }

    package var isStanding: Bool { clearedAt == nil && removedAt == nil }

    /// True if `rule` holds for the alarm as it is.
    func meets(_ rule: LevelRule) -> Bool {
        guard rule.states.contains(currentState) else { return false }
        return rule.lasting == nil || holds.contains { $0.rule == rule.id && $0.hasLasted }
    }

    /// Starts the holds that the state begins to meet and ends those that it no longer meets.
    mutating func updateHolds(by rules: [LevelRule], since: Instant) {
        holds = rules.compactMap { rule in
            guard rule.lasting != nil, rule.states.contains(currentState) else { return nil }
            return holds.first { $0.rule == rule.id }
                ?? Hold(rule: rule.id, since: since, hasLasted: false)
        }
    }

    /// Takes in that `value` was measured at `worstState`; true if it is further beyond.
    mutating func widen(_ reading: AlarmReading, limit: Double) -> Bool {
        let isFurther: Bool
        switch worstState {
        case .highHigh, .high: isFurther = reading.value > worst.value
        case .lowLow, .low: isFurther = reading.value < worst.value
        case .normal: isFurther = false
        }
        if isFurther { (worst, worstLimit) = (reading, limit) }
        return isFurther
    }
}
