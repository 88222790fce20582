package import Domain

/// A change request 变更申请, as its sender names it: the same name twice is the same request.
package struct ChangeID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// What somebody wants to be changed or removed, and what reviewers said 待审核变更.
///
/// *Where it stands*: in force is what is registered; a request changes nothing before it is
/// accepted.
package struct ChangeRequest: Codable, Hashable, Sendable {
    package enum State: String, CaseIterable, Codable, Sendable {
        /// Nobody has reviewed it.
        case pending
        /// One accepted it, and it needs another.
        case awaitingSecond
        case accepted
        case refused
    }

    /// What one reviewer said.
    package struct Review: Codable, Hashable, Sendable {
        package enum Verdict: String, CaseIterable, Codable, Sendable { case accept, refuse }

        package var by: String
        package var at: Instant
        package var verdict: Verdict
        package var reason: String
    }

    package var id: ChangeID
    package var kind: EntryKind
    package var entry: String
    /// The node that the entry belongs to.
    package var node: NodeID
    /// True: the entry is to go.
    package var isRemoval: Bool
    /// What each field said when it was proposed, and should say.
    package var fields: [FieldChange]
    package var reason: String
    package var proposedBy: String
    package var proposedAt: Instant
    /// Why a second reviewer is needed; empty: one is enough.
    package var secondBecause: String
    package var state: State
    package var reviews: [Review]
    /// Where it stands who reviews.
    package var clause: String

    package var key: EntryKey { EntryKey(kind, entry) }

    package var isOpen: Bool {
        switch state {
        case .pending, .awaitingSecond: true
        case .accepted, .refused: false
        }
    }

    /// The key of its stored part.
    var partKey: String { "change/" + id.text }
}

/// A request as its sender writes it.
package struct ChangeProposal: Hashable, Sendable {
    package var id: ChangeID
    package var key: EntryKey
    package var isRemoval: Bool
    /// Fields and what they should say; empty: nothing any more.
    package var fields: [FieldText]
    package var reason: String

    package init(
        id: ChangeID, key: EntryKey, isRemoval: Bool, fields: [FieldText], reason: String
    ) {
        (self.id, self.key, self.isRemoval) = (id, key, isRemoval)
        (self.fields, self.reason) = (fields, reason)
    }

    /// One field with what it should say.
    package struct FieldText: Hashable, Sendable {
        package var name: String
        package var text: String

        package init(_ name: String, _ text: String) { (self.name, self.text) = (name, text) }
    }
}

/// Why a request, or a review of one, was not taken; nothing has changed.
package enum ChangeRefusal: Error, Equatable, Sendable {
    /// The id or the reason of the request cannot be used.
    case unusable(String)
    /// The name was used for another request.
    case nameTaken(ChangeID)
    case unknownRequest(ChangeID)
    case unknownEntry(EntryKey)
    case nothingChanges(EntryKey)
    case outside(scope: NodeID, entry: EntryKey)
    /// Removal is not for entries of this kind.
    case notRemovable(EntryKey, instead: String)
    /// What hangs on it must go first.
    case stillNeeded(EntryKey, by: [EntryKey])
    case decided(ChangeID, ChangeRequest.State)
    /// Who proposed or reviewed it cannot review it.
    case ownRequest(ChangeID, subject: String)
    /// The reviewer's node is none that reviews.
    case notReviewer(subject: String, node: NodeID, needed: [NodeKind], clause: String)
    /// The entry says something else by now.
    case stale(ChangeID, fields: [String])
    case mistakes([Mistake])
}

/// What happened to an entry that was there, as its history tells it.
package struct EntryRecord: Hashable, Sendable {
    package var change: EntryChange
    package var isRemoval: Bool
    package var by: String
    /// Those who reviewed it; an import by an administrator is reviewed by nature.
    package var reviewedBy: [String]
    package var reason: String
    /// The request, or the file.
    package var origin: String

    package init(
        change: EntryChange, isRemoval: Bool, by: String, reviewedBy: [String], reason: String,
        origin: String
    ) {
        (self.change, self.isRemoval, self.by) = (change, isRemoval, by)
        (self.reviewedBy, self.reason, self.origin) = (reviewedBy, reason, origin)
    }
}
