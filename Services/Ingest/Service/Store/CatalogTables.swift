import Domain
import GRDB
import IngestCore

/// Statements on `catalog.sqlite`.
enum CatalogTables {
    // MARK: Reading

    static func progress(in db: Database) throws -> [String: Int64] {
        let rows = try Row.fetchAll(db, sql: "select name, value from progress")
        return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
    }

    static func writerState(in db: Database) throws -> WriterState {
        var state = WriterState()
        let progress = try progress(in: db)
        state.head = UInt64(progress["position"] ?? 0)
        state.lastReceivedAt = progress["last_received_at_unix_ms"].map {
            Instant(unixMilliseconds: $0)
        }
        let rows = try Row.fetchAll(
            db,
            sql: """
                select id, first, last from gateways
                join sequences on sequences.gateway = gateways.number
                """)
        var ranges: [GatewayID: [ClosedRange<UInt64>]] = [:]
        for row in rows {
            let (first, last): (Int64, Int64) = (row[1], row[2])
            ranges[GatewayID(row[0]), default: []].append(UInt64(first)...UInt64(last))
        }
        state.gateways = ranges.mapValues {
            WriterState.GatewayState(sequences: StoredSequences($0))
        }
        return state
    }

    static func forEachPoint(
        in db: Database, _ body: (_ number: Int64, PointID, _ latest: Reading?) throws -> Void
    ) throws {
        let rows = try Row.fetchCursor(db, sql: "select * from points order by number")
        while let row = try rows.next() {
            var latest: Reading?
            if let measured: Int64 = row["latest_measured_at_unix_ms"] {
                let bits: Int64 = row["latest_value_bits"]
                let quality: Int64 = row["latest_quality"]
                latest = Reading(
                    measuredAt: Instant(unixMilliseconds: measured),
                    receivedAt: Instant(unixMilliseconds: row["latest_received_at_unix_ms"]),
                    value: Double(bitPattern: UInt64(bitPattern: bits)),
                    quality: UInt8(truncatingIfNeeded: quality))
            }
            try body(row["number"], PointID(row["id"]), latest)
        }
    }

    static func days(in db: Database, folder: ReadingsFolder) throws -> [Int64: DayState] {
        var days: [Int64: DayState] = [:]
        let sql = "select * from days where state = 'kept'"
        for row in try Row.fetchAll(db, sql: sql) {
            let day: Int64 = row["day"]
            days[day] = DayState(
                file: DayFile(folder: folder, day: day, generation: row["generation"]),
                flushes: [], readingCount: row["reading_count"],
                newestReceivedAt: Instant(unixMilliseconds: row["newest_received_at_unix_ms"]),
                isMerged: row["is_merged"])
        }
        let flushes = "select day, flush from day_flushes order by day, flush"
        for row in try Row.fetchAll(db, sql: flushes) { days[row[0]]?.flushes.append(row[1]) }
        return days
    }

    static func removedDays(in db: Database) throws -> Set<Int64> {
        try Set(Int64.fetchAll(db, sql: "select day from days where state = 'removed'"))
    }

