package import Domain
import GRDB
package import IngestCore
import Storage

/// Questions; none waits for the writer.
extension SQLiteBatchLog {
    package func batches(
        after position: UInt64, limit: Int
    ) async throws(BatchLogFailure) -> [StoredBatch] {
        do {
            return try await store.read { db in
                let rows = try Row.fetchCursor(
                    db.cachedStatement(
                        sql: """
                            select position, received_at_unix_ms, body from batches
                            where position > ? order by position limit ?
                            """), arguments: [Int64(clamping: position), limit])
                var batches: [StoredBatch] = []
                while let row = try rows.next() { batches.append(try StoredBatch(row)) }
                return batches
            }
        } catch {
            throw BatchLogFailure(reading: error)
        }
    }

    package func latest(of points: [PointID]) -> [Reading?] {
        memory.withLock { memory in
            points.map { point in memory.number(of: point).map { memory.slots[$0].latest } }
        }
    }

    package func readings(
        of point: PointID, from: Instant, to: Instant
    ) async throws(BatchLogFailure) -> [Reading] {
        guard from < to, let (number, slot) = slot(of: point) else { return [] }
        let span = from..<to
        var found: [Reading] = []
        if slot.chunkedPosition > 0 {
            let first = ChunkCoding.hour(of: from)
            let last = ChunkCoding.hour(of: Instant(unixMilliseconds: to.unixMilliseconds - 1))
            do {
                // Chunks written after the tail was looked at hold the same readings again.
                found = try await store.read { db in
                    try chunkReadings(
                        of: number, hours: first...last, upTo: slot.chunkedPosition, in: db)
                }
            } catch {
                throw BatchLogFailure(reading: error)
            }
        }
        return inOrderOfMeasuring(
            found.filter { span.contains($0.measuredAt) }
                + slot.tail.filter { span.contains($0.measuredAt) })
    }

    package func span(
        of point: PointID
    ) async throws(BatchLogFailure) -> ClosedRange<Instant>? {
        guard let (number, slot) = slot(of: point) else { return nil }
        var times = slot.tail.map(\.measuredAt)
        do {
            times += try await store.read { db in
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        select (select min(hour) from chunks where point = ?1),
                            (select max(hour) from chunks where point = ?1)
                        """, arguments: [number])
                guard let row, let first: Int64 = row[0], let last: Int64 = row[1] else {
                    return []
                }
                let hour = ChunkCoding.hourMilliseconds
                return [
                    Instant(unixMilliseconds: first * hour),
                    Instant(unixMilliseconds: (last + 1) * hour - 1),
                ]
            }
        } catch {
            throw BatchLogFailure(reading: error)
        }
        guard let first = times.min(), let last = times.max() else { return nil }
        return first...last
    }

    private func slot(of point: PointID) -> (number: Int, slot: PointMemory.Slot)? {
        memory.withLock { memory in
            memory.number(of: point).map { ($0, memory.slots[$0]) }
        }
    }
}

private func chunkReadings(
    of number: Int, hours: ClosedRange<Int64>, upTo position: UInt64, in db: Database
) throws -> [Reading] {
    let rows = try Row.fetchCursor(
        db.cachedStatement(
            sql: """
                select hour, body from chunks
                where point = ? and hour between ? and ? and position <= ?
                order by hour, position
                """),
        arguments: [number, hours.lowerBound, hours.upperBound, Int64(position)])
    var readings: [Reading] = []
    while let row = try rows.next() {
        let hour: Int64 = row[0]
        readings += try row.withUnsafeData(atIndex: 1) { data in
            try (data ?? .init()).withUnsafeBytes { try ChunkCoding.decode($0, hour: hour) }
        }
    }
    return readings
}

extension StoredBatch {
    fileprivate init(_ row: Row) throws {
        let columns = try row.withUnsafeData(atIndex: 2) { data in
            try (data ?? .init()).withUnsafeBytes { try ColumnCoding.decode($0) }
        }
        let position: Int64 = row[0]
        self.init(
            position: UInt64(position), receivedAt: Instant(unixMilliseconds: row[1]),
            columns: columns)
    }
}

extension WriterState {
    /// Reads what the writer must know, in the time of one row a gateway.
    static func load(from db: Database) throws -> WriterState {
        var state = WriterState()
        let head = try Int64.fetchOne(db, sql: "select max(position) from batches") ?? 0
        state.head = UInt64(head)
        let receivedAt = try Int64.fetchOne(
            db, sql: "select received_at_unix_ms from batches where position = ?",
            arguments: [head])
        state.lastReceivedAt = receivedAt.map { Instant(unixMilliseconds: $0) }
        var ranges: [Int64: [ClosedRange<UInt64>]] = [:]
        for row in try Row.fetchAll(db, sql: "select gateway, first, last from sequences") {
            let (first, last): (Int64, Int64) = (row[1], row[2])
            ranges[row[0], default: []].append(UInt64(first)...UInt64(last))
        }
        for row in try Row.fetchAll(db, sql: "select number, id from gateways") {
            let number: Int64 = row[0]
            state.gateways[GatewayID(row[1])] = GatewayState(
                number: number, sequences: StoredSequences(ranges[number] ?? []))
        }
        return state
    }
}

extension PointMemory {
    /// Reads the points and their latest values, and the batches that are not in chunks yet.
    static func load(from db: Database) throws -> PointMemory {
        var memory = PointMemory()
        let points = try Row.fetchCursor(db, sql: "select * from points order by number")
        while let row = try points.next() {
            let number: Int = row["number"]
            guard number == memory.slots.count else {
                throw StoreFailure.unreadable(
                    what: "The table points", reason: "number \(memory.slots.count) is missing")
            }
            let position: Int64 = row["chunked_position"]
            let quality: Int = row["latest_quality"]
            memory.restore(
                Slot(
                    id: PointID(row["id"]),
                    latest: Reading(
                        measuredAt: Instant(
                            unixMilliseconds: row["latest_measured_at_unix_ms"]),
                        receivedAt: Instant(
                            unixMilliseconds: row["latest_received_at_unix_ms"]),
                        value: row["latest_value"], quality: UInt8(quality)),
                    chunkedPosition: UInt64(position)))
        }
        let chunked = try Int64.fetchOne(
            db, sql: "select position from progress where name = 'chunked'")
        let batches = try Row.fetchCursor(
            db,
            sql: """
                select position, received_at_unix_ms, body from batches where position > ?
                order by position
                """, arguments: [chunked ?? 0])
        while let row = try batches.next() {
            let batch = try StoredBatch(row)
            memory.take(
                batch.columns, receivedAt: batch.receivedAt, position: batch.position)
        }
        return memory
    }
}
