import Domain
import Foundation
import GRDB
import IngestCore
import Storage

/// What a folder of readings holds, brought into order: what a kill left half done is undone.
struct OpenedStore {
    let catalog: Store
    var numbers = PointNumbers()
    var state = ReadingsState()
    var segments: [SegmentState] = []
    var writer = WriterState()
    /// The number of the last flush that was begun.
    var attempt: Int64 = 0
    /// Points that the catalog knows.
    var catalogPoints = 0

    init(folder: ReadingsFolder, storeOptions: Store.Options) throws {
        let oldStore = folder.path + ".sqlite"
        if FileManager.default.fileExists(atPath: oldStore) {
            throw ReadingsFailure.oldStore(path: oldStore)
        }
        try folder.make()
        let contents = try folder.contents()
        if !contents.hasCatalog, !(contents.segments.isEmpty && contents.days.isEmpty) {
            throw ReadingsFailure.catalogMissing(folder: folder.path)
        }
        catalog = try Store(
            path: folder.catalog, migrations: [.readings], options: storeOptions)
        let progress = try catalog.read { try CatalogTables.progress(in: $0) }
        let flush = progress["flush"] ?? 0
        attempt = max(flush, progress["attempt"] ?? 0)
        try load(folder, flush: flush)
        try bringDaysIntoOrder(contents, folder: folder)
        try openSegments(
            contents, after: progress["segment"] ?? 0,
            position: UInt64(progress["position"] ?? 0), folder: folder, options: storeOptions)
    }

    private mutating func load(_ folder: ReadingsFolder, flush: Int64) throws {
        var (numbers, points) = (PointNumbers(), PointMemory())
        (writer, state.days) = try catalog.read { db in
            try CatalogTables.forEachPoint(in: db) { number, id, latest in
                guard numbers.restore(number, id) else {
                    throw ReadingsFailure.damaged(
                        path: folder.catalog,
                        what: "point number \(numbers.ids.count) is missing")
                }
                points.restore(Int(number), latest: latest, flush: flush)
            }
            return try (
                CatalogTables.writerState(in: db), CatalogTables.days(in: db, folder: folder)
            )
        }
        (self.numbers, state.points, catalogPoints) = (numbers, points, numbers.ids.count)
    }

    // MARK: Days

    private mutating func bringDaysIntoOrder(
        _ contents: ReadingsFolder.Contents, folder: ReadingsFolder
    ) throws {
        let going = try catalog.read { try CatalogTables.removedDays(in: $0) }
        for (day, generation) in contents.days {
            let path = folder.day(day, generation: generation)
            if going.contains(day) {
                ReadingsFolder.remove(path)
            } else if let known = state.days[day] {
                // A merge that did not come to its end, or what it has taken the place of.
                if known.file.generation != generation { ReadingsFolder.remove(path) }
            } else {
                throw ReadingsFailure.unknownFile(path: path)
            }
        }
        if !going.isEmpty {
            try catalog.write { try CatalogTables.forget(going, in: $0) }
        }
    }

    // MARK: Segments

    private mutating func openSegments(
        _ contents: ReadingsFolder.Contents, after flushed: Int64, position: UInt64,
        folder: ReadingsFolder, options: Store.Options
    ) throws {
        var next = flushed + 1
        for (place, (number, first)) in contents.segments.enumerated() {
            if number <= flushed {
                let newest = try SegmentTables.read(path: folder.segment(number, first: first)) {
                    try SegmentTables.newestReceivedAt(in: $0)
                }
                segments.append(
                    SegmentState(number: number, first: first, newestReceivedAt: newest))
                continue
            }
            guard number == next else {
                throw ReadingsFailure.segmentMissing(folder: folder.path, number: next)
            }
            next += 1
            let segment = try Segment(
                folder: folder, number: number, first: first, options: options)
            let following = contents.segments.dropFirst(place + 1).first?.first
            let newest = try replay(segment, before: following ?? .max, folder: folder)
            segments.append(
                SegmentState(
                    number: number, first: first, newestReceivedAt: newest, open: segment))
        }
        if segments.last?.open == nil {
            // Only a store that is quite new has none yet: it is made before a flush counts.
            guard flushed == 0 else {
                throw ReadingsFailure.segmentMissing(folder: folder.path, number: next)
            }
            let segment = try Segment(folder: folder, number: 1, first: 1, options: options)
            segments.append(SegmentState(number: 1, first: 1, open: segment))
        }
    }

    /// Takes what the catalog does not know yet from a segment.
    ///
    /// Positions from `end` on stand in the next segment: a group in this one that has them was
    /// refused, because the disk said that it had failed.
    private mutating func replay(
        _ segment: Segment, before end: UInt64, folder: ReadingsFolder
    ) throws -> Instant? {
        var state = self
        defer { self = state }
        return try segment.read { db in
            for (number, id) in try SegmentTables.points(in: db) {
                guard state.numbers.restore(number, id) else {
                    throw ReadingsFailure.damaged(
                        path: segment.path, what: "point number \(number) is not the next")
                }
            }
            try SegmentTables.forEachGroup(after: state.writer.head, in: db) { first, batches in
                if first >= end { return false }
                guard first == state.writer.head + 1 else {
                    throw ReadingsFailure.positionMissing(
                        folder: folder.path, position: state.writer.head + 1)
                }
                for batch in batches { try state.take(batch, from: segment) }
                return true
            }
            for refused in try SegmentTables.refused(in: db) { state.writer.take(refused) }
            return try SegmentTables.newestReceivedAt(in: db)
        }
    }

    private mutating func take(_ batch: JournalBatch, from segment: Segment) throws {
        let areKnown = batch.points.allSatisfy { Int($0) < numbers.ids.count }
        let areKept = batch.columns.measuredAt.allSatisfy { TailReading.times.contains($0) }
        guard areKnown, areKept else {
            throw ReadingsFailure.damaged(
                path: segment.path, what: "the batch \(writer.head + 1) makes no sense")
        }
        writer.take(
            KnownBatch(
                gateway: batch.gateway, sequence: batch.sequence,
                fingerprint: batch.fingerprint, receivedAt: batch.receivedAt,
                readingCount: batch.columns.count))
        state.points.take(batch.columns, points: batch.points, receivedAt: batch.receivedAt)
    }
}
