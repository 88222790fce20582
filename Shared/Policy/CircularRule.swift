package import Domain

/// Circulars 警示通报 that repeat at one level until it falls.
///
/// Codable because a running case keeps the rule that it began with.
package struct CircularRule: Equatable, Codable, Sendable {
    /// From when the time counts.
    package enum Start: String, CaseIterable, Codable, Sendable {
        /// From the moment at which the platform issued the notices of the level.
        case notice
        /// From the moment at which the level changed.
        case levelChange
    }

    package var id: RuleID
    package var level: WarningLevel
    package var countsFrom: Start
    /// Who chose that.
    package var startClause: Clause
    /// The first is due so long after the start.
    package var after: Interval
    /// Each next one is due so long after the one before.
    package var every: Interval
    /// To whom the law addresses it.
    package var to: [RoleID]
    package var clause: Clause
    /// Who gets it beside the addressee, by whose choice.
    package var copies: [RoleID]
    package var copiesClause: Clause?

    package init(
        id: RuleID, level: WarningLevel, countsFrom: Start, startClause: Clause,
        after: Interval, every: Interval, to: [RoleID], clause: Clause, copies: [RoleID] = [],
        copiesClause: Clause? = nil
    ) {
        (self.id, self.level, self.countsFrom) = (id, level, countsFrom)
        self.startClause = startClause
        (self.after, self.every, self.to, self.clause) = (after, every, to, clause)
        (self.copies, self.copiesClause) = (copies, copiesClause)
    }
}
