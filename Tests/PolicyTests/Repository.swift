import Foundation

/// The files of the working copy that the tests were built from.
enum Repository {
    static func files(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(folder))
    }

    /// Where a file of the working copy is.
    static func path(_ file: String, testFile: String = #filePath) -> String {
        URL(fileURLWithPath: testFile)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent(file).path
    }
}
