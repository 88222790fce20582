import Domain
import Foundation
package import GRDB
package import IngestCore
package import Storage

/// Every day of every enterprise, sent or missed, one row each, for those who page and count.
package enum CommitmentTables {
    package static let migrations = [
        Migration(
            "0001_create_commitment_days",
            sql: """
                create table commitment_days (
                    day text not null check (length(day) = 10),
                    enterprise text not null,
                    standing text not null check (standing in ('inTime', 'late', 'missed')),
                    is_handled integer not null check (is_handled in (0, 1)),
                    commitment blob,
                    missed blob,
                    primary key (day desc, enterprise)
                ) strict, without rowid;
                create index commitment_days_by_enterprise on commitment_days (enterprise, day);
                """)
    ]

    /// A day as it is stored; both bodies are the messages that the journal holds.
    package struct Row: Equatable, Sendable {
        package var day: String
        package var enterprise: String
        package var standing: String
        package var isHandled: Bool
        package var commitment: [UInt8]?
        package var missed: [UInt8]?
    }

    /// Which days are asked for.
    package struct Question: Sendable {
        package var from: String
        package var to: String
        /// The row that the last page ended with; nil: from the first.
        package var after: (day: String, enterprise: String)?
        /// Only of this enterprise; nil: of all.
        package var enterprise: String?

        package init(
            from: String, to: String, after: (day: String, enterprise: String)? = nil,
            enterprise: String? = nil
        ) {
            (self.from, self.to) = (from, to)
            (self.after, self.enterprise) = (after, enterprise)
        }
    }

    // MARK: Write

    package static func putCommitment(
        day: String, enterprise: String, standing: CommitmentStanding, body: [UInt8],
        in db: Database
    ) throws {
        try db.cachedStatement(
            sql: """
                insert into commitment_days (day, enterprise, standing, is_handled, commitment)
                values (?, ?, ?, 0, ?)
                on conflict (day, enterprise) do update
                set standing = excluded.standing, commitment = excluded.commitment
                """
        ).execute(arguments: [day, enterprise, standing.rawValue, Data(body)])
    }

    /// What came late keeps its standing when somebody deals with the missed day.
    package static func putMissed(
        day: String, enterprise: String, isHandled: Bool, body: [UInt8], in db: Database
    ) throws {
        try db.cachedStatement(
            sql: """
                insert into commitment_days (day, enterprise, standing, is_handled, missed)
                values (?, ?, 'missed', ?, ?)
                on conflict (day, enterprise) do update
                set is_handled = excluded.is_handled, missed = excluded.missed
                """
        ).execute(arguments: [day, enterprise, isHandled ? 1 : 0, Data(body)])
    }

    // MARK: Read

    package static func one(day: String, enterprise: String, in db: Database) throws -> Row? {
        try rows(Query.one, [day, enterprise], in: db).first
    }

    /// The latest day first, then by enterprise.
    package static func page(_ question: Question, limit: Int, in db: Database) throws -> [Row] {
        // Behind the last day stands nothing, whatever the enterprise.
        let (day, last) = question.after ?? (question.to + "~", "")
        if let enterprise = question.enterprise {
            return try rows(
                Query.ofEnterprise, [enterprise, question.from, question.to, day, limit], in: db)
        }
        let to = question.after?.day ?? question.to
        return try rows(Query.all, [question.from, to, day, last, limit], in: db)
    }

    /// How many days ended how, by enterprise and period.
    package static func counts(
        from: String, to: String, by period: CommitmentPeriod, limit: Int, in db: Database
    ) throws -> [CommitmentCount] {
        let rows = try GRDB.Row.fetchAll(
            db.cachedStatement(sql: Query.counts(by: period)), arguments: [from, to, limit])
        return rows.compactMap { row in
            CommitmentStanding(rawValue: row[2]).map {
                CommitmentCount(
                    enterprise: .init(row[0]), period: row[1], standing: $0, count: row[3])
            }
        }
    }

    private static func rows(
        _ sql: String, _ arguments: StatementArguments, in db: Database
    ) throws -> [Row] {
        try GRDB.Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments).map { row in
            let (commitment, missed): (Data?, Data?) = (row[4], row[5])
            return Row(
                day: row[0], enterprise: row[1], standing: row[2], isHandled: row[3],
                commitment: commitment.map { [UInt8]($0) }, missed: missed.map { [UInt8]($0) })
        }
    }

    /// The questions that are asked of the table; none may scan it whole but the counts, by day.
    package enum Query {
        package static let every =
            [one, all, ofEnterprise]
        private static let rows =
            "select day, enterprise, standing, is_handled, commitment, missed "
            + "from commitment_days where"

        static let one = "\(rows) day = ? and enterprise = ?"
        static let all =
            "\(rows) day >= ? and day <= ? and (day < ? or enterprise > ?) "
            + "order by day desc, enterprise limit ?"
        static let ofEnterprise =
            "\(rows) enterprise = ? and day >= ? and day <= ? and day < ? "
            + "order by day desc limit ?"

        static func counts(by period: CommitmentPeriod) -> String {
            let name =
                switch period {
                case .day: "day"
                case .month: "substr(day, 1, 7)"
                case .quarter:
                    "substr(day, 1, 4) || '-Q' || ((cast(substr(day, 6, 2) as integer) + 2) / 3)"
                case .year: "substr(day, 1, 4)"
                }
            return "select enterprise, \(name), standing, count(*) from commitment_days "
                + "where day >= ? and day <= ? group by 1, 2, 3 order by 1, 2, 3 limit ?"
        }
    }
}
