import Foundation

/// Keeps photographs as files by their content `HA/HASH`: the same twice is one, and none goes.
package actor PhotoStore {
    private let folder: String

    package init(folder: String) { self.folder = folder }

    /// What a photograph is called.
    package static func hash(_ bytes: [UInt8]) -> String { PictureFile.hash(bytes) }

    /// Keeps a photograph under its hash; it is on disk when this returns.
    package func keep(_ bytes: [UInt8], as hash: String) throws {
        if (try? read(hash)) != nil { return }
        let home = home(of: hash)
        do {
            try FileManager.default.createDirectory(
                atPath: home, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw PictureFile.Failure.cannotWrite("\(home) cannot be made")
        }
        try PictureFile.write(bytes, to: home + "/new.part", as: home + "/" + hash)
    }

    /// A photograph; nil if there is none of this hash.
    package func read(_ hash: String) throws -> [UInt8]? {
        let path = home(of: hash) + "/" + hash
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw PictureFile.Failure.cannotRead("\(path) cannot be read")
        }
        let bytes = [UInt8](data)
        guard PictureFile.hash(bytes) == hash else { throw PictureFile.Failure.damaged }
        return bytes
    }

    private func home(of hash: String) -> String { folder + "/" + hash.prefix(2) }
}
