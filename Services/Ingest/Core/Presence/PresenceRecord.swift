package import Domain

/// What is known of the connection of one thing.
package struct PresenceRecord: Hashable, Codable, Sendable {
    package var subject: PresenceSubject
    package var node: NodeID
    package var registeredAt: Instant
    /// Since when it is due: since it was registered, or the last filing ended.
    package var dueSince: Instant
    package var presence: Presence
    /// Since when a filing has it out of service 报备停用; nil: none has.
    package var filedSince: Instant?
    /// True: its silence is a finding.
    package var isTold = false
    /// True: its silence is a finding of long-term silence.
    package var isLongTerm = false
    /// True: it is a camera that nobody can try; that is a finding of its enterprise, not its own.
    package var isUnreachable: Bool?

    package init(_ subject: PresenceSubject, node: NodeID, registeredAt: Instant) {
        (self.subject, self.node, self.registeredAt) = (subject, node, registeredAt)
        dueSince = registeredAt
        presence = .neverHeard
    }

    /// Since when it is silent and should not be; nil: it is online.
    package var silentSince: Instant? {
        switch presence {
        case .neverHeard: dueSince
        case .online: nil
        case .offline(let since): max(since, dueSince)
        }
    }

    /// Since when nothing was heard, due or not; nil: it is online.
    package var lastsSince: Instant? {
        switch presence {
        case .neverHeard: registeredAt
        case .online: nil
        case .offline(let since): since
        }
    }

    /// What a filed outage is called; it comes before what the line says.
    package static let filedName = "filedOutage"

    package var name: String { filedSince == nil ? presence.name : Self.filedName }

    var partKey: String { subject.partKey }
}
