import Foundation
package import GRDB

/// An effect on the world to be done: what a machine wants of it, before it has an ordinal.
package struct OutboxDraft: Hashable, Sendable {
    /// Tells repeats apart from new effects; doing a key twice must be harmless.
    package var key: String
    /// Rows of one lane are done one after another, in order; lanes do not wait for each other.
    package var lane: String
    /// What is to be done.
    package var kind: String
    package var body: [UInt8]
    /// The lowest number is done first; for `urgent` places are kept free.
    package var priority: Int

    package static let urgent = 0
    package static let usual = 2

    package init(
        key: String, lane: String, kind: String, body: [UInt8], priority: Int = Self.usual
    ) {
        precondition(priority >= Self.urgent, "Nothing is more urgent than urgent.")
        (self.key, self.lane, self.kind, self.body) = (key, lane, kind, body)
        self.priority = priority
    }
}

/// An effect that waits in the store.
package struct OutboxRow: Hashable, Sendable {
    /// Its place among all; rows of a lane are worked off in this order.
    package var ordinal: Int64
    package var draft: OutboxDraft

    package init(ordinal: Int64, draft: OutboxDraft) {
        (self.ordinal, self.draft) = (ordinal, draft)
    }

    package var key: String { draft.key }
    package var lane: String { draft.lane }
    package var kind: String { draft.kind }
    package var body: [UInt8] { draft.body }
}

/// Effects that have been decided and not yet been confirmed.
package enum Outbox {
    /// Adds a row; nil if its key already waits.
    package static func add(_ draft: OutboxDraft, in db: Database) throws -> OutboxRow? {
        let statement = try db.cachedStatement(
            sql: """
                insert into outbox (key, lane, kind, body, priority) values (?, ?, ?, ?, ?)
                on conflict (key) do nothing
                """)
        try statement.execute(arguments: [
            draft.key, draft.lane, draft.kind, Data(draft.body), draft.priority,
        ])
        if db.changesCount == 0 { return nil }
        return OutboxRow(ordinal: db.lastInsertedRowID, draft: draft)
    }

    /// Takes a row out; nothing if it is not there.
    package static func settle(_ key: String, in db: Database) throws {
        try db.cachedStatement(sql: "delete from outbox where key = ?").execute(arguments: [key])
    }

    /// All rows in order; read once, at a start.
    package static func all(in db: Database) throws -> [OutboxRow] {
        try Row.fetchAll(
            db, sql: "select ordinal, key, lane, kind, body, priority from outbox order by ordinal"
        ).map { row in
            let body: Data = row[4]
            return OutboxRow(
                ordinal: row[0],
                draft: OutboxDraft(
                    key: row[1], lane: row[2], kind: row[3], body: [UInt8](body),
                    priority: row[5]))
        }
    }
}
