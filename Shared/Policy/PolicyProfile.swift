package import Domain

/// The name of a profile, such as `mem-2021`.
package struct ProfileID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// The rules of one jurisdiction at one date 办法, each with the clause that states it.
package struct PolicyProfile: Equatable, Sendable {
    package var id: ProfileID
    /// The date of the rules, such as `2021-06-25`.
    package var version: String
    package var title: String
    package var zone: Zone
    package var zoneClause: Clause
    package var levels: [LevelName]
    package var placements: [PlacementName]
    package var roles: [Role]
    /// One for each level and placement.
    package var recipients: [RecipientRule]
    package var circulars: [CircularRule]
    /// What the enterprise owes after the level is back, and within which time.
    package var feedback: FeedbackRule
    package var levelModel: LevelModel
    package var personChannels: ChannelRule
    package var bodyChannels: ChannelRule
    /// Who is told when a level falls or a case ends: all who were told of the case.
    package var aftermathClause: Clause
    package var retry: RetryRule
    package var templates: Templates

    /// The texts, one of each kind.
    package struct Templates: Equatable, Sendable {
        package var warning, lowered, closed, circular, duty, feedback, late: NoticeTemplate

        package init(
            warning: NoticeTemplate, lowered: NoticeTemplate, closed: NoticeTemplate,
            circular: NoticeTemplate, duty: NoticeTemplate, feedback: NoticeTemplate,
            late: NoticeTemplate
        ) {
            (self.warning, self.lowered, self.closed) = (warning, lowered, closed)
            (self.circular, self.duty, self.feedback) = (circular, duty, feedback)
            self.late = late
        }
    }

    /// The report after clearing 消警后上报.
    package struct FeedbackRule: Equatable, Sendable {
        package var within: Interval
        package var clause: Clause

        package init(within: Interval, clause: Clause) {
            (self.within, self.clause) = (within, clause)
        }
    }

    package init(
        id: ProfileID, version: String, title: String, zone: Zone, zoneClause: Clause,
        levels: [LevelName], placements: [PlacementName], roles: [Role],
        recipients: [RecipientRule], circulars: [CircularRule], feedback: FeedbackRule,
        levelModel: LevelModel, personChannels: ChannelRule, bodyChannels: ChannelRule,
        aftermathClause: Clause, retry: RetryRule, templates: Templates
    ) {
        (self.id, self.version, self.title) = (id, version, title)
        (self.zone, self.zoneClause) = (zone, zoneClause)
        (self.levels, self.placements, self.roles) = (levels, placements, roles)
        (self.recipients, self.circulars, self.feedback) = (recipients, circulars, feedback)
        (self.levelModel, self.retry, self.templates) = (levelModel, retry, templates)
        (self.personChannels, self.bodyChannels) = (personChannels, bodyChannels)
        self.aftermathClause = aftermathClause
    }
}

extension PolicyProfile {
    /// `mem-2021/2021-06-25`: how records name the rules that they follow.
    package var name: String { "\(id)/\(version)" }

    package func role(_ id: RoleID) -> Role? {
        roles.first { $0.id == id }
    }

    /// What `level` is called.
    package func levelName(_ level: WarningLevel) -> LevelName {
        levels.first { $0.level == level }
            ?? LevelName(
                level: level, colour: level.colour, risk: level.risk, clause: zoneClause)
    }

    /// Who is told at `level` when the enterprise stands at `placement`.
    package func recipients(at level: WarningLevel, _ placement: Placement) -> RecipientRule? {
        recipients.first { $0.level == level && $0.placement == placement }
    }

    /// The circulars that run at `level`.
    package func circulars(at level: WarningLevel) -> [CircularRule] {
        circulars.filter { $0.level == level }
    }

    /// Over which channels the holder of `role` is reached.
    package func channels(of role: Role) -> ChannelRule {
        switch role.holder {
        case .person: personChannels
        case .body: bodyChannels
        }
    }

    /// The level that sends to nobody and closes a case: what the model rests at.
    package var restingLevel: WarningLevel { levelModel.resting.level }
}
