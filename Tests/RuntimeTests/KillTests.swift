import Domain
import Foundation
import GRDB
import Kernel
import SimKit
import Storage
import Testing

/// A process that is killed at any moment loses nothing that it acknowledged, does nothing twice,
/// and in the end has the same record as one that was left alone.
@Suite(.serialized) struct KillTests {
    static let killsMin = 200
    static let stepCount = 1_200
    /// Then a child is left to finish, so that a slow machine ends too.
    static let killsPerSeedMax = 60

    @Test(.timeLimit(.minutes(20)))
    func killsAtRandomMomentsLeaveTheSameRecord() async throws {
        let first = UInt64.random(in: 1...1_000_000)
        print("kill test: first seed \(first)")
        var kills = 0
        var seed = first
        while kills < Self.killsMin {
            let outcome = try await Self.onThread { [seed] in
                try Self.compare(seed: seed, killsMax: Self.killsPerSeedMax)
            }
            #expect(outcome.complaints == [], "seed \(seed)")
            kills += outcome.kills
            seed += 1
        }
        print("kill test: \(kills) kills")
    }

    // Waiting for processes blocks, so it is done on a thread that is nobody else's.
    private static func onThread<T: Sendable>(
        _ body: @escaping @Sendable () throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }

    /// Runs one script undisturbed and one with kills; says how many there were, and what is
    /// wrong with the record.
    private static func compare(
        seed: UInt64, killsMax: Int
    ) throws -> (kills: Int, complaints: [String]) {
        let folder = try TemporaryFolder()
        let quiet = Child(folder: folder, name: "quiet", seed: seed, steps: stepCount)
        let killed = Child(folder: folder, name: "killed", seed: seed, steps: stepCount)
        var complaints: [String] = []
        func check(_ isSo: Bool, _ claim: String) {
            if !isSo { complaints.append(claim) }
        }
        check(try quiet.run().isDone, "the undisturbed run ends")
        var random = SeededRandom(seed: seed)
        var kills = 0
        while true {
            let end = try killed.run(killing: kills < killsMax ? killed.moment(&random) : nil)
            if end.isDone { break }
            kills += 1
            check(
                try killed.head().seq >= end.acknowledgedHead,
                "kill \(kills): what was acknowledged is there")
            if kills % 10 == 0 {
                check(
                    try JournalAudit.verify(path: killed.store).isClean,
                    "kill \(kills): the chain holds")
            }
        }
        // The hash of the last entry stands for the whole journal.
        let expected = try quiet.head()
        check(expected.seq > UInt64(stepCount) / 2, "the script does something")
        check(try killed.head() == expected, "the journal is the same")
        check(try killed.parts() == quiet.parts(), "the state is the same")
        check(try killed.waiting() == 0, "nothing waits in the outbox")
        let effects = try killed.effects()
        check(effects == (try quiet.effects()), "the same was done outside")
        check(Set(effects).count == effects.count, "nothing was done twice")
        check(try JournalAudit.verify(path: killed.store).isClean, "the chain holds")
        return (kills, complaints)
    }
}

/// A run of the program KillChild on files of its own.
private struct Child {
    /// When a run is to be killed.
    enum Moment {
        case afterMilliseconds(Int64)
        case afterAcknowledgements(Int64, thenMicroseconds: Int64)
    }

    struct End {
        var isDone = false
        var acknowledgedHead: UInt64 = 0
        var acknowledgementCount: Int64 = 0

        mutating func take(_ line: Substring) {
            if line == "done" { isDone = true }
            let words = line.split(separator: " ")
            if words.count == 3, words[0] == "ack", let head = UInt64(words[2]) {
                acknowledgedHead = head
                acknowledgementCount += 1
            }
        }
    }

    let store: String
    let effectFile: String
    let arguments: [String]

    init(folder: TemporaryFolder, name: String, seed: UInt64, steps: Int) {
        store = folder.file("\(name).sqlite")
        effectFile = folder.file("\(name).effects")
        arguments = [store, effectFile, "\(seed)", "\(steps)"]
    }

    func moment(_ random: inout SeededRandom) -> Moment {
        if random.chance(1, of: 3) { return .afterMilliseconds(random.integer(in: 0...80)) }
        return .afterAcknowledgements(
            random.integer(in: 1...20), thenMicroseconds: random.integer(in: 0...3_000))
    }

    func run(killing moment: Moment? = nil) throws -> End {
        try run { end in
            guard case .afterAcknowledgements(let count, let wait) = moment,
                end.acknowledgementCount >= count
            else { return false }
            usleep(UInt32(wait))
            return true
        } started: { process in
            guard case .afterMilliseconds(let wait) = moment else { return }
            usleep(UInt32(wait * 1_000))
            kill(process, SIGKILL)
        }
    }

    /// Reads what the child prints until it ends; kills it when `isOver` says so.
    func run(
        isOver: (End) -> Bool, started: (Int32) -> Void = { _ in }
    ) throws -> End {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        started(process.processIdentifier)
        var end = End()
        var text = ""
        while true {
            let bytes = pipe.fileHandleForReading.availableData
            if bytes.isEmpty { break }
            text += String(decoding: bytes, as: UTF8.self)
            while let newline = text.firstIndex(of: "\n") {
                end.take(text[..<newline])
                text = String(text[text.index(after: newline)...])
            }
            if !end.isDone, isOver(end) { kill(process.processIdentifier, SIGKILL) }
        }
        process.waitUntilExit()
        return end
    }

    // Built beside the tests.
    private static var program: String {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        return URL(fileURLWithPath: tests ?? "").deletingLastPathComponent()
            .appendingPathComponent("KillChild").path
    }

    func head() throws -> JournalHead {
        guard FileManager.default.fileExists(atPath: store) else { return .empty }
        return try ReadOnlyFile.read(path: store) { db in
            // Killed before its tables were made.
            try db.tableExists("journal") ? try Journal.head(in: db) : .empty
        }
    }

    func parts() throws -> [String] {
        try ReadOnlyFile.read(path: store) { db in
            var parts: [String] = []
            try Parts.forEach(in: db) { key, body in
                parts.append("\(key) \(String(decoding: body, as: UTF8.self))")
            }
            return parts
        }
    }

    func waiting() throws -> Int {
        try ReadOnlyFile.read(path: store) { try Outbox.all(in: $0).count }
    }

    func effects() throws -> [Substring] {
        try String(contentsOfFile: effectFile, encoding: .utf8).split(separator: "\n")
    }
}
