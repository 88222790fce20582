import Domain
import Foundation
import GRDB
import IngestCore

/// Merges the chunks of a day that is over, so that a point has few and large ones.
///
/// The merged file is made beside the old one, without a journal of its own: it counts once it is
/// on disk as a whole and the catalog notes its generation. The old one goes with its last reader.
extension SQLiteBatchLog {
    /// Merges what is due, and returns when that is done or has failed.
    func mergeDays() async {
        await on(flusherQueue) { [self] in
            let newest = state.withLock { state in
                state.points.slots.lazy.compactMap(\.latest?.measuredAt).max()
            }
            guard let newest else { return }
            let days = state.withLock { state in
                state.days.values.filter { isDue($0, newest: newest) }
                    .sorted { $0.file.day < $1.file.day }
            }
            for day in days {
                if isClosed { return }
                // Another hour another attempt; what is not merged is read all the same.
                do { try merge(day) } catch { note(error, of: day) }
            }
        }
    }

    private func isDue(_ day: DayState, newest: Instant) -> Bool {
        let end = Instant(unixMilliseconds: (day.file.day + 1) * DayFile.milliseconds)
        if newest < end + IngestLimits.mergeAfter { return false }
        // What comes late is merged once it is worth writing the day again.
        return day.isMerged
            ? day.flushes.count >= IngestLimits.lateFlushesBeforeMerge : !day.flushes.isEmpty
    }

    private func note(_ error: any Error, of day: DayState) {
        options.didFailToMerge?("\(day.file.path): \(error)")
    }

    /// Writes the day anew; on the flusher's queue, so that no flush writes to it meanwhile.
    func merge(_ day: DayState) throws {
        let new = DayFile(
            folder: folder, day: day.file.day,
            generation: max(day.file.generation, day.doubtfulGeneration) + 1)
        ReadingsFolder.remove(new.path)
        do {
            let count = try writeMerged(day, to: new.path)
            guard count == day.readingCount else {
                throw ReadingsFailure.damaged(
                    path: day.file.path,
                    what: "it holds \(count) readings instead of \(day.readingCount)")
            }
            try ReadingsFolder.sync(new.path)
            try folder.sync()
        } catch {
            ReadingsFolder.remove(new.path)
            throw error
        }
        try step(.mergedWritten)
        var merged = day
        (merged.file, merged.flushes, merged.isMerged) = (new, [], true)
        let result = merged
        // From here on the catalog may name it, also if that is said to fail: it stays until the
        // next start knows.
        state.withLock { $0.days[day.file.day]?.doubtfulGeneration = new.generation }
        try attempt { try catalog.write { try CatalogTables.merged(result, in: $0) } }
        try step(.mergeNoted)
        state.withLock { $0.days[day.file.day] = merged }
        openDays.withLock { open in open.removeAll { $0 === day.file } }
        day.file.replace()
        try step(.mergeTaken)
    }

    private func writeMerged(_ day: DayState, to path: String) throws -> Int {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "pragma page_size = \(ReadingsSchema.dayPageBytes)")
            // The file is of no use before it is whole, and is removed if it does not get there.
            try db.execute(sql: "pragma journal_mode = off")
            try db.execute(sql: "pragma synchronous = off")
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        try queue.write { try $0.execute(sql: ReadingsSchema.day) }
        let pointCount = numbers.withLock { $0.ids.count }
        var count = 0
        var shared = SharedReceipts()
        let width = IngestLimits.pointsPerMergeRead
        for first in stride(from: 0, to: pointCount, by: width) {
            let points = first...(min(first + width, pointCount) - 1)
            let found = try day.file.read { db in
                try DayTables.all(of: points, flushes: day.flushes, in: db)
            }
            try queue.write { db in
                try storeOptions.beforeCommit?()
                for (point, series) in found {
                    count += series.count
                    try Self.insert(series.inOrderOfMeasuring, of: point, &shared, in: db)
                }
            }
        }
        return count
    }

    private static func insert(
        _ series: ReadingSeries, of point: Int, _ shared: inout SharedReceipts, in db: Database
    ) throws {
        let most = IngestLimits.readingsPerMergedChunkMax
        for (part, start) in stride(from: 0, to: series.count, by: most).enumerated() {
            let key = DayTables.mergedKey(point: point, part: UInt32(part))
            let slice = series.slice(start..<min(start + most, series.count))
            try DayTables.insert("merged", key: key, slice, flush: 0, &shared, in: db)
        }
    }
}

extension DayTables {
    /// All readings of some points: what was merged before, then by flush. Points without any are
    /// left out.
    static func all(
        of points: ClosedRange<Int>, flushes: [Int64], in db: Database
    ) throws -> [(point: Int, series: ReadingSeries)] {
        var found = [ReadingSeries](repeating: ReadingSeries(), count: points.count)
        let (first, last) = (points.lowerBound, points.upperBound)
        let mergedKeys = (mergedKey(point: first, part: 0), mergedKey(point: last, part: .max))
        var columns: [Int64: [Int64]] = [:]
        try forEach(
            "merged", mergedKeys.0...mergedKeys.1, flush: 0, &columns, in: db
        ) { key, series in
            found[Int(key >> 32) - first].append(series)
        }
        for flush in flushes {
            let keys = (chunkKey(flush: flush, point: first), chunkKey(flush: flush, point: last))
            columns = [:]
            try forEach("chunks", keys.0...keys.1, flush: flush, &columns, in: db) { key, series in
                found[Int(key & 0xFFFF_FFFF) - first].append(series)
            }
        }
        return zip(points, found).filter { $1.count > 0 }.map { (point: $0, series: $1) }
    }
}
