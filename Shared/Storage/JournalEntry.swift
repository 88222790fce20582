package import Domain

/// A decided fact that is to be written down.
package struct JournalDraft: Hashable, Sendable {
    /// What happened, such as `risk.level_changed`; says which message the body is.
    package var kind: String
    /// What it happened to: the id of a hazard source, a case, an alarm.
    package var subject: String
    /// Where in the organisation tree it belongs; tokens see what stands under theirs.
    package var node: NodeID
    /// The message, protobuf.
    package var body: [UInt8]

    package init(kind: String, subject: String, node: NodeID, body: [UInt8]) {
        (self.kind, self.subject, self.node, self.body) = (kind, subject, node, body)
    }
}

/// A decided fact as it stands in the journal.
package struct JournalEntry: Hashable, Sendable {
    /// Its place, from 1, without gaps.
    package var seq: UInt64
    /// When it was decided.
    package var at: Instant
    package var draft: JournalDraft
    /// The hash of the entry before; zeros for the first.
    package var previousHash: [UInt8]
    package var hash: [UInt8]

    package init(
        seq: UInt64, at: Instant, draft: JournalDraft, previousHash: [UInt8], hash: [UInt8]
    ) {
        (self.seq, self.at, self.draft) = (seq, at, draft)
        (self.previousHash, self.hash) = (previousHash, hash)
    }

    package var kind: String { draft.kind }
    package var subject: String { draft.subject }
    package var node: NodeID { draft.node }
    package var body: [UInt8] { draft.body }
}

/// Where a journal ends: the last sequence number and hash, or 0 and zeros.
package struct JournalHead: Hashable, Sendable, CustomStringConvertible {
    package var seq: UInt64
    package var hash: [UInt8]

    package init(seq: UInt64, hash: [UInt8]) {
        (self.seq, self.hash) = (seq, hash)
    }

    /// The head of a journal without entries.
    package static let empty = JournalHead(seq: 0, hash: JournalHash.zero)

    /// `SEQ:HASH` with the hash in hexadecimal; nil if `text` is not that.
    package init?(_ text: String) {
        let pieces = text.split(separator: ":", omittingEmptySubsequences: false)
        guard pieces.count == 2, let seq = UInt64(pieces[0]),
            let hash = JournalHash.bytes(hexadecimal: pieces[1])
        else { return nil }
        self.init(seq: seq, hash: hash)
    }

    package var description: String { "\(seq):\(JournalHash.hexadecimal(hash))" }
}
