import Foundation
import Testing

/// The official Python protobuf (of the interop set-up), run as a process over a whole batch.
struct OfficialLibrary {
    let python: String
    let folder: URL
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The Python of the interop set-up, or Debian's.
    init() throws {
        python = Self.root.appending(path: ".build/interop/venv/bin/python").path
        try #require(
            FileManager.default.isExecutableFile(atPath: python),
            "Python with protobuf is missing: run Tests/Interop/setup.sh")
        folder = FileManager.default.temporaryDirectory
            .appending(path: "hazwatch-fuzz-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var files = Chunks()
        for file in Fuzz.files { files.append(file.descriptor) }
        try files.data.write(to: folder.appending(path: "files"))
    }

    /// Random messages of every type: (name, bytes).
    func messages(seed: Int, count: Int) throws -> [(String, [UInt8])] {
        let out = folder.appending(path: "messages")
        let result = try peer("generate", "\(seed)", "\(count)", out.path)
        try #require(result.status == 0, "\(result.output)")
        let chunks = Chunks.read(try Data(contentsOf: out))
        return stride(from: 0, to: chunks.count - 1, by: 2).map {
            (String(decoding: chunks[$0], as: UTF8.self), chunks[$0 + 1])
        }
    }

    /// Status 0 if the library agrees with everything that we said.
    func judge(_ cases: Chunks) throws -> (status: Int32, output: String) {
        let path = folder.appending(path: "cases")
        try cases.data.write(to: path)
        return try peer("judge", path.path)
    }

    func close() {
        try? FileManager.default.removeItem(at: folder)
    }

    private func peer(_ command: String, _ more: String...) throws -> (
        status: Int32, output: String
    ) {
        let script = Self.root.appending(path: "Tests/Interop/python/fuzz_peer.py").path
        let files = folder.appending(path: "files").path
        return try Self.run(python, [script, command, files] + more)
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> (
        status: Int32, output: String
    ) {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
