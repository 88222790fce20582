package import Domain
import Foundation
import GRDB
import IngestCore
import Storage

/// Looks at every byte of a readings store without changing it.
package struct ReadingsAudit {
    /// What was looked at, and what is wrong with it.
    package struct Report: Sendable, Equatable {
        package var segmentCount = 0
        package var dayCount = 0
        package var batchCount = 0
        package var chunkCount = 0
        /// In chunks that count.
        package var readingCount = 0
        package var findings: [ReadingsFinding] = []
        /// More is wrong than is listed.
        package var isCutOff = false

        fileprivate mutating func add(_ finding: ReadingsFinding) {
            if findings.count < StorageLimits.findingsMax {
                findings.append(finding)
            } else {
                isCutOff = true
            }
        }
    }

    private let folder: ReadingsFolder
    private var report = Report()
    private var ids: [PointID] = []
    private var days: [Int64: DayState] = [:]
    private var flushed: Int64 = 0
    private var head: UInt64 = 0

    /// Checks each segment and each chunk of a folder; it should be at rest, or a copy.
    package static func verify(folder path: String) throws -> Report {
        var audit = ReadingsAudit(folder: ReadingsFolder(path: path))
        try audit.run()
        return audit.report
    }

    private init(folder: ReadingsFolder) { self.folder = folder }

    private mutating func run() throws {
        guard FileManager.default.fileExists(atPath: folder.path) else {
            throw ReadingsFailure.nothing(folder: folder.path)
        }
        let contents = try folder.contents()
        guard contents.hasCatalog else {
            throw ReadingsFailure.catalogMissing(folder: folder.path)
        }
        guard readCatalog() else { return }
        checkSegments(contents)
        for day in days.values.sorted(by: { $0.file.day < $1.file.day }) { checkDay(day) }
        for (day, generation) in contents.days where days[day]?.file.generation != generation {
            // A kill left it; ingest removes it at its next start, unless the catalog is older.
            if days[day] == nil {
                add(folder.day(day, generation: generation), day: day, "it is not in the catalog")
            }
        }
    }

    private mutating func add(
        _ path: String, point: Int? = nil, day: Int64? = nil, position: UInt64? = nil,
        _ what: String
    ) {
        report.add(
            ReadingsFinding(
                file: path, point: point.flatMap { $0 < ids.count ? ids[$0] : nil },
                day: day.map { Instant(unixMilliseconds: $0 * DayFile.milliseconds) },
                position: position, what: what))
    }

    // MARK: Catalog

    private mutating func readCatalog() -> Bool {
        do {
            var ids: [PointID] = []
            (flushed, head, days) = try ReadOnlyFile.read(path: folder.catalog) { db in
                try CatalogTables.forEachPoint(in: db) { _, id, _ in ids.append(id) }
                let progress = try CatalogTables.progress(in: db)
                return (
                    progress["segment"] ?? 0, UInt64(progress["position"] ?? 0),
                    try CatalogTables.days(in: db, folder: folder)
                )
            }
            self.ids = ids
            return true
        } catch {
            add(folder.catalog, "it cannot be read: \(error)")
            return false
        }
    }

    // MARK: Segments

    private mutating func checkSegments(_ contents: ReadingsFolder.Contents) {
        var expected = flushed + 1
        for (place, (number, first)) in contents.segments.enumerated() {
            let following = contents.segments.dropFirst(place + 1).first?.first ?? .max
            let path = folder.segment(number, first: first)
            report.segmentCount += 1
            if number > flushed {
                if number != expected {
                    add(folder.path, "segment \(expected) is missing, and is nowhere else")
                }
                expected = number + 1
            }
            do {
                try checkSegment(path, first: first, before: following)
            } catch {
                add(path, position: first, "it cannot be read: \(reason(error))")
            }
        }
        if expected == flushed + 1, flushed > 0 {
            add(folder.path, "segment \(expected) is missing, and is nowhere else")
        }
    }

    private mutating func checkSegment(
        _ path: String, first: UInt64, before end: UInt64
    ) throws {
        var next = first
        var found: [(position: UInt64, what: String)] = []
        var batchCount = 0
        let known = ids.count
        let more: [(number: Int64, id: PointID)] = try ReadOnlyFile.read(path: path) { db in
            // The last one may have been in the making; nothing is in it then.
            if end == .max, try !db.tableExists("refused") { return [] }
            let points = try SegmentTables.points(in: db)
            let numbers = Set(points.map(\.number))
            let rows = try Row.fetchCursor(
                db, sql: "select position, last, body from groups order by position")
            while let row = try rows.next() {
                let (position, last): (Int64, Int64) = (row[0], row[1])
                // Refused, because the disk said that it had failed.
                if UInt64(position) >= end { break }
                if UInt64(position) != next {
                    found.append((next, "the batches up to \(position - 1) are missing"))
                }
                next = UInt64(last) + 1
                do {
                    let batches = try row.withUnsafeData(atIndex: 2) { data in
                        try (data ?? .init()).withUnsafeBytes {
                            try GroupCoding.decode($0, key: UInt64(position))
                        }
                    }
                    batchCount += batches.count
                    let areKnown = batches.allSatisfy { batch in
                        batch.points.allSatisfy { $0 < known || numbers.contains(Int64($0)) }
                    }
                    if batches.count != Int(last - position) + 1 {
                        found.append((UInt64(position), "the group lacks batches"))
                    } else if !areKnown {
                        found.append((UInt64(position), "a point has no name"))
                    }
                } catch let damage as ChunkDamage {
                    found.append((UInt64(position), "the group up to \(last): \(damage)"))
                }
            }
            return points
        }
        for (position, what) in found { add(path, position: position, what) }
        report.batchCount += batchCount
        // Numbers go on from segment to segment until the catalog knows them.
        for (number, id) in more where number == ids.count { ids.append(id) }
    }

    // MARK: Days

    private mutating func checkDay(_ day: DayState) {
        let isWritten = day.isMerged || !day.flushes.isEmpty
        guard isWritten else { return }
        report.dayCount += 1
        guard FileManager.default.fileExists(atPath: day.file.path) else {
            add(
                day.file.path, day: day.file.day,
                "the file is missing, with \(day.readingCount) readings")
            return
        }
        let before = report.readingCount
        let findingCount = report.findings.count
        do {
            let receipts = try receiptCounts(of: day)
            try checkRows(of: day, "merged", receipts) { key in (Int(key >> 32), flush: 0) }
            try checkRows(of: day, "chunks", receipts) { key in
                let flush = key >> 32
                return day.flushes.contains(flush) ? (Int(key & 0xFFFF_FFFF), flush) : nil
            }
        } catch {
            add(day.file.path, day: day.file.day, "it cannot be read: \(reason(error))")
        }
        let count = report.readingCount - before
        if count != day.readingCount, report.findings.count == findingCount {
            add(
                day.file.path, day: day.file.day,
                "it holds \(count) readings instead of \(day.readingCount)")
        }
    }

    /// How many times each column of receipts holds; those that are damaged are left out, and said
    /// where they are needed.
    private func receiptCounts(of day: DayState) throws -> [Int64: Int] {
        try ReadOnlyFile.read(path: day.file.path) { db in
            var counts: [Int64: Int] = [:]
            // A file from before chunks shared them has none.
            guard try db.tableExists("receipts") else { return counts }
            let rows = try Row.fetchCursor(db, sql: "select key, body from receipts")
            while let row = try rows.next() {
                let key: Int64 = row[0]
                let column = try? row.withUnsafeData(atIndex: 1) { data in
                    try (data ?? .init()).withUnsafeBytes {
                        try SeriesCoding.decodeReceipts($0, key: UInt64(bitPattern: key))
                    }
                }
                counts[key] = column?.count
            }
            return counts
        }
    }

    /// `place` gives the point and the flush of a key; nil if the row does not count.
    private mutating func checkRows(
        of day: DayState, _ table: String, _ receipts: [Int64: Int],
        place: (Int64) -> (point: Int, flush: Int64)?
    ) throws {
        var found: [(point: Int, what: String)] = []
        var (chunkCount, readingCount) = (0, 0)
        try ReadOnlyFile.read(path: day.file.path) { db in
            let rows = try Row.fetchCursor(db, sql: "select key, body from \(table) order by key")
            while let row = try rows.next() {
                let key: Int64 = row[0]
                guard let (point, flush) = place(key) else { continue }
                chunkCount += 1
                do {
                    let chunk = try row.withUnsafeData(atIndex: 1) { data in
                        try (data ?? .init()).withUnsafeBytes {
                            try SeriesCoding.decode($0, key: UInt64(bitPattern: key))
                        }
                    }
                    let series = chunk.series
                    readingCount += series.count
                    if let number = chunk.receipts {
                        let shared = DayTables.receiptsKey(flush: flush, number: number)
                        if receipts[shared] != series.count { throw ChunkDamage.receipts }
                    }
                    let isOfDay = series.measuredAt.allSatisfy {
                        DayFile.day(of: $0) == day.file.day
                    }
                    if !isOfDay { found.append((point, "readings of another day")) }
                    if point >= ids.count { found.append((point, "the point has no name")) }
                } catch let damage as ChunkDamage {
                    let isMerged = table == "merged"
                    let place = isMerged ? "part \(key & 0xFFFF_FFFF)" : "flush \(key >> 32)"
                    found.append((point, "the chunk of \(place): \(damage)"))
                }
            }
        }
        report.chunkCount += chunkCount
        report.readingCount += readingCount
        for (point, what) in found { add(day.file.path, point: point, day: day.file.day, what) }
    }

    private func reason(_ error: any Error) -> String {
        (error as? DatabaseError)?.message ?? "\(error)"
    }
}

/// Something that is wrong with a readings store.
package struct ReadingsFinding: Sendable, Equatable {
    package var file: String
    package var point: PointID?
    /// The day by UTC, at its begin.
    package var day: Instant?
    /// Of the first batch that is affected.
    package var position: UInt64?
    package var what: String
}
