package import Domain

/// The name of a profile, such as `mem-2021`.
package struct ProfileID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// The rules of one jurisdiction at one date 办法, each with the clause that states it.
///
/// Codable because a running case keeps the rules that it began with.
package struct PolicyProfile: Equatable, Codable, Sendable {
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
    package var levelModel: LevelModel
    package var personChannels: ChannelRule
    package var bodyChannels: ChannelRule
    /// Who is told when a level falls or a case ends: all who were told of the case.
    package var aftermathClause: Clause
    package var retry: RetryRule
    package var templates: Templates
    /// What blue is: a state in which nothing is owed, or a warning to be handled.
    package var blue: BlueRule
    package var choices: Choices
    package var calendar: WorkCalendar
    package var declarations: [DeclarationRule]
    package var obligations: [ObligationRule]
    /// Who pursues a case at each level, and closes it 跟踪.
    package var tracking: [TrackingRule]
    /// nil: a number may get any number of messages.
    package var budget: BudgetRule?
    /// nil: the regulation does not say how long ahead work is announced.
    package var plannedWork: PlannedWorkRule?
    /// Who reviews changes of the registry; nil: the regulation names nobody, and ours holds.
    package var review: ReviewRule?
    /// By when enterprises commit themselves each day; nil: the regulation asks for none.
    package var commitment: CommitmentRule?
    /// To whom outages are filed; nil: the regulation names nobody, and ours holds.
    package var filing: FilingRule?
    /// When something counts as offline; nil: ours holds.
    package var presence: PresenceRule?
    /// When data look as if nobody had measured them; nil: ours holds.
    package var detectors: DetectorRule?
    /// The documents that its clauses may cite beside the known regulations.
    package var sources: [ClauseIndex.Document] = []

    /// What blue is 蓝色预警 (RSK-14, RSK-15).
    package struct BlueRule: Equatable, Codable, Sendable {
        package enum Meaning: String, CaseIterable, Codable, Sendable {
            /// The base state: a warning that comes down to it is cleared.
            case baseState
            /// The lowest warning: it is cleared by whoever registers that.
            case warning
        }

        package var meaning: Meaning
        package var clause: Clause

        package init(meaning: Meaning, clause: Clause) {
            (self.meaning, self.clause) = (meaning, clause)
        }
    }

    /// Who pursues cases at one level for enterprises of one placement.
    package struct TrackingRule: Equatable, Codable, Sendable {
        package var level: WarningLevel
        package var placement: Placement
        package var role: RoleID
        package var clause: Clause

        package init(level: WarningLevel, placement: Placement, role: RoleID, clause: Clause) {
            (self.level, self.placement) = (level, placement)
            (self.role, self.clause) = (role, clause)
        }
    }

    /// The texts, by kind; those of documents that no rule issues may be absent.
    package struct Templates: Equatable, Codable, Sendable {
        private var byKind: [NoticeTemplate.Kind: NoticeTemplate]

        package init(_ byKind: [NoticeTemplate.Kind: NoticeTemplate]) {
            self.byKind = byKind
        }

        package subscript(_ kind: NoticeTemplate.Kind) -> NoticeTemplate {
            byKind[kind] ?? NoticeTemplate(pieces: [], clause: Clause(""))
        }
    }

    package init(
        id: ProfileID, version: String, title: String, zone: Zone, zoneClause: Clause,
        levels: [LevelName], placements: [PlacementName], roles: [Role],
        recipients: [RecipientRule], levelModel: LevelModel, personChannels: ChannelRule,
        bodyChannels: ChannelRule,
        aftermathClause: Clause, retry: RetryRule, templates: Templates,
        blue: BlueRule = BlueRule(meaning: .baseState, clause: Clause("")),
        choices: Choices = .plain, calendar: WorkCalendar = WorkCalendar(),
        declarations: [DeclarationRule] = [], obligations: [ObligationRule] = [],
        tracking: [TrackingRule] = [], budget: BudgetRule? = nil,
        plannedWork: PlannedWorkRule? = nil
    ) {
        (self.id, self.version, self.title) = (id, version, title)
        (self.zone, self.zoneClause) = (zone, zoneClause)
        (self.levels, self.placements, self.roles) = (levels, placements, roles)
        self.recipients = recipients
        (self.levelModel, self.retry, self.templates) = (levelModel, retry, templates)
        (self.personChannels, self.bodyChannels) = (personChannels, bodyChannels)
        self.aftermathClause = aftermathClause
        (self.blue, self.choices, self.calendar) = (blue, choices, calendar)
        (self.declarations, self.obligations) = (declarations, obligations)
        (self.tracking, self.budget, self.plannedWork) = (tracking, budget, plannedWork)
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

    /// Whose rules an enterprise follows: of a city-managed one in a park those of the path that
    /// the profile chose (000 §5).
    package func placements(of placement: Placement, isInPark: Bool) -> [Placement] {
        guard placement == .cityManaged, isInPark else { return [placement] }
        switch choices.cityManagedInPark.value {
        case .union: return [.cityManaged, .inPark]
        case .cityPath: return [.cityManaged]
        case .parkPath: return [.inPark]
        }
    }

    /// Over which channels the holder of `role` is reached.
    package func channels(of role: Role) -> ChannelRule {
        switch role.holder {
        case .person, .post: personChannels
        case .body, .under: bodyChannels
        }
    }

    /// The level that sends to nobody and closes a case: what the model rests at.
    package var restingLevel: WarningLevel { levelModel.resting.level }
}

extension PolicyProfile {
    /// The full title behind a reference of a clause, for people.
    package func title(of reference: String) -> String {
        var index = ClauseIndex.known
        index.documents += sources
        return index.title(of: reference)
    }
}
