import Domain
import GRDB
import Ingest
import IngestCore
import SimKit
import Storage
import Testing

/// What is listed of gaps and findings.
@Suite struct WatchTablesTests {
    private let start = Instant(unixMilliseconds: 1_635_724_800_000)

    private func store() throws -> (TemporaryStore, Store) {
        let place = try TemporaryStore(migrations: [
            .shared,
            MigrationSet(
                owner: "ingest",
                GapTable.migrations + FindingTable.migrations + ScoreTables.migrations),
        ])
        return (place, try place.open())
    }

    private func span(_ from: Int64, _ to: Int64) -> Span {
        Span(start + .minutes(from), start + .minutes(to))
    }

    /// ING-19: gaps are listed to the millisecond, by the window into which they reach.
    @Test func gapsAreListedByWindow() throws {
        let (place, store) = try store()
        defer { withExtendedLifetime(place) {} }
        let point = PresenceSubject(.point, "t1")
        let odd = Span(start + Interval(milliseconds: 1), start + Interval(milliseconds: 700_003))
        try store.write { db in
            for span in [odd, span(30, 50), span(90, 120)] {
                try GapTable.put(point, node: NodeID("e1"), span, in: db)
            }
            // The same again is the same row.
            try GapTable.put(point, node: NodeID("e1"), odd, in: db)
        }
        let window = span(0, 60)
        let rows = try store.read { try GapTable.within(window, limit: 10, in: $0) }
        #expect(rows.map(\.span) == [odd, span(30, 50)])
        #expect(rows.map(\.subject) == [point, point])
        let page = try store.read {
            try GapTable.within(window, after: rows[0].place, limit: 10, in: $0)
        }
        #expect(page.map(\.span) == [span(30, 50)])
    }

    @Test func gapsAreFoundByTheirEnd() throws {
        let (place, store) = try store()
        defer { withExtendedLifetime(place) {} }
        let plan = try store.read { db in
            try Row.fetchAll(
                db, sql: "explain query plan \(GapTable.question)", arguments: [0, 0, 0, 1]
            ).map { $0["detail"] as String }
        }
        #expect(plan.allSatisfy { $0.hasPrefix("SEARCH") && $0.contains("gaps_by_end") }, "\(plan)")
    }

    /// Each page is found by an index, with the closed ones and without.
    @Test(arguments: [true, false]) func findingsArePaged(withClosed: Bool) throws {
        let (place, store) = try store()
        defer { withExtendedLifetime(place) {} }
        let sightings = ["b", "a", "c"].enumerated().map { index, id in
            Sighting(
                .flatLine, EntryKey(.point, id), node: NodeID("e1"),
                firstAt: start + .minutes(Int64(index / 2)), lastAt: start, clues: [])
        }
        var records = sightings.map { FindingRecord($0, number: 1, recordedBy: "") }
        records[2].state = .ended(at: start)
        try store.write { db in
            for record in records { try FindingTable.put(record, body: [1], in: db) }
            try FindingTable.put(records[0], body: [2], in: db)
        }
        func page(after: FindingTable.Place?) throws -> [FindingTable.Row] {
            try store.read {
                try FindingTable.page(after: after, withClosed: withClosed, limit: 2, in: $0)
            }
        }
        let first = try page(after: nil)
        #expect(first.map(\.place.id) == ["flatLine/point/a/1", "flatLine/point/b/1"])
        #expect(first.last?.body == [2])
        let rest = try page(after: first.last?.place)
        #expect(rest.map(\.state) == (withClosed ? ["ended"] : []))
        let plan = try store.read { db in
            try Row.fetchAll(
                db, sql: "explain query plan \(FindingTable.question(withClosed: withClosed))",
                arguments: [0, "", 1]
            ).map { $0["detail"] as String }
        }
        let index = withClosed ? "findings_by_first" : "findings_open"
        #expect(plan.allSatisfy { $0.hasPrefix("SEARCH") && $0.contains(index) }, "\(plan)")
    }

    /// ING-13: counts of a day add up, and scores come back as they were, with their drill-down.
    @Test func scoresComeBack() throws {
        let (place, store) = try store()
        defer { withExtendedLifetime(place) {} }
        var count = DayCount()
        (count.readings, count.immediate, count.accurate) = (10, 9, 8)
        let scores = FindingKind.Quality.allCases.map { quality in
            QualityScore(
                quality, part: 3, whole: 4,
                losses: [.init(EntryKey(.point, "t1"), 1, "gap")])
        }
        try store.write { db in
            for _ in 0..<2 {
                try ScoreTables.add(
                    count, of: PointID("t1"), node: NodeID("e1"), day: "2021-11-01", in: db)
            }
            for score in scores.reversed() {
                try ScoreTables.put(score, of: NodeID("e1"), day: "2021-11-01", in: db)
            }
        }
        let counts = try store.read {
            try ScoreTables.counts(of: NodeID("e1"), day: "2021-11-01", in: $0)
        }
        #expect(counts == [PointID("t1"): count + count])
        let found = try store.read {
            try ScoreTables.scores(of: NodeID("e1"), day: "2021-11-01", in: $0)
        }
        #expect(found == scores)
        let none = try store.read {
            try ScoreTables.scores(of: NodeID("e1"), day: "2021-11-02", in: $0)
        }
        #expect(none.isEmpty)
    }
}
