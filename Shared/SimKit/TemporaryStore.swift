package import Storage

/// A store of one test, on a disk that can fail.
package final class TemporaryStore: Sendable {
    package let folder: TemporaryFolder
    package let disk = FaultyDisk()
    package let path: String
    private let migrations: [MigrationSet]

    package init(migrations: [MigrationSet] = [.shared]) throws {
        folder = try TemporaryFolder()
        path = folder.file("store.sqlite")
        self.migrations = migrations
    }

    /// Opens the file; the one who opened it before must have let go of it.
    package func open() throws -> Store {
        try Store(path: path, migrations: migrations, options: disk.options)
    }
}
