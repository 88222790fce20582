package import Domain
import Foundation
package import GRDB
package import IngestCore
package import Storage

/// Every filing as it stands, one row each: what is history is only here.
package enum FilingTables {
    package static let migrations = [
        Migration(
            "0002_create_filings",
            sql: """
                create table filings (
                    id text not null primary key,
                    enterprise text not null,
                    state text not null check (state in
                        ('sent', 'confirmed', 'inForce', 'over', 'refused', 'withdrawn')),
                    is_unconfirmed integer not null check (is_unconfirmed in (0, 1)),
                    sent_unix_ms integer not null,
                    body blob not null
                ) strict, without rowid;
                create index filings_by_time on filings (sent_unix_ms, id);
                create index filings_by_enterprise on filings (enterprise, sent_unix_ms, id);
                create index filings_by_state on filings (state, sent_unix_ms, id);
                create index filings_unconfirmed on filings (sent_unix_ms, id)
                    where is_unconfirmed = 1;
                """)
    ]

    /// Later than the other tables: what a filing excuses; nothing: both ends are 0.
    package static let spanMigrations = [
        Migration(
            "0006_add_what_filings_excuse",
            sql: """
                alter table filings add column from_unix_ms integer not null default 0;
                alter table filings add column to_unix_ms integer not null default 0;
                create index filings_by_end on filings (to_unix_ms, id);
                """)
    ]

    /// A filing as it is stored; the body is the message that the journal holds.
    package struct Row: Equatable, Sendable {
        package var place: Place
        package var enterprise: String
        package var state: String
        package var isUnconfirmed: Bool
        package var body: [UInt8]
    }

    /// Where a filing stands in lists: the earliest sent first.
    package struct Place: Equatable, Sendable {
        package var sentAt: Int64
        package var id: String

        package init(sentAt: Int64, id: String) { (self.sentAt, self.id) = (sentAt, id) }

        /// Before all.
        package static let start = Place(sentAt: .min, id: "")
    }

    /// Which of them are asked for; only the narrowest is asked of the table.
    package enum Scope: Equatable, Sendable {
        case all
        case unconfirmed
        case enterprise(String)
        case state(String)
    }

    package static func put(
        _ filing: OutageFiling, body: [UInt8], in db: Database
    ) throws {
        try db.cachedStatement(
            sql: """
                insert into filings (id, enterprise, state, is_unconfirmed, sent_unix_ms, body,
                    from_unix_ms, to_unix_ms)
                values (?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (id) do update
                set state = excluded.state, is_unconfirmed = excluded.is_unconfirmed,
                    body = excluded.body, from_unix_ms = excluded.from_unix_ms,
                    to_unix_ms = excluded.to_unix_ms
                """
        ).execute(arguments: [
            filing.id.text, filing.enterprise.text, filing.state.rawValue,
            filing.isUnconfirmed ? 1 : 0, filing.sentAt.unixMilliseconds, Data(body),
            filing.excused?.from.unixMilliseconds ?? 0, filing.excused?.to.unixMilliseconds ?? 0,
        ])
    }

    package static func one(_ id: String, in db: Database) throws -> Row? {
        try rows(Query.one, [id], in: db).first
    }

    /// The time in a window that filings excuse for the online rate, by point: also of those that
    /// nobody remembers but this table.
    package static func outages(
        in window: Span, pointsOf body: ([UInt8]) throws -> [PointID], in db: Database
    ) throws -> [PresenceSubject: [Span]] {
        var spans: [PresenceSubject: [Span]] = [:]
        let rows = try GRDB.Row.fetchCursor(
            db.cachedStatement(sql: Query.excusing),
            arguments: [window.from.unixMilliseconds, window.to.unixMilliseconds])
        while let row = try rows.next() {
            let span = Span(Instant(unixMilliseconds: row[0]), Instant(unixMilliseconds: row[1]))
                .clipped(to: window)
            let bytes: Data = row[2]
            for point in try body([UInt8](bytes)) { spans[.point(point), default: []].append(span) }
        }
        return spans
    }

    /// The earliest sent first.
    package static func page(
        _ scope: Scope, after: Place, limit: Int, in db: Database
    ) throws -> [Row] {
        switch scope {
        case .all: try rows(Query.all, [after.sentAt, after.id, limit], in: db)
        case .unconfirmed: try rows(Query.unconfirmed, [after.sentAt, after.id, limit], in: db)
        case .enterprise(let id):
            try rows(Query.ofEnterprise, [id, after.sentAt, after.id, limit], in: db)
        case .state(let state):
            try rows(Query.ofState, [state, after.sentAt, after.id, limit], in: db)
        }
    }

    private static func rows(
        _ sql: String, _ arguments: StatementArguments, in db: Database
    ) throws -> [Row] {
        try GRDB.Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments).map { row in
            let body: Data = row[5]
            return Row(
                place: Place(sentAt: row[0], id: row[1]), enterprise: row[2], state: row[3],
                isUnconfirmed: row[4], body: [UInt8](body))
        }
    }

    /// The questions that are asked of the table; none scans it.
    package enum Query {
        private static let rows =
            "select sent_unix_ms, id, enterprise, state, is_unconfirmed, body from filings where"
        private static let after =
            "(sent_unix_ms, id) > (?, ?) order by sent_unix_ms, id limit ?"

        package static let one = "\(rows) id = ?"
        package static let all = "\(rows) \(after)"
        package static let unconfirmed = "\(rows) is_unconfirmed = 1 and \(after)"
        package static let ofEnterprise = "\(rows) enterprise = ? and \(after)"
        package static let ofState = "\(rows) state = ? and \(after)"
        package static let excusing = """
            select from_unix_ms, to_unix_ms, body from filings
            where to_unix_ms > ? and from_unix_ms < ? order by to_unix_ms, id
            """
        package static let every = [one, all, unconfirmed, ofEnterprise, ofState, excusing]
    }
}
