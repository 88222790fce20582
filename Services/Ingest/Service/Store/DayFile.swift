import Foundation
import GRDB
import IngestCore
import Storage
import Synchronization

/// The file of a day: chunks as they were flushed, and merged ones.
///
/// One thread writes, the flusher's. The file is opened when it is asked for; when another has
/// taken its place it goes with the last who reads it.
final class DayFile: Sendable {
    let day: Int64
    let generation: Int64
    let path: String
    private let pool = Mutex<DatabasePool?>(nil)
    private let isReplaced = Mutex(false)

    init(folder: ReadingsFolder, day: Int64, generation: Int64) {
        (self.day, self.generation) = (day, generation)
        path = folder.day(day, generation: generation)
    }

    deinit {
        pool.withLock { $0 = nil }
        if isReplaced.withLock({ $0 }) { ReadingsFolder.remove(path) }
    }

    static func day(of unixMilliseconds: Int64) -> Int64 {
        // Downwards, also before 1970.
        let day = unixMilliseconds / milliseconds
        return unixMilliseconds % milliseconds < 0 ? day - 1 : day
    }

    static let milliseconds: Int64 = 86_400_000

    /// The file is removed once nobody reads it.
    func replace() { isReplaced.withLock { $0 = true } }

    /// Frees what an open file takes; it is opened again when it is asked for.
    func release() { pool.withLock { $0 = nil } }

    var isOpen: Bool { pool.withLock { $0 != nil } }

    func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        try await open(making: false).read(body)
    }

    @_disfavoredOverload
    func read<T>(_ body: (Database) throws -> T) throws -> T {
        try open(making: false).read(body)
    }

    /// Makes the file, if it is not there, with its tables.
    func make(in folder: ReadingsFolder) throws {
        try open(making: true).write { try $0.execute(sql: ReadingsSchema.day) }
        try folder.sync()
    }

    /// Makes the tables that a file from before them lacks.
    func makeTables() throws {
        try open(making: false).write { try $0.execute(sql: ReadingsSchema.day) }
    }

    /// Writes in one transaction and waits for the disk; blocks the thread.
    func write<T>(_ options: Store.Options, _ body: (Database) throws -> T) throws -> T {
        try open(making: false).write { db in
            let result = try body(db)
            try options.beforeCommit?()
            return result
        }
    }

    /// Moves what was written from the write-ahead log into the file, so that it takes its room on
    /// disk once. With somebody reading it, the log stays until the next time.
    func checkpoint() {
        _ = try? open(making: false).writeWithoutTransaction { try $0.checkpoint(.truncate) }
    }

    private func open(making: Bool) throws -> DatabasePool {
        try pool.withLock { pool in
            if let pool { return pool }
            guard making || FileManager.default.fileExists(atPath: path) else {
                throw ReadingsFailure.damaged(path: path, what: "it is not there")
            }
            var configuration = Configuration()
            configuration.busyMode = .timeout(StorageLimits.busyTimeoutSeconds)
            configuration.maximumReaderCount = StorageLimits.readersMax
            configuration.prepareDatabase { db in
                try db.execute(sql: "pragma page_size = \(ReadingsSchema.dayPageBytes)")
            }
            let new = try DatabasePool(path: path, configuration: configuration)
            try new.writeWithoutTransaction { db in
                try db.execute(sql: "pragma synchronous = full")
                try db.execute(
                    sql: "pragma journal_size_limit = \(StorageLimits.writeAheadLogBytesMax)")
            }
            pool = new
            return new
        }
    }
}

/// Statements on the file of a day.
enum DayTables {
    /// The key of what a flush wrote of a point.
    static func chunkKey(flush: Int64, point: Int) -> Int64 { flush << 32 | Int64(point) }

    /// The key of a part of a point's merged readings.
    static func mergedKey(point: Int, part: UInt32) -> Int64 {
        Int64(point) << 32 | Int64(part)
    }

    /// The key of a column of receipts that chunks of a flush share; 0: that merged ones do.
    static func receiptsKey(flush: Int64, number: UInt32) -> Int64 { flush << 32 | Int64(number) }

