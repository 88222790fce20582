import Foundation
import NotificationChannels
import Runtime
import Synchronization
import Testing

/// A program of another maker that says its port and then, line by line in JSON, what happens to
/// it; ended by its id.
final class Peer: Sendable {
    private struct Told {
        var events: [JSONValue] = []
        var port: Int?
        var rest = Data()
        var count: UInt64 = 0
    }

    /// What setup.sh makes.
    static let made = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: ".build/channels")
    static let python = made.appending(path: "venv/bin/python")
    static let scripts = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "python")
    static let certificate = made.appending(path: "tls/certificate.pem").path
    static let key = made.appending(path: "tls/key.pem").path

    private let process = Process()
    private let input = Pipe()
    private let told = Mutex(Told())
    private let news = HeadSignal()

    /// Starts `program`, which prints its port on a line of its own before long.
    static func start(_ program: URL, _ arguments: [String]) async throws -> Peer {
        let peer = try Peer(program, arguments)
        try await peer.wait("the port of \(program.lastPathComponent)") { $0.port != nil }
        return peer
    }

    /// Starts a script of this folder.
    static func script(_ name: String, _ arguments: [String] = []) async throws -> Peer {
        try await start(python, [scripts.appending(path: name).path] + arguments)
    }

    private init(_ program: URL, _ arguments: [String]) throws {
        try #require(
            FileManager.default.isExecutableFile(atPath: program.path),
            "\(program.path) is missing: run Tests/NotificationChannelTests/setup.sh")
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
            while true {
                let data = reading.availableData
                self?.take(data)
                if data.isEmpty { return }
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
                let line = told.rest[..<end]
                told.rest = Data(told.rest[told.rest.index(after: end)...])
                if told.port == nil {
                    told.port = Int(String(decoding: line, as: UTF8.self))
                } else if let json = try? JSONValue(parsing: line) {
                    told.events.append(json)
                }
            }
            told.count += 1
            return told.count
        }
        news.advance(to: count)
    }

    var port: Int { told.withLock { $0.port ?? 0 } }

    /// What it has said of one kind so far.
    func events(_ kind: String) -> [JSONValue] {
        told.withLock { $0.events }.filter { $0.value(at: "/event")?.text == kind }
    }

    /// Waits until it has said so much of a kind, and gives all that it has said of it.
    @discardableResult func wait(
        for kind: String, count: Int = 1, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> [JSONValue] {
        try await wait("\(count) x \(kind)", sourceLocation) { told in
            told.events.count { $0.value(at: "/event")?.text == kind } >= count
        }
        return events(kind)
    }

    private func wait(
        _ what: String, _ sourceLocation: SourceLocation = #_sourceLocation,
        _ isThere: (borrowing Told) -> Bool
    ) async throws {
        let end = ContinuousClock.now + .seconds(240)
        while true {
            let seen = news.head
            if told.withLock({ isThere($0) }) { return }
            guard ContinuousClock.now < end else { break }
            _ = try await news.news(past: seen, within: end - .now)
        }
        let said = told.withLock { $0.events.suffix(20).map { "\($0)" } }
        try #require(
            Bool(false), "there was no \(what): \(said)", sourceLocation: sourceLocation)
    }

    /// Gives it a command.
    func tell(_ line: String) {
        input.fileHandleForWriting.write(Data((line + "\n").utf8))
    }

    func signal(_ number: Int32) {
        if process.isRunning { kill(process.processIdentifier, number) }
    }

    /// Ends it at once, as a power cut does.
    func end() async {
        signal(SIGKILL)
        let process = process
        await withCheckedContinuation { (ended: CheckedContinuation<Void, Never>) in
            DispatchQueue.global().async {
                process.waitUntilExit()
                ended.resume()
            }
        }
    }
}
