package import GRDB
import Synchronization

/// One SQLite file with one writer: what a service remembers.
///
/// What `write` has returned from is on disk (`synchronous=FULL`). It is a pool, not a queue, so
/// that subscribers read pages of the journal and the API reads tables while the writer commits:
/// with a queue each of them would wait for the disk.
package final class Store: Sendable {
    package struct Options: Sendable {
        /// Called inside each write, after its last statement; a throw rolls the write back.
        /// For tests: it stands for a disk that fails.
        package var beforeCommit: (@Sendable () throws -> Void)?

        package init(beforeCommit: (@Sendable () throws -> Void)? = nil) {
            self.beforeCommit = beforeCommit
        }
    }

    package let path: String
    private let pool: DatabasePool
    private let lock: Mutex<StoreLock?>
    private let options: Options

    /// Opens the file, makes it if it is not there, and brings its tables up to date.
    package init(path: String, migrations: [MigrationSet], options: Options = Options()) throws {
        self.path = path
        self.options = options
        lock = Mutex(try StoreLock(path: path))
        do {
            pool = try DatabasePool(path: path, configuration: Self.configuration())
            // GRDB chooses NORMAL for a write-ahead log, which may forget the last commits at a
            // power cut; they have been acknowledged.
            try pool.writeWithoutTransaction { db in
                try db.execute(sql: "pragma synchronous = full")
                try db.execute(
                    sql: "pragma journal_size_limit = \(StorageLimits.writeAheadLogBytesMax)")
            }
        } catch let error as DatabaseError {
            throw StoreFailure.cannotOpen(path: path, reason: error.message ?? "\(error)")
        }
        try migrate(pool, migrations, path: path)
    }

    private static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(StorageLimits.busyTimeoutSeconds)
        configuration.maximumReaderCount = StorageLimits.readersMax
        configuration.foreignKeysEnabled = true
        return configuration
    }

    /// Writes in one transaction and waits for the disk; blocks the thread.
    @_disfavoredOverload
    package func write<T>(_ body: (Database) throws -> T) throws -> T {
        try pool.write { db in
            let result = try body(db)
            try options.beforeCommit?()
            return result
        }
    }

    /// Writes in one transaction and waits for the disk, on a thread of the store.
    package func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws
        -> T
    {
        try await pool.write { [options] db in
            let result = try body(db)
            try options.beforeCommit?()
            return result
        }
    }

    /// Reads from one state of the store; blocks the thread.
    @_disfavoredOverload
    package func read<T>(_ body: (Database) throws -> T) throws -> T {
        try pool.read(body)
    }

    /// Reads from one state of the store, on a thread of the store.
    package func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws
        -> T
    {
        try await pool.read(body)
    }

    /// Closes the file, with all that was written in it and nothing beside it, and gives it free
    /// for another process; later calls fail.
    package func close() throws {
        // A reader that is still at work holds up the cleaning, not the closing.
        _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        try pool.close()
        lock.withLock { $0 = nil }
    }
}
