import Domain
import Foundation
import GRDB
import IngestCore
import SimKit
import Testing

@testable import Ingest

/// ING-20: who has doubts can look at every byte that is stored, and is told what is damaged.
@Suite struct ReadingsAuditTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var path: String { folder.file("readings") }

    /// Two days of two points: the first merged, the second in two flushes, and a batch in a
    /// segment alone.
    private func fill() async throws {
        var options = SQLiteBatchLog.Options()
        options.commitDelayMilliseconds = 0
        let log = try SQLiteBatchLog(folder: path, options: options)
        let keeping = Retention(keeping: .day * 90, silenceMax: .day, perRunMax: .day)
        for sequence: UInt64 in 1...8 {
            let time = t0 + .hours(Int64(sequence) * 5)
            _ = try await log.store(batch(sequence, at: time))
            if sequence % 2 == 0 {
                _ = try await log.maintain(keeping: keeping, following: keeping, at: time)
            }
        }
        _ = try await log.store(batch(9, at: t0 + .hours(45)))
        try log.close()
    }

    @Test func whatIsWholeIsFoundClean() async throws {
        try await fill()
        let report = try ReadingsAudit.verify(folder: path)
        #expect(report.findings == [])
        #expect(report.readingCount == 16, "the last batch is in its segment only")
        #expect(report.batchCount == 9)
        #expect(report.dayCount == 2)
    }

    @Test func aDamagedChunkIsNamedByPointAndDay() async throws {
        try await fill()
        try damage("day-18932-2.sqlite", "merged", "key >> 32 = 1")
        try damage("day-18933-1.sqlite", "chunks", "key & 4294967295 = 0 and key >> 32 = 4")
        let findings = try ReadingsAudit.verify(folder: path).findings
        #expect(findings.map(\.point) == [PointID("x1"), PointID("t1")])
        #expect(findings.map(\.day) == [t0, t0 + .day])
        #expect(findings[0].what == "the chunk of part 0: its checksum does not fit")
        #expect(findings[1].what == "the chunk of flush 4: its checksum does not fit")
    }

    @Test func aDamagedGroupIsNamedByItsPosition() async throws {
        try await fill()
        try damage("segment-2-3.sqlite", "groups", "position = 3")
        let finding = try #require(try ReadingsAudit.verify(folder: path).findings.first)
        #expect(finding.file.hasSuffix("segment-2-3.sqlite"))
        #expect(finding.position == 3)
    }

    @Test func whatIsMissingIsNamed() async throws {
        try await fill()
        try FileManager.default.removeItem(atPath: path + "/day-18932-2.sqlite")
        try FileManager.default.removeItem(atPath: path + "/segment-5-9.sqlite")
        try change("segment-1-1.sqlite", "delete from groups where position = 1")
        try change("day-18933-1.sqlite", "delete from chunks where key & 4294967295 = 1")
        let whats = try ReadingsAudit.verify(folder: path).findings.map(\.what)
        #expect(whats.contains("the batches up to 1 are missing"))
        #expect(whats.contains("segment 5 is missing, and is nowhere else"))
        #expect(whats.contains("the file is missing, with 8 readings"))
        #expect(whats.contains { $0.hasPrefix("it holds ") })
    }

    @Test func timesOfReceiptThatChunksShareAreReadBackOrMissed() async throws {
        var options = SQLiteBatchLog.Options()
        options.commitDelayMilliseconds = 0
        let log = try SQLiteBatchLog(folder: path, options: options)
        for sequence: UInt64 in 1...50 {
            _ = try await log.store(batch(sequence, points: ["t1", "x1", "x2"]))
        }
        await log.flush()
        let expected = (1...50).map { t0 + .seconds($0) + Interval(milliseconds: 40) }
        #expect(try await log.all(of: "x2").map(\.receivedAt) == expected)
        _ = try await log.store(batch(51, at: t0 + .hours(30)))
        await log.flush()
        await log.mergeDays()
        for point in ["t1", "x1", "x2"] {
            #expect(try await log.all(of: point).prefix(50).map(\.receivedAt) == expected)
        }
        try log.close()
        #expect(try ReadingsAudit.verify(folder: path).findings == [])
        try damage("day-18932-2.sqlite", "receipts", "key = 1")
        let findings = try ReadingsAudit.verify(folder: path).findings
        #expect(findings.map(\.point) == [PointID("x1"), PointID("x2")])
        #expect(
            findings.first?.what
                == "the chunk of part 0: what says when its readings were received is missing")
        let again = try SQLiteBatchLog(folder: path, options: options)
        #expect(try await again.all(of: "t1").count == 51)
        await #expect(throws: BatchLogFailure.self) { try await again.all(of: "x2") }
        try again.close()
    }

    @Test func aFolderWithoutReadingsIsSaidToBeOne() {
        #expect(throws: ReadingsFailure.nothing(folder: path)) {
            try ReadingsAudit.verify(folder: path)
        }
    }

    private func damage(_ file: String, _ table: String, _ row: String) throws {
        try change(
            file,
            """
            update \(table) set body = cast(substr(body, 1, 20) || x'a5' || substr(body, 22) as blob)
            where \(row)
            """)
    }

    private func change(_ file: String, _ sql: String) throws {
        let queue = try DatabaseQueue(path: path + "/" + file)
        try queue.write { db in
            try db.execute(sql: sql)
            #expect(db.changesCount > 0)
        }
        try queue.close()
    }
}
