import Domain
import Foundation
import GRDB
import IngestCore
import Storage

/// One file of the journal: the groups of some time, in the order of their commits.
///
/// The log writes to the last of them only. Its write-ahead log is emptied when it is sealed, so
/// that a commit costs one write in a row and one wait for the disk.
final class Segment: Sendable {
    let number: Int64
    /// The position that the first batch in it has, or will have.
    let first: UInt64
    let path: String
    private let pool: DatabasePool
    private let options: Store.Options

    /// Opens the file or makes it.
    init(folder: ReadingsFolder, number: Int64, first: UInt64, options: Store.Options) throws {
        (self.number, self.first, self.options) = (number, first, options)
        path = folder.segment(number, first: first)
        pool = try DatabasePool(path: path, configuration: Self.configuration())
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "pragma synchronous = full")
            try db.execute(sql: "pragma wal_autocheckpoint = 0")
        }
        try pool.write { try $0.execute(sql: ReadingsSchema.segment) }
        try folder.sync()
    }

    private static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(StorageLimits.busyTimeoutSeconds)
        configuration.maximumReaderCount = StorageLimits.readersMax
        return configuration
    }

    /// Writes in one transaction and waits for the disk; blocks the thread.
    func write<T>(_ body: (Database) throws -> T) throws -> T {
        try pool.write { db in
            let result = try body(db)
            try options.beforeCommit?()
            return result
        }
    }

    func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        try await pool.read(body)
    }

    @_disfavoredOverload
    func read<T>(_ body: (Database) throws -> T) throws -> T { try pool.read(body) }

    /// Puts all of it into the file itself. What a reader holds up comes with the closing.
    func seal() {
        _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
    }

    func close() throws {
        seal()
        try pool.close()
    }
}

/// What the log knows of a segment.
struct SegmentState: Sendable {
    var number: Int64
    var first: UInt64
    /// When its last batch was received; nil while it has none.
    var newestReceivedAt: Instant?
    /// Open while batches are written to it, or have yet to be flushed.
    var open: Segment?
}

/// Statements on a segment, open or read as a file of its own.
enum SegmentTables {
    static func insert(
        _ bodies: [[UInt8]], position: UInt64, receivedAt: Instant, in db: Database
    ) throws {
        if bodies.isEmpty { return }
        try db.cachedStatement(
            sql: """
                insert into groups (position, last, received_at_unix_ms, body)
                values (?, ?, ?, ?)
                """
        ).execute(arguments: [
            Int64(position), Int64(position) + Int64(bodies.count) - 1,
            receivedAt.unixMilliseconds, Data(GroupCoding.group(bodies, key: position)),
        ])
    }

    static func insert(point number: UInt32, _ id: PointID, in db: Database) throws {
        // A commit that failed may have been stored all the same; the number is the same then.
        try db.cachedStatement(sql: "insert or ignore into points (number, id) values (?, ?)")
            .execute(arguments: [Int64(number), id.text])
    }

    static func insert(refused batch: SealedBatch, in db: Database) throws {
        try db.cachedStatement(
            sql: """
                insert into refused (gateway, sequence, fingerprint, received_at_unix_ms)
                values (?, ?, ?, ?)
                """
        ).execute(arguments: [
            batch.gateway.text, Int64(batch.sequence), Int64(bitPattern: batch.fingerprint),
            batch.receivedAt.unixMilliseconds,
        ])
    }

    /// The batches after a position and before another, at most `limit` of them.
    static func batches(
        after position: UInt64, before end: UInt64, limit: Int, in db: Database
    ) throws -> [(position: UInt64, batch: JournalBatch)] {
        var found: [(position: UInt64, batch: JournalBatch)] = []
        try forEachGroup(after: position, in: db) { first, batches in
            if first >= end { return false }
            for (place, batch) in batches.enumerated() where first + UInt64(place) > position {
                if found.count < limit { found.append((first + UInt64(place), batch)) }
            }
            return found.count < limit
        }
        return found
    }

    /// Goes over the groups with batches after a position in order, until `body` is false.
    static func forEachGroup(
        after position: UInt64, in db: Database,
        _ body: (_ first: UInt64, [JournalBatch]) throws -> Bool
    ) throws {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    select position, body from groups where position >= coalesce(
                        (select max(position) from groups where position <= ?1), 0)
                        and last > ?1
                    order by position
                    """), arguments: [Int64(clamping: position)])
        while let row = try rows.next() {
            let first = UInt64(row[0] as Int64)
            let batches = try row.withUnsafeData(atIndex: 1) { data in
                try (data ?? .init()).withUnsafeBytes {
                    try GroupCoding.decode($0, key: first)
                }
            }
            if try !body(first, batches) { return }
        }
    }

    static func points(in db: Database) throws -> [(number: Int64, id: PointID)] {
        try Row.fetchAll(db, sql: "select number, id from points order by number").map {
            ($0[0], PointID($0[1]))
        }
    }

    static func refused(in db: Database) throws -> [KnownBatch] {
        let sql = "select gateway, sequence, fingerprint, received_at_unix_ms from refused"
        return try Row.fetchAll(db, sql: sql).map { row in
            KnownBatch(
                gateway: GatewayID(row[0]), sequence: UInt64(row[1] as Int64),
                fingerprint: UInt64(bitPattern: row[2] as Int64),
                receivedAt: Instant(unixMilliseconds: row[3]), readingCount: 0)
        }
    }

    /// Of the last group: an earlier one is hardly ever newer, and never by much.
    static func newestReceivedAt(in db: Database) throws -> Instant? {
        try Int64.fetchOne(
            db, sql: "select received_at_unix_ms from groups order by position desc limit 1"
        ).map(Instant.init(unixMilliseconds:))
    }

    /// Reads a segment that is not open; nobody writes to it.
    static func read<T>(path: String, _ body: (Database) throws -> T) throws -> T {
        // Not made anew if it is not there.
        guard FileManager.default.fileExists(atPath: path) else {
            throw ReadingsFailure.damaged(path: path, what: "it is not there")
        }
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read(body)
    }
}

/// What is known of a stored batch beside its readings.
struct KnownBatch: Sendable {
    var gateway: GatewayID
    var sequence: UInt64
    var fingerprint: UInt64
    var receivedAt: Instant
    var readingCount: Int
}
