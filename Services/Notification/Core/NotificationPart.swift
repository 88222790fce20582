package import Domain
package import Policy

/// One stored piece of the machine's state.
package enum NotificationPart: Equatable, Codable, Sendable {
    case fact(RegistryFact)
    case openCase(Case)
    case notice(Notice)
    case profile(PolicyProfile)
    case streaks(NodeID, Streaks)
    case serial(String, Int)
    case sent(String, [Instant])
}
