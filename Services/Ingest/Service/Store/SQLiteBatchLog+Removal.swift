package import Domain
import GRDB
package import IngestCore

/// Gives up what is too old.
extension SQLiteBatchLog {
    /// Removes what the retention allows, and says what is odd about it.
    package func remove(
        by retention: Retention, at now: Instant
    ) async throws(BatchLogFailure) -> RetentionDoubt? {
        guard let kept = try await kept() else { return nil }
        let (before, doubt) = retention.cut(at: now, of: kept)
        try await remove(before: before)
        return doubt
    }

    /// The ends of what is stored; nil if nothing is.
    private func kept() async throws(BatchLogFailure) -> KeptReadings? {
        let newest = memory.withLock { $0.slots.map(\.latest.measuredAt).max() }
        let oldest: Int64?
        do {
            oldest = try await store.read { db in
                try Int64.fetchOne(
                    db,
                    sql: "select received_at_unix_ms from batches order by position limit 1")
            }
        } catch {
            throw BatchLogFailure(reading: error)
        }
        guard let newest, let oldest else { return nil }
        return KeptReadings(
            oldestReceived: Instant(unixMilliseconds: oldest), newestMeasured: newest)
    }

    package func remove(before instant: Instant) async throws(BatchLogFailure) {
        await writeChunks()
        let hour = ChunkCoding.hour(of: instant)
        let head = Int64(head.head)
        while try await write({ try removeBatches(before: instant, head: head, in: $0) }) {}
        while try await write({ try removeRefusedBatches(before: instant, in: $0) }) {}
        let removed: Int64
        do {
            // What was received later stays, however long ago it was measured.
            removed = try await store.read { db in
                (try Int64.fetchOne(db, sql: "select min(position) from batches") ?? 1) - 1
            }
        } catch {
            throw BatchLogFailure(reading: error)
        }
        let points = memory.withLock { $0.slots.count }
        for first in stride(from: 0, to: points, by: 500) {
            try await write { db in
                let delete = try db.cachedStatement(
                    sql: "delete from chunks where point = ? and hour < ? and position <= ?")
                for number in first..<min(first + 500, points) {
                    try delete.execute(arguments: [number, hour, removed])
                }
            }
        }
    }
}

/// Removes some of the oldest batches; false when none is left to remove.
///
/// The last batch stays, so that positions go on from it after a restart; batches that are not in
/// chunks yet stay as well.
private func removeBatches(before instant: Instant, head: Int64, in db: Database) throws -> Bool {
    let chunked =
        try Int64.fetchOne(db, sql: "select position from progress where name = 'chunked'") ?? 0
    let rows = try Row.fetchAll(
        db,
        sql: """
            select position, received_at_unix_ms from batches where position <= ?
            order by position limit 1000
            """, arguments: [min(chunked, head - 1)])
    let old = rows.prefix { $0[1] < instant.unixMilliseconds }
    guard let last: Int64 = old.last?[0] else { return false }
    try db.execute(sql: "delete from batches where position <= ?", arguments: [last])
    return old.count == rows.count
}

/// Removes some of the oldest batches without good readings; false when none is left to remove.
private func removeRefusedBatches(before instant: Instant, in db: Database) throws -> Bool {
    let rows = try Row.fetchAll(
        db,
        sql: """
            select number, received_at_unix_ms from refused_batches order by number limit 1000
            """)
    let old = rows.prefix { $0[1] < instant.unixMilliseconds }
    guard let last: Int64 = old.last?[0] else { return false }
    try db.execute(sql: "delete from refused_batches where number <= ?", arguments: [last])
    return old.count == rows.count
}
