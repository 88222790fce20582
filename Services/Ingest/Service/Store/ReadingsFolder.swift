import Foundation

/// The files of a readings store: `catalog.sqlite`, `segment-<number>-<first position>.sqlite` and
/// `day-<day>-<generation>.sqlite`.
struct ReadingsFolder: Sendable {
    let path: String

    var catalog: String { path + "/catalog.sqlite" }

    func segment(_ number: Int64, first: UInt64) -> String {
        path + "/segment-\(number)-\(first).sqlite"
    }

    func day(_ day: Int64, generation: Int64) -> String {
        path + "/day-\(day)-\(generation).sqlite"
    }

    struct Contents {
        var hasCatalog = false
        /// By number.
        var segments: [(number: Int64, first: UInt64)] = []
        var days: [(day: Int64, generation: Int64)] = []
    }

    func contents() throws -> Contents {
        var contents = Contents()
        for name in try FileManager.default.contentsOfDirectory(atPath: path).sorted() {
            if name == "catalog.sqlite" { contents.hasCatalog = true }
            guard name.hasSuffix(".sqlite") else { continue }
            // A day before 1970 would have a sign of its own; none is ever taken in.
            let parts = name.dropLast(7).split(separator: "-")
            guard parts.count == 3, let one = Int64(parts[1]), let two = Int64(parts[2]),
                two >= 0
            else { continue }
            if parts[0] == "segment" { contents.segments.append((one, UInt64(two))) }
            if parts[0] == "day" { contents.days.append((one, two)) }
        }
        contents.segments.sort { $0.number < $1.number }
        contents.days.sort { ($0.day, $0.generation) < ($1.day, $1.generation) }
        return contents
    }

    /// Makes the folder, and its name durable.
    func make() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Self.sync(URL(fileURLWithPath: path).deletingLastPathComponent().path)
    }

    /// Makes durable which files there are.
    func sync() throws { try Self.sync(path) }

    /// Removes a database with what SQLite keeps beside it.
    static func remove(_ path: String) {
        // The database last: what is left after a crash is still known by its name.
        for suffix in ["-wal", "-shm", "-journal", ""] { unlink(path + suffix) }
    }

    /// Waits until a file or folder is on disk.
    static func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }
}

/// Why a readings store is not opened, in a sentence for the operator.
package enum ReadingsFailure: Error, Sendable, Equatable, CustomStringConvertible {
    case oldStore(path: String)
    case nothing(folder: String)
    case catalogMissing(folder: String)
    case unknownFile(path: String)
    case segmentMissing(folder: String, number: Int64)
    case positionMissing(folder: String, position: UInt64)
    case damaged(path: String, what: String)

    package var description: String {
        switch self {
        case .oldStore(let path):
            "\(path) was written by an earlier version of ingest, whose readings this one cannot "
                + "read. Move the file away (the old program still reads it there) and start "
                + "again: readings are then kept in the folder beside it."
        case .nothing(let folder):
            "There is no folder \(folder). Readings lie in ingest/readings of the data folder."
        case .catalogMissing(let folder):
            "\(folder) holds readings, but catalog.sqlite is missing, and without it nobody knows "
                + "which of them count. Restore the folder as a whole, or move it away to begin "
                + "anew."
        case .unknownFile(let path):
            "\(path) is not in the catalog: file and catalog are of different copies. Restore the "
                + "folder as a whole, or move this file away to go on without it."
        case .segmentMissing(let folder, let number):
            "Segment \(number) is missing in \(folder), and its readings are nowhere else. Restore "
                + "the folder as a whole."
        case .positionMissing(let folder, let position):
            "The batch at position \(position) is missing in the segments of \(folder), and its "
                + "readings are nowhere else. Restore the folder as a whole."
        case .damaged(let path, let what):
            "\(path) is damaged: \(what). Run `hazwatch reading verify`, keep the file as "
                + "evidence, and restore a copy."
        }
    }
}
