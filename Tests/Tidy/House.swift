import Foundation
import Testing

/// One finding of a tidy rule, printed as `path:line: what is wrong; what to use instead`.
struct Finding: CustomStringConvertible, Equatable {
    var path: String
    var line: Int
    var wrong: String
    var instead: String

    var description: String { "\(path):\(line): \(wrong); \(instead)" }
}

/// Fails the test with one line a finding.
func expectNone(_ findings: [Finding], sourceLocation: SourceLocation = #_sourceLocation) {
    let lines = Set(findings.map(\.description)).sorted().joined(separator: "\n")
    #expect(findings.isEmpty, "\n\(lines)", sourceLocation: sourceLocation)
}

/// One file of the house, by its path from the root.
struct SourceFile: Sendable {
    let path: String
    let text: String
    let tokens: [Token]

    init(_ path: String, _ text: String) {
        (self.path, self.text) = (path, text)
        tokens = path.hasSuffix(".swift") ? Tokenizer.tokens(of: text) : []
    }

    /// The code without comments and strings.
    var code: [Token] { tokens.filter { $0.kind != .comment && $0.kind != .string } }
    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    var folder: String { path.split(separator: "/").dropLast().joined(separator: "/") }
    var isTest: Bool { path.hasPrefix("Tests/") }
    /// Made by a program: the first line says so.
    var isGenerated: Bool {
        let mark = lines.prefix(12).joined(separator: "\n").lowercased()
        return mark.contains("generated") && mark.contains("do not edit")
    }

    func finding(_ line: Int, _ wrong: String, _ instead: String) -> Finding {
        Finding(path: path, line: line, wrong: wrong, instead: instead)
    }
}

/// The files of this repository, read once.
enum House {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every text file that is ours to keep; what is built, fetched or run is left out.
    static let files: [SourceFile] = paths.compactMap { path in
        guard let data = try? Data(contentsOf: root.appending(path: path)),
            let text = String(data: data, encoding: .utf8)
        else { return nil }
        return SourceFile(path, text)
    }

    static let swift = files.filter { $0.path.hasSuffix(".swift") && $0.path != "Package.swift" }

    static func file(_ path: String) -> SourceFile {
        files.first { $0.path == path } ?? SourceFile(path, "")
    }

    private static let paths: [String] = {
        var found: [String] = []
        var folders = [""]
        let left: Set = ["data", "Package.resolved"]
        while let folder = folders.popLast() {
            let names = try? FileManager.default.contentsOfDirectory(
                atPath: root.appending(path: folder).path)
            for name in names ?? [] {
                if name.hasPrefix("."), name != ".ci", name != ".swift-format" { continue }
                let path = folder.isEmpty ? name : folder + "/" + name
                if left.contains(path) || name == "__pycache__" { continue }
                var isFolder: ObjCBool = false
                _ = FileManager.default.fileExists(
                    atPath: root.appending(path: path).path, isDirectory: &isFolder)
                if isFolder.boolValue { folders.append(path) } else { found.append(path) }
            }
        }
        return found.sorted()
    }()
}
