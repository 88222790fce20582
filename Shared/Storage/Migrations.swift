import GRDB

/// One step of a schema, never changed once it is released.
package struct Migration: Sendable {
    /// Such as `0007_add_outage_filings`.
    package let name: String
    package let sql: String

    package init(_ name: String, sql: String) {
        (self.name, self.sql) = (name, sql)
    }
}

/// The steps of one owner of tables, oldest first; new ones are added at the end.
package struct MigrationSet: Sendable {
    /// Who owns the tables, such as `shared` or `risk`; stands before the names in the file.
    package let owner: String
    package let migrations: [Migration]

    package init(owner: String, _ migrations: [Migration]) {
        (self.owner, self.migrations) = (owner, migrations)
    }

    /// The tables of every store with an engine: parts, journal, outbox, cursors, meta.
    package static let shared = MigrationSet(
        owner: "shared",
        [
            Migration(
                "0001_create_meta",
                sql: """
                    create table meta (
                        key text primary key not null,
                        value text not null
                    ) strict, without rowid;
                    """),
            Migration(
                "0002_create_parts_and_cursors",
                sql: """
                    create table parts (
                        key text primary key not null,
                        body blob not null
                    ) strict, without rowid;
                    create table cursors (
                        name text primary key not null,
                        seq integer not null check (seq >= 0)
                    ) strict, without rowid;
                    """),
            Migration(
                "0003_create_journal",
                sql: """
                    create table journal (
                        seq integer primary key not null check (seq >= 1),
                        at_unix_ms integer not null,
                        kind text not null,
                        subject text not null,
                        node text not null,
                        body blob not null,
                        prev_hash blob not null check (length(prev_hash) = 32),
                        hash blob not null check (length(hash) = 32)
                    ) strict;
                    create index journal_by_kind on journal (kind, seq);
                    create index journal_by_subject on journal (subject, seq);
                    -- Where it ends is noted from the start: no note is never the first day.
                    insert into meta (key, value)
                        values ('journal.head', '0:' || hex(zeroblob(32)));
                    """),
            Migration(
                "0004_create_outbox",
                sql: """
                    create table outbox (
                        ordinal integer primary key autoincrement not null,
                        key text not null unique,
                        lane text not null,
                        kind text not null,
                        body blob not null
                    ) strict;
                    """),
            Migration(
                "0005_add_cursor_hash",
                sql: """
                    -- Of the entry at seq; null where the stream has none.
                    alter table cursors
                        add column hash blob check (hash is null or length(hash) = 32);
                    """),
            Migration(
                "0006_add_outbox_priority",
                sql: """
                    alter table outbox
                        add column priority integer not null default 2 check (priority >= 0);
                    """),
        ])
}

/// Brings the file up to date; a file from a later version of the program is refused.
func migrate(_ pool: DatabasePool, _ sets: [MigrationSet], path: String) throws {
    var migrator = DatabaseMigrator()
    for set in sets {
        for migration in set.migrations {
            migrator.registerMigration("\(set.owner)/\(migration.name)") { db in
                try db.execute(sql: migration.sql)
            }
        }
    }
    let unknown = try pool.read { db in
        let known = Set(migrator.migrations)
        return try migrator.appliedIdentifiers(db).filter { !known.contains($0) }.sorted()
    }
    if !unknown.isEmpty { throw StoreFailure.fromLaterVersion(path: path, migrations: unknown) }
    try migrator.migrate(pool)
}
