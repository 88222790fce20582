import Foundation
import Synchronization
import Testing

/// A process of another maker, or a server of ours in one; ended by its id, within a time.
final class ForeignProcess: Sendable {
    struct Ended {
        let status: Int32
        let output: String
    }

    /// The repository.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    /// What Tests/Interop/setup.sh makes.
    static let made = root.appending(path: ".build/interop")
    /// The programs that were built with these tests.
    static var programs: URL {
        URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent()
    }

    private let process: Process
    private let output = Output()

    /// What the process has written; lines are waited for, and a process that is silent is ended.
    private final class Output: Sendable {
        private struct Content {
            var bytes = Data()
            var isAtEnd = false
        }
        private let content = Mutex(Content())
        private let arrived = DispatchSemaphore(value: 0)

        func take(_ data: Data) {
            content.withLock {
                $0.bytes.append(data)
                $0.isAtEnd = $0.isAtEnd || data.isEmpty
            }
            arrived.signal()
        }

        /// The first line; nil if there is none by then.
        func firstLine(by deadline: DispatchTime) -> String? {
            while true {
                let (line, isAtEnd) = content.withLock { content in
                    let end = content.bytes.firstIndex(of: 0x0A)
                    let line = end.map { String(decoding: content.bytes[..<$0], as: UTF8.self) }
                    return (line, content.isAtEnd)
                }
                if line != nil || isAtEnd { return line }
                if arrived.wait(timeout: deadline) == .timedOut { return nil }
            }
        }

        /// Everything, after the end; false if it has not ended by then.
        func all(by deadline: DispatchTime) -> (text: String, isAtEnd: Bool) {
            while true {
                let now = content.withLock {
                    (String(decoding: $0.bytes, as: UTF8.self), $0.isAtEnd)
                }
                if now.1 || arrived.wait(timeout: deadline) == .timedOut { return now }
            }
        }
    }

    /// Starts `program`; fails with what to run if it is not there.
    init(_ program: URL, _ arguments: [String]) throws {
        try #require(
            FileManager.default.isExecutableFile(atPath: program.path),
            "\(program.path) is missing: run Tests/Interop/setup.sh, or build our own programs"
        )
        process = Process()
        process.executableURL = program
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        // A thread of its own reads to the end, so that the process never waits for us.
        let reading = pipe.fileHandleForReading
        Thread.detachNewThread { [output] in
            var data: Data
            repeat {
                data = reading.availableData
                output.take(data)
            } while !data.isEmpty
        }
    }

    /// A server that prints its port as its first line.
    static func server(
        _ program: URL, _ arguments: [String]
    ) async throws -> (ForeignProcess, port: Int) {
        let server = try ForeignProcess(program, arguments)
        let line = await blocking { server.output.firstLine(by: .now() + 300) }
        guard let port = line.flatMap({ Int($0) }) else {
            let ended = await server.stop()
            throw Failure("\(program.lastPathComponent) gave no port: \(ended.output)")
        }
        return (server, port)
    }

    /// Runs a program to its end, at most so long.
    static func run(
        _ program: URL, _ arguments: [String], seconds: Int = 500
    ) async throws -> Ended {
        let process = try ForeignProcess(program, arguments)
        return await blocking { process.ended(by: .now() + .seconds(seconds)) }
    }

    /// Asks the process to end, and ends it by force if it does not within two minutes.
    @discardableResult func stop() async -> Ended {
        if process.isRunning { process.terminate() }
        return await Self.blocking { self.ended(by: .now() + 120) }
    }

    /// Waits on a thread of its own kind, because the tests share two threads.
    private static func blocking<Value: Sendable>(
        _ work: @escaping @Sendable () -> Value
    ) async -> Value {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: work()) }
        }
    }

    private func ended(by deadline: DispatchTime) -> Ended {
        var (text, isAtEnd) = output.all(by: deadline)
        if !isAtEnd {
            kill(process.processIdentifier, SIGKILL)
            text += "\n(ended by force: it took too long)"
        }
        process.waitUntilExit()
        return Ended(status: process.terminationStatus, output: text)
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    static let python = made.appending(path: "venv/bin/python")
    static let scripts = root.appending(path: "Tests/Interop/python")
    static let interopServer = programs.appending(path: "hazwatch-interop-server")
    static let certificate = made.appending(path: "tls/certificate.pem").path
    static let key = made.appending(path: "tls/key.pem").path
}
