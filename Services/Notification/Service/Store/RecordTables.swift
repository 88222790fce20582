import Foundation
package import GRDB
package import Storage

/// What was owed, issued and declared in each case, one row each as it stands.
package enum RecordTables {
    package enum Kind: String, CaseIterable, Sendable {
        case obligation, document, declaration
    }

    package static let migrations = [
        Migration(
            "0002_create_records",
            sql: """
                create table records (
                    ordinal integer primary key autoincrement not null,
                    kind text not null check (kind in (
                        'obligation', 'document', 'declaration')),
                    id text not null,
                    case_id text not null,
                    node text not null,
                    body blob not null,
                    unique (kind, id)
                ) strict;
                create index records_by_case on records (case_id, ordinal);
                """)
    ]

    /// A record as it is stored; `body` is the message that the journal holds.
    package struct Row: Equatable, Sendable {
        package var kind: Kind
        package var id: String
        package var node: String
        package var body: [UInt8]
    }

    package static func put(
        _ kind: Kind, id: String, caseID: String, node: String, body: [UInt8], in db: Database
    ) throws {
        try db.cachedStatement(
            sql: """
                insert into records (kind, id, case_id, node, body) values (?, ?, ?, ?, ?)
                on conflict (kind, id) do update set node = excluded.node, body = excluded.body
                """
        ).execute(arguments: [kind.rawValue, id, caseID, node, Data(body)])
    }

    /// The records of a case, in the order in which each was first written.
    package static func ofCase(_ id: String, limit: Int, in db: Database) throws -> [Row] {
        try GRDB.Row.fetchAll(
            db.cachedStatement(
                sql: """
                    select kind, id, node, body from records where case_id = ?
                    order by ordinal limit ?
                    """),
            arguments: [id, limit]
        ).compactMap { row in
            let body: Data = row[3]
            return Kind(rawValue: row[0]).map {
                Row(kind: $0, id: row[1], node: row[2], body: [UInt8](body))
            }
        }
    }

    /// One obligation or document as it stands.
    package static func one(_ kind: Kind, id: String, in db: Database) throws -> Row? {
        try GRDB.Row.fetchOne(
            db.cachedStatement(
                sql: "select kind, id, node, body from records where kind = ? and id = ?"),
            arguments: [kind.rawValue, id]
        ).map { row in
            let body: Data = row[3]
            return Row(kind: kind, id: row[1], node: row[2], body: [UInt8](body))
        }
    }
}
