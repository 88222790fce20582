package import Domain
package import Policy

/// The warning level of a hazard source 预警, and what it rests on.
package struct SourceLevel: Equatable, Codable, Sendable {
    package var source: HazardSourceID
    package var enterprise: EnterpriseID
    package var sourceName: String
    package var enterpriseName: String
    package var level: WarningLevel
    package var previous: WarningLevel
    /// When it was decided.
    package var changedAt: Instant
    /// When the platform had what changed it: the reading was received, or the time had come.
    /// Earlier than `changedAt` if risk was late.
    package var knownAt: Instant
    /// The measured time that the change goes back to.
    package var measuredAt: Instant
    /// The alarms that it rests on, worst first; for the lowest level the one that cleared last.
    package var causes: [Alarm]
    package var rule: RuleID
    package var clause: Clause
    /// The profile with its version.
    package var profile: String

    package init(
        source: HazardSourceID, enterprise: EnterpriseID, sourceName: String,
        enterpriseName: String, level: WarningLevel, previous: WarningLevel, changedAt: Instant,
        knownAt: Instant, measuredAt: Instant, causes: [Alarm], rule: RuleID, clause: Clause,
        profile: String
    ) {
        (self.source, self.enterprise) = (source, enterprise)
        (self.sourceName, self.enterpriseName) = (sourceName, enterpriseName)
        (self.level, self.previous) = (level, previous)
        (self.changedAt, self.knownAt, self.measuredAt) = (changedAt, knownAt, measuredAt)
        (self.causes, self.rule, self.clause) = (causes, rule, clause)
        self.profile = profile
    }
}
