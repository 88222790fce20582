import Domain
import Foundation
import GRDB
import SimKit
import Storage
import Testing

@Suite struct StoreTests {
    @Test func whatIsAcknowledgedWaitsForTheDisk() throws {
        let store = try TemporaryStore().open()
        let (mode, synchronous, foreignKeys) = try store.write { db in
            (
                try String.fetchOne(db, sql: "pragma journal_mode"),
                try Int.fetchOne(db, sql: "pragma synchronous"),
                try Int.fetchOne(db, sql: "pragma foreign_keys")
            )
        }
        #expect(mode == "wal")
        #expect(synchronous == 2)
        #expect(foreignKeys == 1)
    }

    @Test func everyTableIsStrict() throws {
        let store = try TemporaryStore().open()
        let loose = try store.read { db in
            try String.fetchAll(
                db,
                sql: """
                    select name from pragma_table_list
                    where schema = 'main' and type = 'table' and strict = 0
                    and name not like 'sqlite_%' and name <> 'grdb_migrations'
                    """)
        }
        #expect(loose == [])
    }

    @Test func aStoreIsWrittenByOneProcess() throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        #expect(throws: StoreFailure.alreadyOpen(path: temporary.path)) { try temporary.open() }
        try store.close()
    }

    @Test func aStoreThatWasLetGoCanBeOpenedAgain() throws {
        let temporary = try TemporaryStore()
        do { try temporary.open().append(2) }
        #expect(try temporary.open().read { try Journal.head(in: $0).seq } == 2)
    }

    @Test func aClosedStoreIsWholeInItsOneFile() throws {
        let temporary = try closedJournal(3)
        let copy = temporary.folder.file("copy.sqlite")
        try FileManager.default.copyItem(atPath: temporary.path, toPath: copy)
        #expect(try JournalAudit.verify(path: copy).entryCount == 3)
    }

    @Test func aFailedCommitLeavesNothingBehind() throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        try store.append(1)
        temporary.disk.failNext(1)
        #expect(throws: FaultyDisk.Failure.self) { try store.append(1) }
        #expect(try store.read { try Journal.head(in: $0).seq } == 1)
        try store.append(1)
        #expect(try store.read { try Journal.head(in: $0).seq } == 2)
    }

    @Test func newMigrationsAreAddedToAnOlderFile() throws {
        let folder = try TemporaryFolder()
        let first = Migration(
            "0001_create_inbox", sql: "create table inbox (id integer primary key) strict")
        let second = Migration(
            "0002_add_seen", sql: "alter table inbox add column seen integer not null default 0")
        func open(_ migrations: [Migration]) throws -> Store {
            try Store(
                path: folder.file("a.sqlite"),
                migrations: [.shared, MigrationSet(owner: "risk", migrations)])
        }
        do {
            try open([first]).write { try $0.execute(sql: "insert into inbox (id) values (7)") }
        }
        do {
            let seen = try open([first, second]).read { db in
                try Int.fetchOne(db, sql: "select seen from inbox where id = 7")
            }
            #expect(seen == 0)
        }
        #expect(
            throws: StoreFailure.fromLaterVersion(
                path: folder.file("a.sqlite"), migrations: ["risk/0002_add_seen"])
        ) { try open([first]) }
    }

    @Test func aStoreWithoutAFolderIsRefusedInASentence() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("missing/a.sqlite")
        #expect {
            try Store(path: path, migrations: [.shared])
        } throws: { error in
            "\(error)".contains(path) && "\(error)".contains("No such file or directory")
        }
    }
}

@Suite struct TableTests {
    @Test func partsComeBackInKeyOrder() throws {
        let store = try TemporaryStore().open()
        try store.write { db in
            try Parts.put("b", [2], in: db)
            try Parts.put("a", [1], in: db)
            try Parts.put("c", [3], in: db)
            try Parts.put("b", [4], in: db)
            try Parts.remove("c", in: db)
        }
        var parts: [String] = []
        try store.read { db in
            try Parts.forEach(in: db) { key, body in parts.append("\(key)=\(body)") }
        }
        #expect(parts == ["a=[1]", "b=[4]"])
    }

