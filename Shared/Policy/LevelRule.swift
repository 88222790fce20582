package import Domain

/// A name for a rule, unique among those of its kind in a profile.
package struct RuleID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// What a level is called 预警级别.
package struct LevelName: Equatable, Codable, Sendable {
    package var level: WarningLevel
    package var colour: String
    package var risk: String
    package var clause: Clause

    package init(level: WarningLevel, colour: String, risk: String, clause: Clause) {
        (self.level, self.colour, self.risk, self.clause) = (level, colour, risk, clause)
    }
}

/// Which level a standing alarm gives its hazard source.
package struct LevelRule: Equatable, Codable, Sendable {
    package var id: RuleID
    /// The rule holds while the alarm's state is one of these.
    package var states: [LimitState]
    /// How long, by measured time and without leaving `states`; nil: from the first reading on.
    package var lasting: Interval?
    package var level: WarningLevel
    package var clause: Clause

    package init(
        id: RuleID, states: [LimitState], lasting: Interval? = nil, level: WarningLevel,
        clause: Clause
    ) {
        (self.id, self.states, self.lasting) = (id, states, lasting)
        (self.level, self.clause) = (level, clause)
    }
}

/// How alarms become the level of a hazard source: the highest level that any rule gives.
package struct LevelModel: Equatable, Codable, Sendable {
    /// True: the law leaves the rules open and they will be replaced.
    package var isProvisional: Bool
    package var rules: [LevelRule]
    /// The rule that holds when no other does; its level is the lowest.
    package var resting: LevelRule

    package init(isProvisional: Bool, rules: [LevelRule], resting: LevelRule) {
        (self.isProvisional, self.rules, self.resting) = (isProvisional, rules, resting)
    }
}
