import Domain
import Foundation
import GRDB
import IngestCore

/// How far the writing of chunks has come.
struct Chunking {
    /// The next point of the round that runs; nil between rounds.
    var nextPoint: Int?
    /// All batches up to here will be in chunks when the round is done.
    var through: UInt64 = 0
    /// After a failure: not again before this.
    var notBefore: ContinuousClock.Instant?
}

/// Writes the tails of points into rows that answer questions about one point.
///
/// A round goes over all points in slices, each a transaction of its own, so that batches are
/// committed in between. A crash in the middle loses nothing: each point says up to which position
/// its readings are in chunks, and the rest is read again from the batches.
extension SQLiteBatchLog {
    // On the writer's queue.
    func writeChunksIfDue() {
        let isDue = memory.withLock { $0.tailCount >= options.chunkReadings }
        if isDue, beginChunks() { writeChunksInTheBackground() }
    }

    private func writeChunksInTheBackground() {
        writerQueue.async { [self] in
            if writeChunkSlice() { writeChunksInTheBackground() }
        }
    }

    /// Writes all tails and returns when they are on disk, or when the disk refused.
    func writeChunks() async {
        _ = beginChunks()
        while await onWriterQueue({ [self] in writeChunkSlice() }) {}
    }

    private func onWriterQueue(_ work: @escaping @Sendable () -> Bool) async -> Bool {
        await withCheckedContinuation { continuation in
            writerQueue.async { continuation.resume(returning: work()) }
        }
    }

    /// Begins a round; false if one runs, or one failed a short while ago.
    private func beginChunks() -> Bool {
        chunking.withLock { chunking in
            if chunking.nextPoint != nil { return false }
            if let notBefore = chunking.notBefore, ContinuousClock.now < notBefore { return false }
            chunking = Chunking(nextPoint: 0, through: head.head)
            return true
        }
    }

    /// Writes the next points of the round; false when it is over.
    private func writeChunkSlice() -> Bool {
        let (next, through) = chunking.withLock { ($0.nextPoint, $0.through) }
        guard let next else { return false }
        let slice = memory.withLock {
            $0.tails(from: next, readingsMax: IngestLimits.readingsPerChunkCommitMax)
        }
        do {
            let position = head.head
            try write { db in
                for tail in slice.points {
                    try ChunkCommit(db: db, position: position).write(tail)
                }
                if slice.points.isEmpty { try ChunkCommit.setProgress(through, in: db) }
            }
            memory.withLock { $0.drop(slice.points, chunkedPosition: position) }
        } catch {
            // The readings stay in memory and in batches; a full disk refuses batches as well.
            chunking.withLock {
                $0 = Chunking(notBefore: ContinuousClock.now.advanced(by: .seconds(60)))
            }
            return false
        }
        chunking.withLock { $0.nextPoint = slice.points.isEmpty ? nil : slice.next }
        return !slice.points.isEmpty
    }
}

/// Writes the tail of one point within a transaction.
private struct ChunkCommit {
    let db: Database
    let position: UInt64

    func write(_ tail: PointMemory.Tail) throws {
        let latest = tail.slot.latest
        try db.cachedStatement(
            sql: """
                insert into points (number, id, chunked_position, latest_measured_at_unix_ms,
                    latest_received_at_unix_ms, latest_value, latest_quality)
                values (?, ?, ?, ?, ?, ?, ?)
                on conflict (number) do update set chunked_position = excluded.chunked_position,
                    latest_measured_at_unix_ms = excluded.latest_measured_at_unix_ms,
                    latest_received_at_unix_ms = excluded.latest_received_at_unix_ms,
                    latest_value = excluded.latest_value,
                    latest_quality = excluded.latest_quality
                """
        ).execute(arguments: [
            tail.number, tail.slot.id.text, Int64(position), latest.measuredAt.unixMilliseconds,
            latest.receivedAt.unixMilliseconds, latest.value, Int(latest.quality),
        ])
        let readings = inOrderOfMeasuring(tail.slot.tail)
        var start = 0
        while start < readings.count {
            let hour = ChunkCoding.hour(of: readings[start].measuredAt)
            var end = start + 1
            while end < readings.count, ChunkCoding.hour(of: readings[end].measuredAt) == hour {
                end += 1
            }
            let body = ChunkCoding.encode(Array(readings[start..<end]), hour: hour)
            try db.cachedStatement(
                sql: "insert into chunks (point, hour, position, body) values (?, ?, ?, ?)"
            ).execute(arguments: [tail.number, hour, Int64(position), Data(body)])
            start = end
        }
    }

    static func setProgress(_ position: UInt64, in db: Database) throws {
        try db.execute(
            sql: """
                insert into progress (name, position) values ('chunked', ?)
                on conflict (name) do update set position = excluded.position
                """, arguments: [Int64(position)])
    }
}

/// Oldest first; what was measured at the same time stays in the order of arrival.
func inOrderOfMeasuring(_ readings: [Reading]) -> [Reading] {
    let isInOrder = zip(readings, readings.dropFirst()).allSatisfy {
        $0.measuredAt <= $1.measuredAt
    }
    if isInOrder { return readings }
    return readings.enumerated().sorted {
        ($0.element.measuredAt, $0.offset) < ($1.element.measuredAt, $1.offset)
    }.map(\.element)
}