    @Test func cursorsRememberTheLastPlace() throws {
        let store = try TemporaryStore().open()
        try store.write { db in
            try Cursors.put("ingest.journal", Cursor(seq: 3), in: db)
            try Cursors.put("ingest.journal", Self.fifth, in: db)
            try Cursors.put("risk.journal", Cursor(seq: 7, hash: Self.fifth.hash), in: db)
            try Cursors.put("risk.journal", .start, in: db)
        }
        #expect(
            try store.read { try Cursors.all(in: $0) }
                == ["ingest.journal": Self.fifth, "risk.journal": .start])
    }

    private static let fifth = Cursor(seq: 5, hash: Array(repeating: 9, count: 32))

    @Test func cursorsOfAnOlderVersionHaveNoHash() throws {
        let older = MigrationSet(owner: "shared", Array(MigrationSet.shared.migrations.prefix(4)))
        let temporary = try TemporaryStore(migrations: [older])
        let before = try temporary.open()
        try before.write { db in
            try db.execute(sql: "insert into cursors (name, seq) values ('risk.journal', 5)")
        }
        try before.close()
        // Also for an audit, which changes nothing.
        #expect(try JournalAudit.heard(path: temporary.path) == ["risk": Cursor(seq: 5)])
        let after = try Store(path: temporary.path, migrations: [.shared])
        #expect(try after.read { try Cursors.all(in: $0) } == ["risk.journal": Cursor(seq: 5)])
        try after.write { try Cursors.put("risk.journal", Self.fifth, in: $0) }
        #expect(try after.read { try Cursors.all(in: $0) } == ["risk.journal": Self.fifth])
    }

    @Test func aKeyWaitsOnceInTheOutbox() throws {
        let store = try TemporaryStore().open()
        let draft = OutboxDraft(key: "n-1", lane: "county", kind: "http", body: [1, 2])
        let (first, again, other) = try store.write { db in
            (
                try Outbox.add(draft, in: db), try Outbox.add(draft, in: db),
                try Outbox.add(
                    OutboxDraft(key: "n-2", lane: "city", kind: "desk", body: []), in: db)
            )
        }
        #expect(first?.draft == draft)
        #expect(again == nil)
        #expect(try store.read { try Outbox.all(in: $0) } == [first, other].compactMap(\.self))
        try store.write { try Outbox.settle("n-1", in: $0) }
        #expect(try store.read { try Outbox.all(in: $0) }.map(\.key) == ["n-2"])
    }

    @Test func whatWaitsKeepsItsPriorityAndOlderRowsHaveTheUsualOne() throws {
        let older = MigrationSet(owner: "shared", Array(MigrationSet.shared.migrations.prefix(4)))
        let temporary = try TemporaryStore(migrations: [older])
        let before = try temporary.open()
        try before.write { db in
            try db.execute(
                sql: "insert into outbox (key, lane, kind, body) values ('old', 'l', 'k', x'01')")
        }
        try before.close()
        let store = try Store(path: temporary.path, migrations: [.shared])
        let red = OutboxDraft(
            key: "red", lane: "l", kind: "k", body: [], priority: OutboxDraft.urgent)
        _ = try store.write { try Outbox.add(red, in: $0) }
        let rows = try store.read { try Outbox.all(in: $0) }
        #expect(rows.map(\.draft.priority) == [OutboxDraft.usual, OutboxDraft.urgent])
        #expect(rows.last?.draft == red)
    }

    @Test func whoLeavesTheOutboxIsFoundByItsKey() throws {
        let plan = try TemporaryStore().open().read { db in
            try Row.fetchAll(
                db, sql: "explain query plan delete from outbox where key = ?", arguments: ["a"])
        }.map { row -> String in row["detail"] }
        #expect(plan.count == 1 && plan.allSatisfy { $0.hasPrefix("SEARCH outbox") }, "\(plan)")
    }

    @Test func ordinalsAreNeverUsedTwice() throws {
        let store = try TemporaryStore().open()
        let draft = OutboxDraft(key: "n-1", lane: "county", kind: "http", body: [])
        let ordinals = try store.write { db in
            try (0..<3).map { _ in
                defer { try? Outbox.settle("n-1", in: db) }
                return try Outbox.add(draft, in: db)?.ordinal
            }
        }
        #expect(ordinals == [1, 2, 3])
    }

    @Test func metaHoldsOneValueAKey() throws {
        let store = try TemporaryStore().open()
        try store.write { db in
            try Meta.put("a", "1", in: db)
            try Meta.put("a", "2", in: db)
        }
        #expect(try store.read { try Meta.get("a", in: $0) } == "2")
        #expect(try store.read { try Meta.get("b", in: $0) } == nil)
    }
}
