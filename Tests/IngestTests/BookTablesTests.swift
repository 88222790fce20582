import Domain
import GRDB
import SimKit
import Storage
import Testing

@testable import Ingest
@testable import IngestCore

/// The tables of commitments and filings.
@Suite struct BookTablesTests {
    private func store() throws -> TemporaryStore {
        try TemporaryStore(migrations: [
            .shared, MigrationSet(owner: "ingest", IngestService.migrations),
        ])
    }

    static let questions = FilingTables.Query.every + CommitmentTables.Query.every

    @Test(arguments: questions)
    func noQuestionScansATable(sql: String) throws {
        let store = try store().open()
        let plan = try store.read { db in
            let count = sql.filter { $0 == "?" }.count
            let arguments = StatementArguments(Array(repeating: 1, count: count))
            return try Row.fetchAll(db, sql: "explain query plan \(sql)", arguments: arguments)
                .map { $0["detail"] as String }
        }
        #expect(!plan.isEmpty)
        for step in plan { #expect(step.hasPrefix("SEARCH"), "\(plan)") }
        #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
    }

    /// What the machine decides can be stored: a refused row would stop the engine for good.
    @Test(arguments: OutageFiling.State.allCases)
    func everyStateOfAFilingHasItsPlace(state: OutageFiling.State) throws {
        try store().open().write { db in
            for _ in 1...2 {
                try FilingTables.put(filing("f1", state), body: [1], in: db)
            }
            let rows = try FilingTables.page(
                .state(state.rawValue), after: .start, limit: 9, in: db)
            #expect(rows.map(\.place.id) == ["f1"])
        }
    }

    @Test func filingsArePagedByTime() throws {
        try store().open().write { db in
            for (id, hours) in [("b", Int64(1)), ("a", 1), ("c", 0)] {
                var one = filing(id, .sent)
                one.sentAt = t0 + .hours(hours)
                try FilingTables.put(one, body: [1], in: db)
            }
            var seen: [String] = []
            var place = FilingTables.Place.start
            while let row = try FilingTables.page(.unconfirmed, after: place, limit: 1, in: db)
                .first
            {
                seen.append(row.place.id)
                place = row.place
            }
            #expect(seen == ["c", "a", "b"])
        }
    }

    private func filing(_ id: String, _ state: OutageFiling.State) -> OutageFiling {
        OutageFiling(
            id: FilingID(id), enterprise: EnterpriseID("e1"),
            named: .init(points: [], devices: [], endAt: t0), points: [], cause: .other,
            reason: "检修", startAt: t0, endAt: t0, disables: false, evidence: [], sentBy: "a1",
            sentAt: t0, addressee: NodeID("d1"), clause: "ours", state: state)
    }
}
