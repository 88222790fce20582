package import Domain
import Foundation
package import GRDB

/// The append-only record of what a service decided, chained by hash.
package enum Journal {
    /// The key in `meta` under which each append leaves where the journal ends.
    static let headKey = "journal.head"

    /// Appends to the journal inside the caller's transaction.
    package static func append(
        _ drafts: [JournalDraft], at now: Instant, in db: Database, path: String = ""
    ) throws -> [JournalEntry] {
        var writer = try JournalWriter(in: db, path: path)
        let entries = try drafts.map { try writer.append($0, at: now) }
        try writer.finish()
        return entries
    }

    /// Where the journal ends.
    package static func head(in db: Database) throws -> JournalHead {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "select seq, hash from journal order by seq desc limit 1"))
        return row.map { JournalHead(seq: seq($0[0]), hash: bytes($0[1])) } ?? .empty
    }

    /// Where the store noted that the journal ends; nil if somebody removed the note.
    package static func recordedHead(in db: Database) throws -> JournalHead? {
        try Meta.get(headKey, in: db).flatMap { JournalHead($0) }
    }

    /// Throws if the journal does not end where the store noted, so that nothing is built on it.
    package static func checkEnd(of head: JournalHead, in db: Database, path: String) throws {
        let recorded = try recordedHead(in: db)
        if recorded != head {
            throw StoreFailure.journalTampered(path: path, recorded: recorded, found: head)
        }
    }

    static func seq(_ number: Int64) -> UInt64 { UInt64(clamping: number) }
    static func bytes(_ data: Data) -> [UInt8] { [UInt8](data) }

    static let columns = "seq, at_unix_ms, kind, subject, node, body, prev_hash, hash"

    static func entry(_ row: Row) -> JournalEntry {
        JournalEntry(
            seq: seq(row[0]), at: Instant(unixMilliseconds: row[1]),
            draft: JournalDraft(
                kind: row[2], subject: row[3], node: NodeID(row[4]), body: bytes(row[5])),
            previousHash: bytes(row[6]), hash: bytes(row[7]))
    }
}

/// Appends several entries within one transaction and notes the new head once.
package struct JournalWriter {
    package private(set) var head: JournalHead
    private let db: Database
    private let start: JournalHead

    /// Reads the head; a journal that does not end where the store noted is left alone, so that
    /// an append never hides a truncation.
    package init(in db: Database, path: String) throws {
        self.db = db
        head = try Journal.head(in: db)
        start = head
        try Journal.checkEnd(of: head, in: db, path: path)
    }

    package mutating func append(_ draft: JournalDraft, at now: Instant) throws -> JournalEntry {
        let seq = head.seq + 1
        let hash = JournalHash.hash(previous: head.hash, seq: seq, at: now, draft: draft)
        let entry = JournalEntry(
            seq: seq, at: now, draft: draft, previousHash: head.hash, hash: hash)
        try db.cachedStatement(
            sql: "insert into journal (\(Journal.columns)) values (?, ?, ?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [
            Int64(seq), now.unixMilliseconds, draft.kind, draft.subject, draft.node.text,
            Data(draft.body), Data(head.hash), Data(hash),
        ])
        head = JournalHead(seq: seq, hash: hash)
        return entry
    }

    /// Notes where the journal ends now.
    package func finish() throws {
        if head != start { try Meta.put(Journal.headKey, head.description, in: db) }
    }
}
