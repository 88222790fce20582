import Foundation
package import GRDB

// The small tables of every store. All functions run inside a transaction of the caller.

/// The parts of the machine: keyed values, as bytes.
package enum Parts {
    package static func put(_ key: String, _ body: [UInt8], in db: Database) throws {
        try db.cachedStatement(
            sql: """
                insert into parts (key, body) values (?, ?)
                on conflict (key) do update set body = excluded.body
                """
        ).execute(arguments: [key, Data(body)])
    }

    package static func remove(_ key: String, in db: Database) throws {
        try db.cachedStatement(sql: "delete from parts where key = ?").execute(arguments: [key])
    }

    /// Hands over every part in key order.
    package static func forEach(
        in db: Database, _ body: (_ key: String, _ body: [UInt8]) throws -> Void
    ) throws {
        let rows = try Row.fetchCursor(db, sql: "select key, body from parts order by key")
        while let row = try rows.next() {
            let bytes: Data = row[1]
            try body(row[0], [UInt8](bytes))
        }
    }
}

/// A place in a stream up to which it has been worked off.
package struct Cursor: Hashable, Sendable {
    package var seq: UInt64
    /// The hash of what stands there; nil if the stream has none, or it was not noted.
    package var hash: [UInt8]?

    package init(seq: UInt64, hash: [UInt8]? = nil) {
        (self.seq, self.hash) = (seq, hash)
    }

    /// Before anything.
    package static let start = Cursor(seq: 0)
}

/// How far each upstream has been worked off.
package enum Cursors {
    /// Also of a store that no later version has opened, as an audit finds it.
    package static func all(in db: Database) throws -> [String: Cursor] {
        let hasHashes = try db.columns(in: "cursors").contains { $0.name == "hash" }
        let rows = try Row.fetchAll(
            db, sql: "select name, seq, \(hasHashes ? "hash" : "null") from cursors")
        var cursors: [String: Cursor] = [:]
        for row in rows {
            let (seq, hash): (Int64, Data?) = (row[1], row[2])
            cursors[row[0]] = Cursor(seq: UInt64(seq), hash: hash.map { [UInt8]($0) })
        }
        return cursors
    }

    package static func put(_ name: String, _ cursor: Cursor, in db: Database) throws {
        try db.cachedStatement(
            sql: """
                insert into cursors (name, seq, hash) values (?, ?, ?)
                on conflict (name) do update set seq = excluded.seq, hash = excluded.hash
                """
        ).execute(arguments: [name, Int64(clamping: cursor.seq), cursor.hash.map { Data($0) }])
    }
}

/// Small facts about the store itself.
package enum Meta {
    package static func get(_ key: String, in db: Database) throws -> String? {
        try db.cachedStatement(sql: "select value from meta where key = ?").fetchOneText([key])
    }

    package static func put(_ key: String, _ value: String, in db: Database) throws {
        try db.cachedStatement(
            sql: """
                insert into meta (key, value) values (?, ?)
                on conflict (key) do update set value = excluded.value
                """
        ).execute(arguments: [key, value])
    }
}

extension Statement {
    fileprivate func fetchOneText(_ arguments: StatementArguments) throws -> String? {
        try String.fetchOne(self, arguments: arguments)
    }
}
