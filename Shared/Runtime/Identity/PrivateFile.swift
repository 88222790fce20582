import Foundation

/// Files that only their owner may read.
package enum PrivateFile {
    /// Writes a new file whole, readable by its owner alone; fails if it is there.
    package static func create(_ path: String, _ bytes: [UInt8]) throws {
        let descriptor = Glibc.open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw failure(path) }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count <= 0 { throw failure(path) }
            written += count
        }
        if fsync(descriptor) != 0 { throw failure(path) }
    }

    /// Puts `text` in place of what the file held, at once: a reader sees the old or the new.
    package static func replace(_ path: String, _ text: String) throws {
        let new = path + ".new"
        unlink(new)
        try create(new, Array(text.utf8))
        if rename(new, path) != 0 { throw failure(path) }
    }

    /// Makes a folder with what is above it, open to its owner alone.
    package static func createFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw FileFailure(path: path, reason: error.localizedDescription)
        }
    }

    private static func failure(_ path: String) -> FileFailure {
        FileFailure(path: path, reason: String(cString: strerror(errno)))
    }
}

/// Why a file cannot be written or read.
package struct FileFailure: Error, Hashable, CustomStringConvertible {
    package var path: String
    package var reason: String

    package init(path: String, reason: String) {
        (self.path, self.reason) = (path, reason)
    }

    package var description: String {
        "\(path): \(reason). Look at the folder, its owner and the space left on the disk."
    }
}
