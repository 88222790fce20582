package import Domain
package import GRDB
package import IngestCore
package import Storage

/// Every silence that has ended 离线记录, one row each.
package enum GapTable {
    package static let migrations = [
        Migration(
            "0003_create_gaps",
            sql: """
                create table gaps (
                    ordinal integer primary key autoincrement not null,
                    kind text not null check (kind in (
                        'enterprise', 'gateway', 'camera', 'point', 'link')),
                    id text not null,
                    node text not null,
                    from_unix_ms integer not null,
                    to_unix_ms integer not null check (to_unix_ms > from_unix_ms),
                    unique (kind, id, from_unix_ms)
                ) strict;
                create index gaps_by_end on gaps (to_unix_ms);
                """)
    ]

    /// Where a silence stands in lists: by its end, then by when it was listed.
    package struct Place: Hashable, Sendable {
        package var end: Instant
        package var ordinal: Int64

        package init(end: Instant, ordinal: Int64) { (self.end, self.ordinal) = (end, ordinal) }

        package var token: String { "\(end.unixMilliseconds)/\(ordinal)" }
    }

    /// One silence.
    package struct Row: Hashable, Sendable {
        package var ordinal: Int64
        package var subject: PresenceSubject
        package var node: NodeID
        package var span: Span

        package var place: Place { Place(end: span.to, ordinal: ordinal) }
    }

    /// Written again after a commit that was not acknowledged it is the same row.
    package static func put(
        _ subject: PresenceSubject, node: NodeID, _ span: Span, in db: Database
    ) throws {
        try db.cachedStatement(
            sql: """
                insert into gaps (kind, id, node, from_unix_ms, to_unix_ms) values (?, ?, ?, ?, ?)
                on conflict (kind, id, from_unix_ms) do update set to_unix_ms = excluded.to_unix_ms
                """
        ).execute(arguments: [
            subject.kind.rawValue, subject.id, node.text, span.from.unixMilliseconds,
            span.to.unixMilliseconds,
        ])
    }

    /// The gaps that reach into a window, in the order in which they ended; after `last`.
    package static func within(
        _ window: Span, after last: Place? = nil, limit: Int, in db: Database
    ) throws -> [Row] {
        // A gap that ended as the window begins does not reach into it.
        let end = last?.end ?? window.from
        let ordinal: Int64 = last?.ordinal ?? .max
        return try GRDB.Row.fetchAll(
            db.cachedStatement(sql: question),
            arguments: [
                end.unixMilliseconds, ordinal, window.to.unixMilliseconds, limit,
            ]
        ).compactMap(row)
    }

    /// Rows with the same end are told apart by their ordinal, which the index ends with.
    package static let question = """
        select ordinal, kind, id, node, from_unix_ms, to_unix_ms from gaps
        where (to_unix_ms, ordinal) > (?, ?) and from_unix_ms < ?
        order by to_unix_ms, ordinal limit ?
        """

    private static func row(_ row: GRDB.Row) -> Row? {
        guard let kind = PresenceSubject.Kind(rawValue: row[1]) else { return nil }
        return Row(
            ordinal: row[0], subject: PresenceSubject(kind, row[2]), node: NodeID(row[3]),
            span: Span(
                Instant(unixMilliseconds: row[4]), Instant(unixMilliseconds: row[5])))
    }
}
