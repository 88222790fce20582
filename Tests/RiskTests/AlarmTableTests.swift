import GRDB
import SimKit
import Storage
import Testing

@testable import Risk

@Suite struct AlarmTableTests {
    private func store() throws -> TemporaryStore {
        try TemporaryStore(migrations: [
            .shared, MigrationSet(owner: "risk", AlarmTable.migrations),
        ])
    }

    @Test(arguments: AlarmTable.Query.every)
    func noQuestionSortsOrScansTheTable(sql: String) throws {
        let temporary = try store()
        let store = try temporary.open()
        let plan = try store.read { db in
            let count = sql.filter { $0 == "?" }.count
            let arguments = StatementArguments(Array(repeating: 1, count: count))
            return try Row.fetchAll(db, sql: "explain query plan \(sql)", arguments: arguments)
                .map { $0["detail"] as String }
        }
        #expect(plan.allSatisfy { $0.hasPrefix("SEARCH") }, "\(plan)")
    }

    @Test func newestAlarmsComeFirstAndClearedOnesOnlyIfAsked() throws {
        let temporary = try store()
        let store = try temporary.open()
        try store.write { db in
            for (id, source, isStanding) in [
                ("a", "s1", true), ("b", "s2", true), ("c", "s1", true), ("a", "s1", false),
            ] {
                try AlarmTable.put(
                    id: id, source: source, node: "e", isStanding: isStanding,
                    body: Array(id.utf8), in: db)
            }
        }
        func ids(source: String?, standing: Bool, before: Int64 = .max) throws -> [String] {
            try store.read { db in
                try AlarmTable.page(
                    before: before, source: source, isStandingOnly: standing, limit: 9, in: db
                ).map(\.id)
            }
        }
        #expect(try ids(source: nil, standing: false) == ["c", "b", "a"])
        #expect(try ids(source: nil, standing: true) == ["c", "b"])
        #expect(try ids(source: "s1", standing: false) == ["c", "a"])
        #expect(try ids(source: "s1", standing: true) == ["c"])
        #expect(try ids(source: nil, standing: false, before: 3) == ["b", "a"])
    }
}
