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

/// How far each upstream has been worked off.
package enum Cursors {
    package static func all(in db: Database) throws -> [String: UInt64] {
        var cursors: [String: UInt64] = [:]
        for row in try Row.fetchAll(db, sql: "select name, seq from cursors") {
            let seq: Int64 = row[1]
            cursors[row[0]] = UInt64(seq)
        }
        return cursors
    }

    package static func put(_ name: String, _ seq: UInt64, in db: Database) throws {
        try db.cachedStatement(
            sql: """
                insert into cursors (name, seq) values (?, ?)
                on conflict (name) do update set seq = excluded.seq
                """
        ).execute(arguments: [name, Int64(clamping: seq)])
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
