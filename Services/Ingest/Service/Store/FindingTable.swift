package import Domain
import Foundation
package import GRDB
package import IngestCore
package import Storage

/// Every finding, open or closed, one row each, for those who page.
package enum FindingTable {
    package static let migrations = [
        Migration(
            "0004_create_findings",
            sql: """
                create table findings (
                    id text primary key not null,
                    kind text not null,
                    node text not null,
                    state text not null,
                    first_unix_ms integer not null,
                    closed_unix_ms integer,
                    body blob not null
                ) strict;
                create index findings_by_first on findings (first_unix_ms, id);
                create index findings_open on findings (first_unix_ms, id)
                    where closed_unix_ms is null;
                create index findings_by_close on findings (closed_unix_ms);
                """)
    ]

    /// A finding as it is stored; the body is the message that the journal holds.
    package struct Row: Equatable, Sendable {
        package var place: Place
        package var kind: String
        package var node: NodeID
        package var state: String
        package var body: [UInt8]
    }

    /// Where a finding stands in lists: the earliest first.
    package struct Place: Equatable, Sendable {
        package var firstAt: Instant
        package var id: String

        package init(firstAt: Instant, id: String) { (self.firstAt, self.id) = (firstAt, id) }
    }

    package static func put(_ record: FindingRecord, body: [UInt8], in db: Database) throws {
        try db.cachedStatement(
            sql: """
                insert into findings (id, kind, node, state, first_unix_ms, closed_unix_ms, body)
                values (?, ?, ?, ?, ?, ?, ?)
                on conflict (id) do update set node = excluded.node, state = excluded.state,
                    first_unix_ms = excluded.first_unix_ms,
                    closed_unix_ms = excluded.closed_unix_ms, body = excluded.body
                """
        ).execute(arguments: [
            record.id, record.key.kind.rawValue, record.node.text, record.state.name,
            record.firstAt.unixMilliseconds, record.state.closedAt?.unixMilliseconds, Data(body),
        ])
    }

    /// One finding; nil: there is none with this id.
    package static func one(_ id: String, in db: Database) throws -> Row? {
        try GRDB.Row.fetchOne(
            db.cachedStatement(sql: "select \(columns) from findings where id = ?"),
            arguments: [id]
        ).map(row)
    }

    /// The findings after a place, the earliest first; without the closed ones unless they are
    /// asked for.
    package static func page(
        after: Place?, withClosed: Bool, limit: Int, in db: Database
    ) throws -> [Row] {
        try GRDB.Row.fetchAll(
            db.cachedStatement(sql: question(withClosed: withClosed)),
            arguments: [after?.firstAt.unixMilliseconds ?? .min, after?.id ?? "", limit]
        ).map(row)
    }

    /// The findings that were there in a window, open or closed.
    package static func within(_ window: Span, in db: Database) throws -> [Row] {
        try GRDB.Row.fetchAll(
            db.cachedStatement(
                sql: """
                    select \(columns) from findings
                    where closed_unix_ms is null and first_unix_ms < ?
                    union all
                    select \(columns) from findings where closed_unix_ms > ? and first_unix_ms < ?
                    """),
            arguments: [
                window.to.unixMilliseconds, window.from.unixMilliseconds,
                window.to.unixMilliseconds,
            ]
        ).map(row)
    }

    package static func question(withClosed: Bool) -> String {
        """
        select \(columns) from findings
        \(withClosed ? "where" : "indexed by findings_open where closed_unix_ms is null and")
        (first_unix_ms, id) > (?, ?) order by first_unix_ms, id limit ?
        """
    }

    private static let columns = "first_unix_ms, id, kind, node, state, body"

    private static func row(_ row: GRDB.Row) -> Row {
        let body: Data = row[5]
        return Row(
            place: Place(firstAt: Instant(unixMilliseconds: row[0]), id: row[1]), kind: row[2],
            node: NodeID(row[3]), state: row[4], body: Array(body))
    }
}
