package import Domain
package import Policy

/// What is being done about one thing 事项, such as one warning of a hazard source 预警处置: from its
/// opening until it is closed.
package struct Case: Equatable, Codable, Sendable {
    package var id: CaseID
    package var kind: CaseKind
    /// True: nothing of it is real 演练; it is marked everywhere and counted apart.
    package var isDrill: Bool
    /// Where it belongs in the tree: the enterprise, or the body that it is about.
    package var node: NodeID
    /// The hazard source; nil where it is not about one.
    package var source: HazardSourceID?
    /// The enterprise; nil where it is not about one.
    package var enterprise: EnterpriseID?
    /// The names when the level last changed.
    package var sourceName: String
    package var enterpriseName: String
    /// nil: its kind has no levels.
    package var level: WarningLevel?
    package var highest: WarningLevel?
    package var openedAt: Instant
    /// When the level last changed; for other kinds when it was opened.
    package var levelAt: Instant
    /// When the warning was over 消警; nil while it is not.
    package var clearedAt: Instant?
    /// nil while something may still be done about it.
    package var closedAt: Instant?
    /// What caused the level, or what it is about, Chinese.
    package var cause: String
    /// Who opened it; empty: the platform.
    package var openedBy: String
    /// The profile with its version whose rules it follows.
    package var profile: String
    package var docket: Docket
    /// Who was told of it, in the order in which they were told first.
    package var told: [Told]
    package var noticeCount: Int
    /// How many circulars were issued so far, at all its levels.
    package var circularCount: Int
    package var documentCount: Int

    /// A role that was told of it, and who filled it then.
    package struct Told: Equatable, Codable, Sendable {
        package var role: RoleID
        package var holder: Notice.Holder
    }

    /// Notes that a role is told, and by whom it is filled.
    mutating func note(_ one: Told) {
        let known = told.firstIndex { other in
            guard other.role == one.role else { return false }
            return other.holder.name == nil || other.holder.isSame(as: one.holder)
        }
        switch (known, one.holder.name) {
        // The telephone may be a newer one.
        case (let index?, .some): told[index] = one
        case (nil, .some): told.append(one)
        case (_, nil): if !told.contains(where: { $0.role == one.role }) { told.append(one) }
        }
    }
}

/// Who does something in a case, as their token says.
package struct Actor: Equatable, Codable, Sendable {
    package var subject: String
    /// The node that they act for; empty: for none in particular.
    package var node: NodeID

    package init(subject: String, node: NodeID) {
        (self.subject, self.node) = (subject, node)
    }
}

/// One thing that somebody says as proof of what was done 办理依据.
package struct ProofValue: Equatable, Codable, Sendable {
    /// The id of the part in the profile, such as `cause`.
    package var part: String
    package var text: String

    package init(part: String, text: String) {
        (self.part, self.text) = (part, text)
    }
}
