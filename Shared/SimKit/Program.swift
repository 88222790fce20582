import Foundation
import Synchronization

/// One of our programs as a process of its own, which never outlives the test that started it.
package final class Program: Sendable {
    /// It ended before it had printed what was waited for.
    package struct EndedEarly: Error, CustomStringConvertible {
        package var description: String
    }

    private let name: String
    private let arguments: [String]
    private let output: String
    private let running = Mutex<Running?>(nil)

    private struct Running {
        var child: Process
        /// Kills the program when its input ends: when the test is over, however it ended.
        var guardian: Process
        var alive: Pipe
    }

    /// What the program prints goes to a file in `folder`, anew at each start.
    package init(_ name: String, _ arguments: [String], in folder: TemporaryFolder) {
        (self.name, self.arguments) = (name, arguments)
        output = folder.file("\(name).out")
    }

    /// Programs are built beside the tests.
    package static func path(_ name: String) -> String {
        let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: tests ?? "").deletingLastPathComponent()
            .appendingPathComponent(name).path
    }

    package static func isBuilt(_ name: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: path(name))
    }

    package func start() throws {
        let (child, guardian, alive) = (Process(), Process(), Pipe())
        child.executableURL = URL(fileURLWithPath: Self.path(name))
        child.arguments = arguments
        try Data().write(to: URL(fileURLWithPath: output))
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
        child.standardInput = FileHandle.nullDevice
        child.standardOutput = file
        child.standardError = file
        try child.run()
        guardian.executableURL = URL(fileURLWithPath: "/bin/sh")
        guardian.arguments = [
            "-c", "cat >/dev/null; kill -9 $1", "guardian", "\(child.processIdentifier)",
        ]
        guardian.standardInput = alive
        guardian.standardOutput = FileHandle.nullDevice
        guardian.standardError = FileHandle.nullDevice
        try guardian.run()
        running.withLock { $0 = Running(child: child, guardian: guardian, alive: alive) }
    }

    /// Sends a signal and waits until the program has ended; returns its exit code.
    @discardableResult
    package func end(_ signal: Int32) -> Int32? {
        guard let running = running.withLock({ $0.take() }) else { return nil }
        kill(running.child.processIdentifier, signal)
        running.child.waitUntilExit()
        // It has nobody left to watch.
        kill(running.guardian.processIdentifier, SIGKILL)
        try? running.alive.fileHandleForWriting.close()
        return running.child.terminationStatus
    }

    /// Waits until the program has ended by itself; returns its exit code.
    package func wait() -> Int32? { end(0) }

    /// What it has printed since it was started last.
    package var printed: String { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }

    /// Of the process that runs; nil if none does.
    package var processIdentifier: Int32? {
        running.withLock { $0?.child.processIdentifier }
    }

    private var isRunning: Bool { running.withLock { $0?.child.isRunning ?? false } }

    /// Waits until it has printed `text`, however slow the machine is; throws if it ends before.
    package func waitUntilPrinted(_ text: String) async throws {
        while true {
            // Looked at first: what it printed last is there once it has ended.
            let isOver = !isRunning
            if printed.contains(text) { return }
            if isOver {
                throw EndedEarly(
                    description: "\(name) ended before it printed \"\(text)\":\n\(printed)")
            }
            // Another process takes real time.
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
