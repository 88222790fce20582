import Foundation

/// The files of the working copy that the tests were built from.
enum Repository {
    static func files(
        in folder: String, testFile: String = #filePath
    ) throws -> [String] {
        let root = URL(fileURLWithPath: testFile)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try FileManager.default.contentsOfDirectory(
            atPath: root.appendingPathComponent(folder).path)
    }
}
