package import Domain

/// That the level of a hazard source changed, as risk decided it.
package struct LevelNews: Equatable, Sendable {
    /// Its place in risk's journal: a number that no other change has.
    package var seq: UInt64
    package var source: HazardSourceID
    package var enterprise: EnterpriseID
    package var sourceName: String
    package var enterpriseName: String
    package var level: WarningLevel
    package var changedAt: Instant
    /// When the platform had what changed it; earlier than `changedAt` if risk was late.
    package var knownAt: Instant
    package var causes: [Cause]
    /// The drill that it belongs to 演练; nil: it is real.
    package var drill: String?

    /// The case that it opens: two changes can bear the same time, and never the same number.
    package var caseID: CaseID {
        drill.map { CaseID("\(source)-drill-\($0)") } ?? CaseID("\(source)-\(seq)")
    }

    /// One alarm that the level rests on: the reading of its latest change.
    package struct Cause: Equatable, Codable, Sendable {
        package var deviceName: String
        package var pointName: String
        package var unit: String
        package var state: LimitState
        package var value: Double
        /// The limit that `state` stands for.
        package var limit: Double
        package var measuredAt: Instant
        /// When its point was removed while it stood; nil: it was not.
        package var removedAt: Instant?

        package init(
            deviceName: String, pointName: String, unit: String, state: LimitState,
            value: Double, limit: Double, measuredAt: Instant, removedAt: Instant? = nil
        ) {
            (self.deviceName, self.pointName, self.unit) = (deviceName, pointName, unit)
            (self.state, self.value, self.limit) = (state, value, limit)
            (self.measuredAt, self.removedAt) = (measuredAt, removedAt)
        }
    }

    package init(
        seq: UInt64, source: HazardSourceID, enterprise: EnterpriseID, sourceName: String,
        enterpriseName: String, level: WarningLevel, changedAt: Instant, knownAt: Instant,
        causes: [Cause], drill: String? = nil
    ) {
        (self.seq, self.source, self.enterprise) = (seq, source, enterprise)
        (self.sourceName, self.enterpriseName) = (sourceName, enterpriseName)
        (self.level, self.causes, self.drill) = (level, causes, drill)
        (self.changedAt, self.knownAt) = (changedAt, knownAt)
    }
}
