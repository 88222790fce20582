import Domain
import Foundation
import Logging
import Runtime
import SimKit
import Storage

/// Takes a script of events through an engine on a real file, to be killed at any moment.
///
///     KillChild STORE EFFECTS SEED STEPS
///
/// Goes on from where the store stands. Prints `ready`, then after each step that is stored
/// `ack STEP HEAD` with the end of the journal, then `done`. Reminders are appended to the file
/// EFFECTS, each key once.
@main enum KillChild {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, let seed = UInt64(arguments[3]), let count = Int(arguments[4])
        else {
            say("usage: KillChild STORE EFFECTS SEED STEPS")
            exit(2)
        }
        let script = LedgerScript(seed: seed, stepCount: count)
        let outside = try EffectFile(path: arguments[2], seed: seed)
        let store = try Store(path: arguments[1], migrations: [.shared])
        let clock = SimulatedTime(.t0)
        let engine = try Engine(
            name: "toy", store: store, clock: clock,
            shell: .ledger(isOneLane: true) { row in try await outside.send(row.key) },
            logger: Logger(label: "toy") { _ in SwiftLogNoOpLogHandler() })
        let running = Task { try await engine.run() }
        say("ready")
        // The rest of a step that was cut off comes first, as in a run without a cut.
        clock.advance(to: script.time(of: await engine.cursor("script").seq))
        await engine.tick()
        await engine.idle()
        for group in script.groups where await engine.cursor("script").seq < group.last {
            await pass(to: group.at, clock, engine)
            _ = try await engine.submit(group.items)
            say("ack \(group.last) \(engine.journalHead.head)")
            await engine.idle()
        }
        await pass(to: script.end, clock, engine)
        running.cancel()
        try await running.value
        say("done")
    }

    /// Moves the clock from deadline to deadline, so that each is met at its instant.
    private static func pass(
        to instant: Instant, _ clock: SimulatedTime, _ engine: Engine<Ledger>
    ) async {
        while let due = await engine.nextDue, due <= instant {
            clock.advance(to: due)
            await engine.tick()
            await engine.idle()
        }
        clock.advance(to: instant)
    }

    private static func say(_ line: String) {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
    }
}

/// The world outside: a file of keys that were delivered, which the kills do not touch.
actor EffectFile {
    private let handle: FileHandle
    private let seed: UInt64
    private var delivered: Set<Substring>

    init(path: String, seed: UInt64) throws {
        if !FileManager.default.fileExists(atPath: path) {
            try Data().write(to: URL(fileURLWithPath: path))
        }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        delivered = Set(text.split(separator: "\n"))
        handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try handle.seekToEnd()
        self.seed = seed
    }

    /// Takes a reminder in; some attempts fail, the same ones in every run. A key that is there
    /// already is answered again and not written again.
    func send(_ key: String) throws -> Bool {
        if LedgerScript.isFailing(key, seed: seed) { return false }
        if delivered.insert(Substring(key)).inserted {
            try handle.write(contentsOf: Data("\(key)\n".utf8))
        }
        return true
    }
}
