import Domain
import Foundation
package import GRDB
package import Storage

/// Every cleaning, done or missed, one row each, for those who page by day.
package enum CleaningTable {
    package static let migrations = [
        Migration(
            "0007_create_cleanings",
            sql: """
                create table cleanings (
                    ordinal integer primary key,
                    id text unique,
                    day text not null check (length(day) = 10),
                    at_unix_ms integer not null,
                    enterprise text not null,
                    state text not null check (state in ('done', 'missed')),
                    body blob not null
                ) strict;
                create index cleanings_by_day on cleanings (day, at_unix_ms, ordinal);
                """)
    ]

    /// A cleaning as it is stored; the body is the message that the journal holds.
    package struct Row: Equatable, Sendable {
        package var place: Place
        package var enterprise: String
        package var state: String
        package var body: [UInt8]
    }

    /// Where a cleaning stands in the list of its day: the earliest first.
    package struct Place: Equatable, Sendable {
        package var at: Int64
        package var ordinal: Int64

        package init(at: Int64, ordinal: Int64) { (self.at, self.ordinal) = (at, ordinal) }

        package static let start = Place(at: .min, ordinal: 0)
    }

    /// Adds what was done, with its name, or missed, without.
    package static func add(
        id: String?, day: String, at: Int64, enterprise: String, state: String, body: [UInt8],
        in db: Database
    ) throws {
        try db.cachedStatement(
            sql: """
                insert into cleanings (id, day, at_unix_ms, enterprise, state, body)
                values (?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [id, day, at, enterprise, state, Data(body)])
    }

    /// One check-in; nil: there is none of this name.
    package static func one(_ id: String, in db: Database) throws -> Row? {
        try GRDB.Row.fetchOne(db.cachedStatement(sql: Query.one), arguments: [id]).map(row)
    }

    package static func page(
        day: String, after: Place, limit: Int, in db: Database
    ) throws -> [Row] {
        try GRDB.Row.fetchAll(
            db.cachedStatement(sql: Query.ofDay),
            arguments: [day, after.at, after.ordinal, limit]
        ).map(row)
    }

    /// The questions that are asked of the table; none may scan it whole.
    package enum Query {
        package static let every = [one, ofDay]
        private static let rows =
            "select at_unix_ms, ordinal, enterprise, state, body from cleanings where"

        static let one = "\(rows) id = ?"
        static let ofDay =
            "\(rows) day = ? and (at_unix_ms, ordinal) > (?, ?) "
            + "order by at_unix_ms, ordinal limit ?"
    }

    private static func row(_ row: GRDB.Row) -> Row {
        let body: Data = row[4]
        return Row(
            place: Place(at: row[0], ordinal: row[1]), enterprise: row[2], state: row[3],
            body: Array(body))
    }
}
