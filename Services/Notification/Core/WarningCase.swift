package import Domain
package import Policy

/// One warning 预警处置 of a hazard source, from its first level above the resting one until it
/// is back.
package struct WarningCase: Equatable, Codable, Sendable {
    package var id: CaseID
    package var source: HazardSourceID
    package var enterprise: EnterpriseID
    /// The names when the level last changed.
    package var sourceName: String
    package var enterpriseName: String
    package var placement: Placement
    package var level: WarningLevel
    package var highest: WarningLevel
    package var openedAt: Instant
    /// When the level last changed.
    package var levelAt: Instant
    /// nil while it is open.
    package var closedAt: Instant?
    /// What caused the level, Chinese.
    package var cause: String
    /// The profile with its version.
    package var profile: String
    /// The circulars of each level that it was at, in the order in which they began.
    package var runs: [CircularRun]
    /// Who was told of it, in the order in which they were told first.
    package var told: [Told]
    package var noticeCount: Int

    /// The enterprise's node: where the case belongs in the tree.
    package var node: NodeID { NodeID(enterprise.text) }

    /// How many circulars were issued so far, at all its levels.
    package var circularCount: Int { runs.map(\.issued).reduce(0, +) }

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

/// The circulars of one level: they run until the level changes, and stay on record after.
package struct CircularRun: Equatable, Codable, Sendable {
    package enum State: Equatable, Codable, Sendable {
        case running(dueAt: Instant)
        case stopped(at: Instant)
    }

    /// The rule as it was when the level began; a new version of the profile does not move it.
    package var rule: CircularRule
    package var startedAt: Instant
    package var issued: Int
    /// The first circular that a later one will say, while several are late.
    package var mergedFrom: Int?
    package var state: State

    package var stoppedAt: Instant? {
        switch state {
        case .running: nil
        case .stopped(let at): at
        }
    }

    package var dueAt: Instant? {
        switch state {
        case .running(let dueAt): dueAt
        case .stopped: nil
        }
    }
}
