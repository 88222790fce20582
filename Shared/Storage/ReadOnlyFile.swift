import Foundation
package import GRDB

/// A store that belongs to someone else: read, never written, never migrated.
package enum ReadOnlyFile {
    /// Reads from one state of the file, also while its service runs.
    package static func read<T>(path: String, _ body: (Database) throws -> T) throws -> T {
        guard FileManager.default.fileExists(atPath: path) else {
            throw StoreFailure.cannotOpen(path: path, reason: "there is no such file")
        }
        do {
            return try DatabaseQueue(path: path, configuration: configuration()).read(body)
        } catch let error as DatabaseError where isUnwritable(error) && isAlone(path) {
            // A copy in a folder that cannot be written, with no log beside it: nobody writes it.
            return try DatabaseQueue(path: uri(path), configuration: configuration()).read(body)
        } catch let error as DatabaseError {
            throw StoreFailure.cannotOpen(path: path, reason: error.message ?? "\(error)")
        }
    }

    private static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(StorageLimits.busyTimeoutSeconds)
        return configuration
    }

    private static func isUnwritable(_ error: DatabaseError) -> Bool {
        error.resultCode == .SQLITE_CANTOPEN || error.resultCode == .SQLITE_READONLY
    }

    private static func isAlone(_ path: String) -> Bool {
        !FileManager.default.fileExists(atPath: path + "-wal")
    }

    private static func uri(_ path: String) -> String {
        let absolute = URL(fileURLWithPath: path).path
        let escaped = absolute.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed)
        return "file:\(escaped ?? absolute)?immutable=1"
    }
}
