import Foundation

/// The text of docs/JOURNAL.md.
func documentText(source: String = #filePath) -> String {
    let root = URL(fileURLWithPath: source)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let path = root.appendingPathComponent("docs/JOURNAL.md")
    return (try? String(contentsOf: path, encoding: .utf8)) ?? ""
}
