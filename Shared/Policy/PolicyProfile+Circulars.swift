package import Domain

/// What the circulars and the report after clearing are, read out of the obligations.
extension PolicyProfile {
    /// The report after clearing 消警后上报.
    package struct FeedbackRule: Equatable, Codable, Sendable {
        package var within: Interval
        package var clause: Clause

        package init(within: Interval, clause: Clause) {
            (self.within, self.clause) = (within, clause)
        }
    }

    /// The circulars that the system repeats by itself.
    package var circulars: [CircularRule] {
        obligations.flatMap { rule -> [CircularRule] in
            guard case .document(let document) = rule.form, document.kind == .circular,
                rule.owners.isEmpty, case .after(let after)? = rule.opens,
                case .every(let every)? = rule.repeats
            else { return [] }
            return rule.starts.compactMap { trigger in
                trigger.fact.levelStart.map { start in
                    CircularRule(
                        id: rule.id, level: start.level, countsFrom: start.event,
                        startClause: rule.clause, after: after, every: every, to: document.to,
                        clause: rule.clause, copies: rule.copies,
                        copiesClause: rule.copiesClause)
                }
            }
        }
    }

    /// The circulars that run at `level`.
    package func circulars(at level: WarningLevel) -> [CircularRule] {
        circulars.filter { $0.level == level }
    }

    /// The report that the obligation `feedback` demands.
    package var feedback: FeedbackRule {
        guard let rule = obligation(RuleID("feedback")), case .after(let within)? = rule.due else {
            return FeedbackRule(within: Interval(milliseconds: 0), clause: aftermathClause)
        }
        return FeedbackRule(within: within, clause: rule.clause)
    }
}

extension Fact {
    fileprivate var levelStart: (level: WarningLevel, event: CircularRule.Start)? {
        switch self {
        case .noticed(let level): (level, .notice)
        case .entered(let level): (level, .levelChange)
        case .opened, .lowered, .cleared, .issued, .done, .missed, .confirmed, .declared, .closed:
            nil
        }
    }
}
