package import Domain

/// Something that has happened in a case, by which rules start and end 事由.
package enum Fact: Hashable, Codable, Sendable {
    /// The case was opened.
    case opened(CaseKind)
    /// The level was entered, from above or below.
    case entered(WarningLevel)
    /// The platform issued the notices of the level: it counts as their receipt (decision 0015).
    case noticed(WarningLevel)
    /// The level fell below this one 降级.
    case lowered(WarningLevel)
    /// The warning is over 消警.
    case cleared
    /// The document of this rule was issued 发出.
    case issued(RuleID)
    /// What this rule demands was done, in time or late.
    case done(RuleID)
    /// What this rule demands was not done in time.
    case missed(RuleID)
    /// The owner took note of a notice of the case 确认; as a fact, whoever fills this role did.
    case confirmed(RoleID?)
    /// Somebody who may has declared it, such as an explanation 情况说明 or a plan.
    case declared(DeclarationID)
    /// The case was closed 闭环.
    case closed
}

/// What somebody can declare in a case, such as `explanation`.
package struct DeclarationID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// A fact that starts a rule; for a miss, also only after so many in a row.
package struct Trigger: Hashable, Codable, Sendable {
    package var fact: Fact
    /// How often in a row within one enterprise; 1: each time.
    package var times: Int

    package init(_ fact: Fact, times: Int = 1) {
        (self.fact, self.times) = (fact, times)
    }
}
