import Foundation

/// Compares a text with the file in which a person has approved it.
///
/// With `HAZWATCH_GOLDEN=1` in the environment the file is written anew, to be reviewed as a diff.
package enum Golden {
    /// Nil if `text` is what the file `name` beside the test's source holds, else where they part.
    package static func difference(
        _ text: String, from name: String, source: String = #filePath
    ) throws -> String? {
        let folder = URL(fileURLWithPath: source).deletingLastPathComponent()
        let file = folder.appendingPathComponent("Golden").appendingPathComponent(name)
        if ProcessInfo.processInfo.environment["HAZWATCH_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
            return nil
        }
        guard let approved = try? String(contentsOf: file, encoding: .utf8) else {
            return "Golden/\(name) is missing; `make golden` writes it, then review it."
        }
        if approved == text { return nil }
        let (old, new) = (lines(approved), lines(text))
        let same = zip(old, new).prefix { $0 == $1 }.count
        func line(_ lines: [Substring]) -> Substring { same < lines.count ? lines[same] : "(end)" }
        return """
            Golden/\(name) differs from line \(same + 1):
            approved: \(line(old))
            now:      \(line(new))
            If the new text is right, `make golden` writes it; review the diff.
            """
    }

    private static func lines(_ text: String) -> [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
    }
}