    static func batch(
        of gateway: GatewayID, _ sequence: UInt64, in db: Database
    ) throws -> KnownBatch? {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    select fingerprint, received_at_unix_ms, reading_count from batches
                    where gateway = (select number from gateways where id = ?) and sequence = ?
                    """), arguments: [gateway.text, Int64(sequence)])
        return row.map { row in
            KnownBatch(
                gateway: gateway, sequence: sequence,
                fingerprint: UInt64(bitPattern: row[0] as Int64),
                receivedAt: Instant(unixMilliseconds: row[1]), readingCount: row[2])
        }
    }

    // MARK: Writing

    static func setProgress(_ name: String, _ value: Int64, in db: Database) throws {
        try db.cachedStatement(
            sql: """
                insert into progress (name, value) values (?, ?)
                on conflict (name) do update set value = excluded.value
                """
        ).execute(arguments: [name, value])
    }

    /// Notes a day before its file is made.
    static func note(day: Int64, in db: Database) throws {
        // A day that was removed before, of which that has not been noted to its end.
        try forget([day], in: db)
        try db.execute(
            sql: """
                insert into days (day, generation, reading_count, newest_received_at_unix_ms,
                    is_merged, state) values (?, 1, 0, 0, 0, 'kept')
                """, arguments: [day])
    }

    static func update(_ day: DayState, adding flush: Int64?, in db: Database) throws {
        try db.execute(
            sql: """
                update days set generation = ?, reading_count = ?,
                    newest_received_at_unix_ms = ?, is_merged = ? where day = ?
                """,
            arguments: [
                day.file.generation, day.readingCount, day.newestReceivedAt.unixMilliseconds,
                day.isMerged, day.file.day,
            ])
        guard let flush else { return }
        try db.execute(
            sql: "insert into day_flushes (day, flush) values (?, ?)",
            arguments: [day.file.day, flush])
    }

    static func merged(_ day: DayState, in db: Database) throws {
        try update(day, adding: nil, in: db)
        try db.execute(
            sql: "delete from day_flushes where day = ?", arguments: [day.file.day])
    }

    static func markRemoved(_ day: Int64, in db: Database) throws {
        try db.execute(
            sql: "update days set state = 'removed' where day = ?", arguments: [day])
    }

    static func forget(_ days: Set<Int64>, in db: Database) throws {
        for day in days {
            try db.execute(sql: "delete from days where day = ?", arguments: [day])
        }
    }

    static func insert(point number: Int, _ id: PointID, in db: Database) throws {
        try db.cachedStatement(sql: "insert into points (number, id) values (?, ?)")
            .execute(arguments: [number, id.text])
    }

    static func setLatest(_ latest: Reading, of number: Int, in db: Database) throws {
        try db.cachedStatement(
            sql: """
                update points set latest_measured_at_unix_ms = ?, latest_received_at_unix_ms = ?,
                    latest_value_bits = ?, latest_quality = ? where number = ?
                """
        ).execute(arguments: [
            latest.measuredAt.unixMilliseconds, latest.receivedAt.unixMilliseconds,
            Int64(bitPattern: latest.value.bitPattern), Int64(latest.quality), number,
        ])
    }

    static func insert(_ batches: ArraySlice<KnownBatch>, in db: Database) throws {
        let insert = try db.cachedStatement(
            sql: """
                insert into batches (gateway, sequence, fingerprint, received_at_unix_ms,
                    reading_count)
                values ((select number from gateways where id = ?), ?, ?, ?, ?)
                """)
        for batch in batches {
            try insert.execute(arguments: [
                batch.gateway.text, Int64(batch.sequence), Int64(bitPattern: batch.fingerprint),
                batch.receivedAt.unixMilliseconds, batch.readingCount,
            ])
        }
    }

    /// Writes which sequences of a gateway are stored, also those after the flush.
    static func setSequences(
        _ sequences: StoredSequences, of gateway: GatewayID, in db: Database
    ) throws {
        try db.execute(
            sql: "insert into gateways (id) values (?) on conflict (id) do nothing",
            arguments: [gateway.text])
        let number = try Int64.fetchOne(
            db, sql: "select number from gateways where id = ?", arguments: [gateway.text])
        try db.execute(sql: "delete from sequences where gateway = ?", arguments: [number])
        let insert = try db.cachedStatement(
            sql: "insert into sequences (gateway, first, last) values (?, ?, ?)")
        for range in sequences.ranges {
            try insert.execute(arguments: [
                number, Int64(range.lowerBound), Int64(range.upperBound),
            ])
        }
    }

    /// Removes some of the oldest batches; false when none is left to remove. The last one stays.
    static func removeBatches(before instant: Instant, in db: Database) throws -> Bool {
        let rows = try Row.fetchAll(
            db,
            sql: """
                select number, received_at_unix_ms from batches
                where number < (select max(number) from batches) order by number limit 1000
                """)
        let old = rows.prefix { $0[1] < instant.unixMilliseconds }
        guard let last: Int64 = old.last?[0] else { return false }
        try db.execute(sql: "delete from batches where number <= ?", arguments: [last])
        return old.count == rows.count
    }

    static func oldestBatchReceivedAt(in db: Database) throws -> Instant? {
        try Int64.fetchOne(
            db, sql: "select received_at_unix_ms from batches order by number limit 1"
        ).map(Instant.init(unixMilliseconds:))
    }
}
