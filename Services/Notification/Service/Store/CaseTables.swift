import Foundation
package import GRDB
package import Storage

/// Every case and every notice that ever was, one row each, for those who page through them.
package enum CaseTables {
    package static let migrations = [
        Migration(
            "0001_create_cases_and_notices",
            sql: """
                create table cases (
                    ordinal integer primary key autoincrement not null,
                    id text not null unique,
                    node text not null,
                    is_open integer not null check (is_open in (0, 1)),
                    body blob not null
                ) strict;
                create index cases_open on cases (ordinal) where is_open = 1;
                create table notices (
                    ordinal integer primary key autoincrement not null,
                    id text not null unique,
                    case_id text not null,
                    node text not null,
                    channel text not null check (channel in (
                        'sms', 'smsBackup', 'voice', 'robot', 'email', 'desk')),
                    state text not null check (state in (
                        'queued', 'sent', 'delivered', 'seen', 'confirmed', 'failed', 'merged')),
                    body blob not null
                ) strict;
                create index notices_by_case on notices (case_id, ordinal);
                create index notices_by_desk on notices (node, ordinal) where channel = 'desk';
                create index notices_unconfirmed on notices (node, ordinal)
                    where channel = 'desk' and state in ('sent', 'delivered', 'seen');
                create index notices_undelivered on notices (node, ordinal)
                    where channel = 'desk' and state = 'sent';
                """),
        Migration(
            "0003_let_notices_be_unknown",
            sql: """
                create table notices_new (
                    ordinal integer primary key autoincrement not null,
                    id text not null unique,
                    case_id text not null,
                    node text not null,
                    channel text not null check (channel in (
                        'sms', 'smsBackup', 'voice', 'robot', 'email', 'desk')),
                    state text not null check (state in (
                        'queued', 'sent', 'unknown', 'delivered', 'seen', 'confirmed', 'failed',
                        'merged')),
                    body blob not null
                ) strict;
                insert into notices_new select * from notices;
                drop table notices;
                alter table notices_new rename to notices;
                create index notices_by_case on notices (case_id, ordinal);
                create index notices_by_desk on notices (node, ordinal) where channel = 'desk';
                create index notices_unconfirmed on notices (node, ordinal)
                    where channel = 'desk' and state in ('sent', 'unknown', 'delivered', 'seen');
                create index notices_undelivered on notices (node, ordinal)
                    where channel = 'desk' and state in ('sent', 'unknown');
                """),
    ]

    /// A case or notice as it is stored; `body` is the message that the journal holds.
    package struct Row: Equatable, Sendable {
        package var ordinal: Int64
        package var id: String
        package var node: String
        package var body: [UInt8]
    }

    // MARK: Cases

    package static func putCase(
        id: String, node: String, isOpen: Bool, body: [UInt8], in db: Database
    ) throws {
        try db.cachedStatement(
            sql: """
                insert into cases (id, node, is_open, body) values (?, ?, ?, ?)
                on conflict (id) do update set is_open = excluded.is_open, body = excluded.body
                """
        ).execute(arguments: [id, node, isOpen ? 1 : 0, Data(body)])
    }

    package static func oneCase(_ id: String, in db: Database) throws -> Row? {
        try rows(Query.oneCase, [id], in: db).first
    }

    /// Cases before `ordinal`, the newest first.
    package static func cases(
        before ordinal: Int64, isOpenOnly: Bool, limit: Int, in db: Database
    ) throws -> [Row] {
        try rows(isOpenOnly ? Query.openCases : Query.cases, [ordinal, limit], in: db)
    }

    // MARK: Notices

    /// Where a notice stands, for the columns that questions ask for.
    package struct Place: Equatable, Sendable {
        package var caseID: String
        package var node: String
        package var channel: String
        package var state: String

        package init(caseID: String, node: String, channel: String, state: String) {
            (self.caseID, self.node) = (caseID, node)
            (self.channel, self.state) = (channel, state)
        }
    }

    package static func putNotice(
        id: String, at place: Place, body: [UInt8], in db: Database
    ) throws {
        try db.cachedStatement(
            sql: """
                insert into notices (id, case_id, node, channel, state, body)
                values (?, ?, ?, ?, ?, ?)
                on conflict (id) do update set state = excluded.state, body = excluded.body
                """
        ).execute(arguments: [
            id, place.caseID, place.node, place.channel, place.state, Data(body),
        ])
    }

    package static func notice(_ id: String, in db: Database) throws -> Row? {
        try rows(Query.notice, [id], in: db).first
    }

    /// The notice that was written down as the how many-th.
    package static func notice(at ordinal: Int64, in db: Database) throws -> Row? {
        try rows(Query.noticeAt, [ordinal], in: db).first
    }

    /// The notices of a case, oldest first.
    package static func notices(ofCase id: String, limit: Int, in db: Database) throws -> [Row] {
        try rows(Query.noticesOfCase, [id, limit], in: db)
    }

    /// What lies in the inbox of a desk before `ordinal`, the newest first.
    package static func inbox(
        of node: String, before ordinal: Int64, includingConfirmed: Bool, limit: Int,
        in db: Database
    ) throws -> [Row] {
        let query = includingConfirmed ? Query.inbox : Query.unconfirmed
        return try rows(query, [node, ordinal, limit], in: db)
    }

    /// What has come into the inbox of a desk after `ordinal`, oldest first.
    package static func arrivals(
        at node: String, after ordinal: Int64, undeliveredOnly: Bool, limit: Int, in db: Database
    ) throws -> [Row] {
        let query = undeliveredOnly ? Query.undelivered : Query.arrivals
        return try rows(query, [node, ordinal, limit], in: db)
    }

    /// The ordinal of the last notice of all; 0 if there is none.
    package static func lastNotice(in db: Database) throws -> Int64 {
        try Int64.fetchOne(db.cachedStatement(sql: Query.lastNotice)) ?? 0
    }

    private static func rows(
        _ sql: String, _ arguments: StatementArguments, in db: Database
    ) throws -> [Row] {
        try GRDB.Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments).map {
            let body: Data = $0[3]
            return Row(ordinal: $0[0], id: $0[1], node: $0[2], body: [UInt8](body))
        }
    }

    /// The questions that are asked of the tables; none may scan one whole.
    enum Query {
        private static let ofCases = "select ordinal, id, node, body from cases where"
        private static let ofNotices = "select ordinal, id, node, body from notices where"
        private static let atDesk = "\(ofNotices) node = ? and channel = 'desk' and"
        // A merged circular is said by a later one, and nobody was given a failed one.
        private static let arrived = "state not in ('merged', 'failed')"

        static let oneCase = "\(ofCases) id = ?"
        static let cases = "\(ofCases) ordinal < ? order by ordinal desc limit ?"
        static let openCases =
            "\(ofCases) is_open = 1 and ordinal < ? order by ordinal desc limit ?"
        static let notice = "\(ofNotices) id = ?"
        static let noticeAt = "\(ofNotices) ordinal = ?"
        static let noticesOfCase = "\(ofNotices) case_id = ? order by ordinal limit ?"
        static let inbox = "\(atDesk) ordinal < ? and \(arrived) order by ordinal desc limit ?"
        static let unconfirmed =
            "\(atDesk) ordinal < ? and state in ('sent', 'unknown', 'delivered', 'seen') "
            + "order by ordinal desc limit ?"
        static let arrivals = "\(atDesk) ordinal > ? and \(arrived) order by ordinal limit ?"
        static let undelivered =
            "\(atDesk) ordinal > ? and state in ('sent', 'unknown') order by ordinal limit ?"
        static let lastNotice = "select ordinal from notices order by ordinal desc limit 1"

        static let every = [
            oneCase, cases, openCases, notice, noticeAt, noticesOfCase, inbox, unconfirmed,
            arrivals, undelivered, lastNotice,
        ]
    }
}
