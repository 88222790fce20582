package import Foundation
import Runtime
import Synchronization

/// A program of another maker that prints its port and then, line by line in JSON, what happens to
/// it; ended by its id.
package final class ForeignPeer: Sendable {
    /// One line that it said, each field as text.
    package struct Event: Sendable {
        package var kind: String
        package var fields: [String: String]
        /// The line itself.
        package var line: [UInt8]

        package subscript(_ name: String) -> String { fields[name] ?? "" }
    }

    package struct Missing: Error, CustomStringConvertible {
        package var description: String
    }

    private struct Told {
        var events: [Event] = []
        var port: Int?
        var rest = Data()
        var count: UInt64 = 0
    }

    private let process = Process()
    private let input = Pipe()
    private let told = Mutex(Told())
    private let news = HeadSignal()

    /// What Tests/NotificationChannelTests/setup.sh makes; `root` is the folder of Package.swift.
    package static func python(root: URL) -> URL {
        root.appending(path: ".build/channels/venv/bin/python")
    }

    package static func areMade(root: URL) -> Bool {
        FileManager.default.isExecutableFile(atPath: python(root: root).path)
    }

    /// Starts a script of Tests/NotificationChannelTests/python, and waits for its port.
    package static func script(
        _ name: String, _ arguments: [String] = [], root: URL
    ) async throws -> ForeignPeer {
        let script = root.appending(path: "Tests/NotificationChannelTests/python/\(name)")
        let peer = try ForeignPeer(python(root: root), [script.path] + arguments)
        try await peer.until("its port") { $0.port != nil }
        return peer
    }

    /// Starts a script of the folder Tests with Debian's own Python, which has what its packages
    /// bring, and waits for its port.
    package static func debianScript(_ name: String, root: URL) async throws -> ForeignPeer {
        let peer = try ForeignPeer(
            URL(filePath: "/usr/bin/python3"), [root.appending(path: "Tests/\(name)").path])
        try await peer.until("its port") { $0.port != nil }
        return peer
    }

    private init(_ program: URL, _ arguments: [String]) throws {
        guard FileManager.default.isExecutableFile(atPath: program.path) else {
            throw Missing(
                description: "\(program.path) is missing: run "
                    + "Tests/NotificationChannelTests/setup.sh")
        }
        process.executableURL = program
        process.arguments = arguments
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let reading = output.fileHandleForReading
        // A thread of its own reads to the end, so that the process never waits for us.
        Thread.detachNewThread { [weak self] in
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = read(reading.fileDescriptor, &bytes, bytes.count)
                // A signal that comes in between ends nothing.
                if count < 0, errno == EINTR { continue }
                self?.take(Data(bytes.prefix(max(0, count))))
                if count <= 0 { return }
            }
        }
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    private func take(_ data: Data) {
        let count = told.withLock { told in
            told.rest.append(data)
            while let end = told.rest.firstIndex(of: 0x0A) {
                let line = Data(told.rest[..<end])
                told.rest = Data(told.rest[told.rest.index(after: end)...])
                if told.port == nil {
                    told.port = Int(String(decoding: line, as: UTF8.self))
                } else if let event = Self.event(line) {
                    told.events.append(event)
                }
            }
            told.count += 1
            return told.count
        }
        news.advance(to: count)
    }

    private static func event(_ line: Data) -> Event? {
        guard let value = try? JSONSerialization.jsonObject(with: line),
            let map = value as? [String: Any], let kind = map["event"] as? String
        else { return nil }
        return Event(kind: kind, fields: map.mapValues { "\($0)" }, line: Array(line))
    }

    package var port: Int { told.withLock { $0.port ?? 0 } }

    /// What it has said of one kind so far, in order.
    package func events(_ kind: String) -> [Event] {
        told.withLock { $0.events.filter { $0.kind == kind } }
    }

    /// How often it has said something of a kind.
    package func count(_ kind: String) -> Int {
        told.withLock { $0.events.count { $0.kind == kind } }
    }

    /// Waits until it has said so much of a kind, however slow the machine, and gives all of it.
    @discardableResult
    package func wait(for kind: String, count: Int = 1) async throws -> [Event] {
        try await until("\(count) x \(kind)") { told in
            told.events.count { $0.kind == kind } >= count
        }
        return events(kind)
    }

    private func until(_ what: String, _ isThere: (borrowing Told) -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(240)
        while true {
            let seen = news.head
            if told.withLock({ isThere($0) }) { return }
            guard ContinuousClock.now < end else { break }
            _ = try await news.news(past: seen, within: end - .now)
        }
        let said = told.withLock { $0.events.suffix(20).map { "\($0)" } }
        throw Missing(description: "there was no \(what): \(said)")
    }

    /// Gives it a command.
    package func tell(_ line: String) {
        input.fileHandleForWriting.write(Data((line + "\n").utf8))
    }

    package func signal(_ number: Int32) {
        if process.isRunning { kill(process.processIdentifier, number) }
    }

    /// Ends it at once, as a power cut does.
    package func end() {
        signal(SIGKILL)
        process.waitUntilExit()
    }
}
