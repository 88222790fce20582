package import Domain

/// Who is told at one level for enterprises of one placement.
package struct RecipientRule: Equatable, Codable, Sendable {
    package var level: WarningLevel
    package var placement: Placement
    /// In the order of the file; empty only where the level is declared silent.
    package var roles: [RoleID]
    package var clause: Clause

    package init(level: WarningLevel, placement: Placement, roles: [RoleID], clause: Clause) {
        (self.level, self.placement) = (level, placement)
        (self.roles, self.clause) = (roles, clause)
    }
}

/// What a placement is called 园区内、园区外、市管.
package struct PlacementName: Equatable, Codable, Sendable {
    package var placement: Placement
    package var name: String
    package var clause: Clause

    package init(placement: Placement, name: String, clause: Clause) {
        (self.placement, self.name, self.clause) = (placement, name, clause)
    }
}

/// Over which channels the holders of one kind of role are reached: a ladder 渠道次序, and those
/// that are used beside it each time.
package struct ChannelRule: Equatable, Codable, Sendable {
    /// One channel; the next one is tried when this one has not delivered within `wait`.
    package struct Step: Equatable, Codable, Sendable {
        package var channel: Channel
        /// nil: it is the last one, or only its failure leads on.
        package var wait: Interval?

        package init(_ channel: Channel, wait: Interval? = nil) {
            (self.channel, self.wait) = (channel, wait)
        }
    }

    package var steps: [Step]
    package var also: [Channel]
    package var clause: Clause

    package init(steps: [Step], also: [Channel] = [], clause: Clause) {
        (self.steps, self.also, self.clause) = (steps, also, clause)
    }

    /// All channels, in the order in which they are used.
    package var channels: [Channel] { steps.map(\.channel) + also }
}

/// How many messages one number may get in a period before repeats are merged 短信配额.
package struct BudgetRule: Equatable, Codable, Sendable {
    package var perNumber: Int
    package var within: Interval
    package var clause: Clause

    package init(perNumber: Int, within: Interval, clause: Clause) {
        (self.perNumber, self.within, self.clause) = (perNumber, within, clause)
    }
}

/// How long ahead planned work on the platform is announced 提前通知 (001 §22).
package struct PlannedWorkRule: Equatable, Codable, Sendable {
    /// What becomes of an announcement that comes too late.
    package enum Late: String, CaseIterable, Codable, Sendable {
        case refuse, mark
    }

    package var workingDays: Int
    package var late: Late
    package var clause: Clause

    package init(workingDays: Int, late: Late, clause: Clause) {
        (self.workingDays, self.late, self.clause) = (workingDays, late, clause)
    }
}
