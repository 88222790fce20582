package import Domain
import Foundation
package import GRDB
package import IngestCore
package import Storage

/// What was counted of each point by day, and the scores of each enterprise by day.
package enum ScoreTables {
    package static let migrations = [
        Migration(
            "0005_create_scores",
            sql: """
                create table point_days (
                    day text not null check (length(day) = 10),
                    point text not null,
                    node text not null,
                    readings integer not null,
                    immediate integer not null,
                    accurate integer not null,
                    primary key (day, node, point)
                ) strict, without rowid;
                create table scores (
                    day text not null check (length(day) = 10),
                    enterprise text not null,
                    quality text not null check (quality in (
                        'true', 'immediate', 'complete', 'normative', 'accurate')),
                    part integer not null,
                    whole integer not null,
                    losses blob not null,
                    primary key (day, enterprise, quality)
                ) strict, without rowid;
                """)
    ]

    /// Which days are asked for.
    package struct Question: Sendable {
        package var from: String
        package var to: String
        /// The row that the last page ended with; nil: from the first.
        package var after: (day: String, enterprise: String)?

        package init(from: String, to: String, after: (day: String, enterprise: String)? = nil) {
            (self.from, self.to, self.after) = (from, to, after)
        }
    }

    /// The scores of one enterprise on one day.
    package struct Row: Equatable, Sendable {
        package var day: String
        package var enterprise: NodeID
        package var scores: [QualityScore]
    }

    /// Days with enterprises that have scores, by day, then enterprise.
    package static func page(
        _ question: Question, limit: Int, in db: Database
    ) throws -> [Row] {
        let keys = try GRDB.Row.fetchAll(
            db.cachedStatement(
                sql: """
                    select distinct day, enterprise from scores
                    where (day, enterprise) > (?, ?) and day between ? and ?
                    order by day, enterprise limit ?
                    """),
            arguments: [
                question.after?.day ?? question.from, question.after?.enterprise ?? "",
                question.from, question.to, limit,
            ])
        return try keys.map { key in
            let (day, enterprise): (String, String) = (key[0], key[1])
            return Row(
                day: day, enterprise: NodeID(enterprise),
                scores: try scores(of: NodeID(enterprise), day: day, in: db))
        }
    }

    /// Adds what was counted of a point to its day.
    package static func add(
        _ count: DayCount, of point: PointID, node: NodeID, day: String, in db: Database
    ) throws {
        try db.cachedStatement(
            sql: """
                insert into point_days (day, point, node, readings, immediate, accurate)
                values (?, ?, ?, ?, ?, ?)
                on conflict (day, node, point) do update set
                    readings = readings + excluded.readings,
                    immediate = immediate + excluded.immediate,
                    accurate = accurate + excluded.accurate
                """
        ).execute(arguments: [
            day, point.text, node.text, count.readings, count.immediate, count.accurate,
        ])
    }

    /// What was counted of the points of one enterprise on one day.
    package static func counts(
        of node: NodeID, day: String, in db: Database
    ) throws -> [PointID: DayCount] {
        var counts: [PointID: DayCount] = [:]
        let rows = try GRDB.Row.fetchAll(
            db.cachedStatement(
                sql: """
                    select point, readings, immediate, accurate from point_days
                    where day = ? and node = ?
                    """),
            arguments: [day, node.text])
        for row in rows {
            var count = DayCount()
            count.readings = row[1]
            count.immediate = row[2]
            count.accurate = row[3]
            counts[PointID(row[0])] = count
        }
        return counts
    }

    /// Writes a score of a day; a day that is scored again is replaced.
    package static func put(
        _ score: QualityScore, of enterprise: NodeID, day: String, in db: Database
    ) throws {
        let losses = try JSONEncoder().encode(score.losses)
        try db.cachedStatement(
            sql: """
                insert into scores (day, enterprise, quality, part, whole, losses)
                values (?, ?, ?, ?, ?, ?)
                on conflict (day, enterprise, quality) do update set part = excluded.part,
                    whole = excluded.whole, losses = excluded.losses
                """
        ).execute(arguments: [
            day, enterprise.text, score.quality.rawValue, score.part, score.whole, losses,
        ])
    }

    /// The scores of one enterprise on one day, in the order of the law; empty: not scored.
    package static func scores(
        of enterprise: NodeID, day: String, in db: Database
    ) throws -> [QualityScore] {
        let rows = try GRDB.Row.fetchAll(
            db.cachedStatement(
                sql: """
                    select quality, part, whole, losses from scores
                    where day = ? and enterprise = ?
                    """),
            arguments: [day, enterprise.text])
        let scores = try rows.compactMap { row -> QualityScore? in
            guard let quality = FindingKind.Quality(rawValue: row[0]) else { return nil }
            let bytes: Data = row[3]
            let losses = try JSONDecoder().decode([QualityScore.Loss].self, from: bytes)
            return QualityScore(quality, part: row[1], whole: row[2], losses: losses)
        }
        return FindingKind.Quality.allCases.compactMap { quality in
            scores.first { $0.quality == quality }
        }
    }
}
