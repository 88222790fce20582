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

    static let questions =
        FilingTables.Query.every + CommitmentTables.Query.every + CleaningTable.Query.every

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

    /// ING-23: a filing excuses its span once it is confirmed, and no time beyond a window.
    @Test func whatIsExcusedIsReadFromTheTable() throws {
        try store().open().write { db in
            for (id, state, from, to) in [
                ("a", .over, 0, 4), ("b", .sent, 0, 9), ("c", .refused, 0, 9),
                ("d", .inForce, 8, 20), ("e", .over, 20, 30),
            ] as [(String, OutageFiling.State, Int64, Int64)] {
                var one = filing(id, state)
                (one.startAt, one.endAt) = (t0 + .hours(from), t0 + .hours(to))
                try FilingTables.put(one, body: Array(id.utf8), in: db)
            }
            let window = Span(t0 + .hours(3), t0 + .hours(10))
            let excused = try FilingTables.outages(
                in: window, pointsOf: { [PointID(String(decoding: $0, as: UTF8.self))] }, in: db)
            #expect(
                excused == [
                    .point(PointID("a")): [Span(t0 + .hours(3), t0 + .hours(4))],
                    .point(PointID("d")): [Span(t0 + .hours(8), t0 + .hours(10))],
                ])
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
