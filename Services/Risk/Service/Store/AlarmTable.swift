import Foundation
package import GRDB
package import Storage

/// Every alarm that ever was, one row each, for those who page through them.
package enum AlarmTable {
    package static let migrations = [
        Migration(
            "0001_create_alarms",
            sql: """
                create table alarms (
                    ordinal integer primary key autoincrement not null,
                    id text not null unique,
                    source text not null,
                    node text not null,
                    is_standing integer not null check (is_standing in (0, 1)),
                    body blob not null
                ) strict;
                create index alarms_by_source on alarms (source, ordinal);
                create index alarms_standing on alarms (ordinal) where is_standing = 1;
                """)
    ]

    /// One alarm as it is stored; `body` is the message that the journal holds.
    package struct Row: Equatable, Sendable {
        package var ordinal: Int64
        package var id: String
        package var node: String
        package var body: [UInt8]
    }

    /// Puts an alarm in, or what became of it.
    package static func put(
        id: String, source: String, node: String, isStanding: Bool, body: [UInt8],
        in db: Database
    ) throws {
        try db.cachedStatement(
            sql: """
                insert into alarms (id, source, node, is_standing, body) values (?, ?, ?, ?, ?)
                on conflict (id) do update
                set is_standing = excluded.is_standing, body = excluded.body
                """
        ).execute(arguments: [id, source, node, isStanding ? 1 : 0, Data(body)])
    }

    /// Alarms before `ordinal`, the newest first; of one source if it is named.
    package static func page(
        before ordinal: Int64, source: String?, isStandingOnly: Bool, limit: Int, in db: Database
    ) throws -> [Row] {
        let sql =
            switch (source, isStandingOnly) {
            case (nil, false): Query.all
            case (nil, true): Query.standing
            case (.some, false): Query.ofSource
            case (.some, true): Query.standingOfSource
            }
        let arguments: StatementArguments =
            if let source { [source, ordinal, limit] } else { [ordinal, limit] }
        return try GRDB.Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments).map {
            let body: Data = $0[3]
            return Row(ordinal: $0[0], id: $0[1], node: $0[2], body: [UInt8](body))
        }
    }

    /// The questions that are asked of the table; none may scan it whole.
    enum Query {
        private static let head = "select ordinal, id, node, body from alarms where"
        private static let tail = "ordinal < ? order by ordinal desc limit ?"

        static let all = "\(head) \(tail)"
        static let standing = "\(head) is_standing = 1 and \(tail)"
        static let ofSource = "\(head) source = ? and \(tail)"
        static let standingOfSource = "\(head) source = ? and is_standing = 1 and \(tail)"

        static let every = [all, standing, ofSource, standingOfSource]
    }
}
