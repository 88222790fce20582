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

/// Over which channels the holders of one kind of role are reached.
package struct ChannelRule: Equatable, Codable, Sendable {
    package var channels: [Channel]
    package var clause: Clause

    package init(channels: [Channel], clause: Clause) {
        (self.channels, self.clause) = (channels, clause)
    }
}