    /// Writes a chunk, and the column of receipts that it is the second to need.
    static func insert(
        _ table: String, key: Int64, _ series: ReadingSeries, flush: Int64,
        _ shared: inout SharedReceipts, in db: Database
    ) throws {
        let place = shared.place(of: series.receivedAt)
        if let place, place.isNew {
            let key = receiptsKey(flush: flush, number: place.number)
            let body = SeriesCoding.encode(receipts: series.receivedAt, key: UInt64(key))
            try insert("receipts", key: key, body, in: db)
        }
        let body = SeriesCoding.encode(series, receipts: place?.number, key: UInt64(key))
        try insert(table, key: key, body, in: db)
    }

    private static func insert(
        _ table: String, key: Int64, _ body: [UInt8], in db: Database
    ) throws {
        try db.cachedStatement(sql: "insert into \(table) (key, body) values (?, ?)")
            .execute(arguments: [key, Data(body)])
    }

    /// The readings of a point that count: merged ones first, then by flush; within each oldest
    /// first. Chunks in which nothing was measured before `end` may be left out.
    static func readings(
        of point: Int, flushes: [Int64], before end: Int64, receipts: Bool, in db: Database
    ) throws -> ReadingSeries {
        var series = ReadingSeries()
        var columns: [Int64: [Int64]] = [:]
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: "select key, body from merged where key between ? and ? order by key"),
            arguments: [
                mergedKey(point: point, part: 0), mergedKey(point: point, part: .max),
            ])
        while let row = try rows.next() {
            let chunk = try decode(row, before: end, receipts: receipts)
            series.append(try whole(chunk, flush: 0, &columns, in: db))
        }
        let statement = try db.cachedStatement(sql: "select key, body from chunks where key = ?")
        for flush in flushes {
            let key = chunkKey(flush: flush, point: point)
            let found = try Row.fetchCursor(statement, arguments: [key])
            while let row = try found.next() {
                let chunk = try decode(row, before: end, receipts: receipts)
                series.append(try whole(chunk, flush: flush, &columns, in: db))
            }
        }
        return series
    }

    /// All readings of points in `points` that a flush wrote, or that were merged before it.
    static func forEach(
        _ table: String, _ keys: ClosedRange<Int64>, flush: Int64,
        _ columns: inout [Int64: [Int64]], in db: Database,
        _ body: (_ key: Int64, ReadingSeries) throws -> Void
    ) throws {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: "select key, body from \(table) where key between ? and ? order by key"),
            arguments: [keys.lowerBound, keys.upperBound])
        while let row = try rows.next() {
            let chunk = try decode(row, before: .max, receipts: true)
            try body(row[0], try whole(chunk, flush: flush, &columns, in: db))
        }
    }

    /// A chunk with the receipts that it shares; `columns` remembers those that were read.
    private static func whole(
        _ chunk: Chunk, flush: Int64, _ columns: inout [Int64: [Int64]], in db: Database
    ) throws -> ReadingSeries {
        guard let number = chunk.receipts else { return chunk.series }
        let key = receiptsKey(flush: flush, number: number)
        if let column = columns[key] { return try chunk.received(column) }
        let found = try Row.fetchCursor(
            db.cachedStatement(sql: "select body from receipts where key = ?"), arguments: [key])
        guard let row = try found.next() else { throw ChunkDamage.receipts }
        let column = try row.withUnsafeData(atIndex: 0) { data in
            try (data ?? .init()).withUnsafeBytes {
                try SeriesCoding.decodeReceipts($0, key: UInt64(bitPattern: key))
            }
        }
        columns[key] = column
        return try chunk.received(column)
    }

    private static func decode(
        _ row: Row, before end: Int64, receipts: Bool
    ) throws -> Chunk {
        let key: Int64 = row[0]
        return try row.withUnsafeData(atIndex: 1) { data in
            try (data ?? .init()).withUnsafeBytes {
                try SeriesCoding.decode(
                    $0, key: UInt64(bitPattern: key), before: end, receipts: receipts)
            }
        }
    }
}
