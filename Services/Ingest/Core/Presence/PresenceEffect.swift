package import Domain

/// One transition 上线、离线, as the journal tells it.
package struct PresenceChange: Hashable, Sendable {
    package var subject: PresenceSubject
    package var node: NodeID
    package var from: String
    package var to: String
    /// When it was so, by what was heard; not when it was noticed.
    package var at: Instant
    package var clause: String

    package init(
        subject: PresenceSubject, node: NodeID, from: String, to: String, at: Instant,
        clause: String
    ) {
        (self.subject, self.node, self.from, self.to) = (subject, node, from, to)
        (self.at, self.clause) = (at, clause)
    }
}

/// What the book does.
package enum PresenceEffect: Hashable, Sendable {
    case changed(PresenceChange)
    /// A silence with both ends, to the millisecond; listed and reckoned with.
    case gap(PresenceSubject, node: NodeID, Span)
    /// Absence always raises something.
    case sighted(Sighting)
    case ended(FindingKey, at: Instant)
}
