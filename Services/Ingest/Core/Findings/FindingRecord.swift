package import Domain

/// One finding from the first sight to its end 问题.
package struct FindingRecord: Hashable, Codable, Sendable {
    /// What was done about it 整改 (CON-47).
    package enum State: Hashable, Codable, Sendable {
        /// Nobody was told to do anything.
        case open
        /// The enterprise is to put it right.
        case assigned(Assignment)
        /// The enterprise says that it did.
        case corrected(Assignment, Correction)
        /// A body has verified that it is right.
        case verified(by: String, at: Instant)
        /// It went by itself before anybody had to act.
        case ended(at: Instant)
        /// Who may decide about it did it, and wrote down why: it is a trace, not a task.
        case reviewed(by: String, reason: String, at: Instant)

        package var name: String {
            switch self {
            case .open: "open"
            case .assigned: "assigned"
            case .corrected: "corrected"
            case .verified: "verified"
            case .ended: "ended"
            case .reviewed: "reviewed"
            }
        }

        package static let openNames = ["open", "assigned", "corrected"]
        package static let closedNames = ["verified", "ended", "reviewed"]

        /// Nil: it is not closed.
        package var closedAt: Instant? {
            switch self {
            case .open, .assigned, .corrected: nil
            case .verified(_, let at), .ended(let at), .reviewed(_, _, let at): at
            }
        }

        package var task: Assignment? {
            switch self {
            case .assigned(let task), .corrected(let task, _): task
            case .open, .verified, .ended, .reviewed: nil
            }
        }
    }

    /// Who is to do what by when.
    package struct Assignment: Hashable, Codable, Sendable {
        package var text: String
        package var dueAt: Instant
        package var by: String
        package var at: Instant

        package init(text: String, dueAt: Instant, by: String, at: Instant) {
            (self.text, self.dueAt, self.by, self.at) = (text, dueAt, by, at)
        }
    }

    /// What the enterprise did.
    package struct Correction: Hashable, Codable, Sendable {
        package var text: String
        package var by: String
        package var at: Instant

        package init(text: String, by: String, at: Instant) {
            (self.text, self.by, self.at) = (text, by, at)
        }
    }

    /// Kind, entry, and which one of those in a row.
    package var key: FindingKey
    package var number: Int64
    package var node: NodeID
    package var firstAt: Instant
    package var lastAt: Instant
    package var clues: [Clue]
    package var state: State
    /// When what shows it was gone; nil: it is still there, or nothing shows that.
    package var goneAt: Instant?
    /// Who wrote it down; empty: a detector.
    package var recordedBy: String

    package var id: String { FindingID(key, number: number).description }

    /// True: nothing shows it any more, so a body can verify its correction.
    package var isGone: Bool { goneAt != nil || key.kind.origin == .act }

    package init(_ sighting: Sighting, number: Int64, recordedBy: String) {
        (key, self.number, node) = (sighting.key, number, sighting.node)
        (firstAt, lastAt) = (sighting.firstAt, max(sighting.firstAt, sighting.lastAt))
        (clues, self.recordedBy) = (sighting.clues, recordedBy)
        state = .open
    }
}

/// Which finding of a key is meant: its how-manieth.
package struct FindingID: Hashable, Sendable, CustomStringConvertible {
    package var key: FindingKey
    package var number: Int64

    package init(_ key: FindingKey, number: Int64) { (self.key, self.number) = (key, number) }

    package var description: String { "\(key)/\(number)" }

    /// `flatLine/point/P-1/2`; nil: no finding is called so.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, let kind = FindingKind(rawValue: parts[0]),
            let entry = EntryKind(rawValue: parts[1]), let number = Int64(parts[3]), number > 0
        else { return nil }
        self.init(FindingKey(kind, EntryKey(entry, parts[2])), number: number)
    }
}

/// Why something about a finding was refused; nothing has changed.
package enum FindingRefusal: Error, Hashable, Sendable {
    case unknown(String)
    case closed(String)
    /// There is no task to correct, or no correction to verify.
    case notYet(String, state: String, needed: String)
    /// What shows it is still there.
    case stillThere(String, lastAt: Instant)
    /// Who corrected it cannot verify it.
    case ownCorrection(String, subject: String)
    case unusable(String)
    /// The kind is a detector's; people write down only what they saw done.
    case notManual(String)
    case unknownEntry(EntryKey)
    /// The node that speaks has nothing to say about the entry.
    case outside(scope: NodeID, entry: EntryKey)
    /// Only a body above the enterprise does this.
    case notBody(subject: String, node: NodeID)
}

package enum FindingEffect: Hashable, Sendable {
    case opened(FindingRecord)
    case changed(FindingRecord)
    case closed(FindingRecord)
}

/// The most of everything in a finding. Ours.
package enum FindingLimits {
    package static let textMax = 500
    package static let cluesMax = 100
}
