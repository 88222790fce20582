package import Domain
import Foundation
import Glibc
package import IngestCore

/// One picture that is kept.
package struct Still: Hashable, Sendable {
    package var camera: CameraID
    /// Its SHA-256 in hexadecimal.
    package var hash: String
    /// When it was taken; the last time, if the same picture came again.
    package var takenAt: Instant
    package var byteCount: Int
}

/// Keeps stills as files `CAMERA/TIME-HASH.jpg`, of each camera the last ones.
///
/// A picture that came before is the same file under its new time. A file is whole or not there: it
/// is written under another name first.
package actor StillStore {
    package typealias Failure = PictureFile.Failure

    private let folder: String
    private let perCameraMax: Int

    package init(folder: String, perCameraMax: Int) {
        (self.folder, self.perCameraMax) = (folder, perCameraMax)
    }

    /// Keeps a picture, and gives up the oldest of the same camera if there are too many.
    package func keep(_ bytes: [UInt8], of camera: CameraID, at now: Instant) throws -> Still {
        let home = home(of: camera)
        let still = Still(
            camera: camera, hash: PictureFile.hash(bytes), takenAt: now, byteCount: bytes.count)
        do {
            try FileManager.default.createDirectory(
                atPath: home, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw Failure.cannotWrite("\(home) cannot be made")
        }
        let before = files(of: camera)
        try PictureFile.write(bytes, to: home + "/new.part", as: path(of: still))
        for other in before where other.hash == still.hash && other.takenAt != now {
            unlink(path(of: other))
        }
        for other in files(of: camera).dropFirst(perCameraMax) { unlink(path(of: other)) }
        return still
    }

    /// What is kept of a camera, the latest first.
    package func list(of camera: CameraID) -> [Still] { files(of: camera) }

    /// One picture; nil if it is not kept, or not any more.
    package func read(_ hash: String, of camera: CameraID) throws -> (Still, [UInt8])? {
        guard let still = files(of: camera).first(where: { $0.hash == hash }) else { return nil }
        guard let data = FileManager.default.contents(atPath: path(of: still)) else {
            throw Failure.cannotRead("\(path(of: still)) cannot be read")
        }
        let bytes = [UInt8](data)
        guard PictureFile.hash(bytes) == hash else { throw Failure.damaged }
        return (still, bytes)
    }

    /// Removes what is kept of all other cameras; says of how many.
    package func keepOnly(_ cameras: Set<CameraID>) -> Int {
        let kept = Set(cameras.map { Self.name(of: $0) })
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.count { name in
            if kept.contains(name) { return false }
            return (try? FileManager.default.removeItem(atPath: folder + "/" + name)) != nil
        }
    }

    private func files(of camera: CameraID) -> [Still] {
        let home = home(of: camera)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: home)) ?? []
        return names.compactMap { name in
            guard name.hasSuffix(".jpg") else { return nil }
            let parts = name.dropLast(4).split(separator: "-")
            guard parts.count == 2, let time = Int64(parts[0]), parts[1].utf8.count == 64 else {
                return nil
            }
            var facts = stat()
            guard stat(home + "/" + name, &facts) == 0 else { return nil }
            return Still(
                camera: camera, hash: String(parts[1]),
                takenAt: Instant(unixMilliseconds: time), byteCount: Int(facts.st_size))
        }.sorted { ($1.takenAt, $1.hash) < ($0.takenAt, $0.hash) }
    }

    private func path(of still: Still) -> String {
        home(of: still.camera) + "/\(still.takenAt.unixMilliseconds)-\(still.hash).jpg"
    }

    private func home(of camera: CameraID) -> String { folder + "/" + Self.name(of: camera) }

    /// Ids may hold what a file name may not.
    private static func name(of camera: CameraID) -> String {
        camera.text.utf8.map { byte in
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte) || byte == 0x2D || byte == 0x5F
            return isPlain
                ? String(UnicodeScalar(byte)) : "%" + String(format: "%02X", Int(byte))
        }.joined()
    }
}
