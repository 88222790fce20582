import Domain
import Logging
import Runtime
import SimKit
import Storage
import Synchronization

/// An engine with the ledger on a store of its own, and a world that a test controls.
final class EngineBench: Sendable {
    let temporary: TemporaryStore
    let clock: SimulatedTime
    let world = World()
    let store: Store
    let engine: Engine<Ledger>
    private let running: Mutex<Task<Void, any Error>?> = Mutex(nil)

    init(_ temporary: TemporaryStore? = nil, clock: SimulatedTime = SimulatedTime(.t0)) throws {
        self.temporary = try temporary ?? TemporaryStore()
        self.clock = clock
        store = try self.temporary.open()
        engine = try Engine(
            name: "toy", store: store, clock: clock,
            shell: .ledger(
                priority: { $0.hasPrefix("red") ? OutboxDraft.urgent : OutboxDraft.usual }
            ) { [world] row in try await world.send(row.key) },
            logger: Logger(label: "toy") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Lets the engine act on its outbox and on time.
    func run() {
        running.withLock { $0 = Task { [engine] in try await engine.run() } }
    }

    func stop() async throws {
        let task = running.withLock { $0 }
        task?.cancel()
        try await task?.value
    }

    /// Moves the clock and waits until everything that follows is done.
    func advance(_ interval: Interval) async {
        clock.advance(to: clock.now() + interval)
        await engine.tick()
        await engine.idle()
    }

    /// The journal, a line an entry.
    func journal() throws -> [String] {
        try store.read { try Journal.page(after: 0, in: $0) }.entries.map { entry in
            let seconds = (entry.at - .t0).milliseconds / 1_000
            return "\(seconds)s \(entry.kind) \(entry.subject)"
        }
    }

    /// The parts, a line each.
    func parts() throws -> [String] {
        try store.read { db in
            var parts: [String] = []
            try Parts.forEach(in: db) { key, body in
                parts.append("\(key) \(String(decoding: body, as: UTF8.self))")
            }
            return parts
        }
    }

    func outbox() throws -> [String] {
        try store.read { try Outbox.all(in: $0) }.map(\.key)
    }
}

/// What reminders meet outside.
final class World: Sendable {
    struct Broken: Error {}

    private struct State {
        var sent: [String] = []
        var failing: [String: Int] = [:]
        var isHeld = false
        var held: [CheckedContinuation<Void, Never>] = []
        var arrivals: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// The keys that came here, in order, with repeats.
    var sent: [String] { state.withLock { $0.sent } }

    /// The next `count` reminders of an account are not delivered.
    func fail(_ account: String, times count: Int) {
        state.withLock { $0.failing[account] = count }
    }

    /// Reminders come here, but do not return before `release`.
    func hold() { state.withLock { $0.isHeld = true } }

    func release() {
        let held = state.withLock { state in
            defer { (state.held, state.isHeld) = ([], false) }
            return state.held
        }
        for one in held { one.resume() }
    }

    /// Waits until as many as `count` have come here.
    func arrived(_ count: Int) async {
        while sent.count < count {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.sent.count >= count { return true }
                    state.arrivals.append(continuation)
                    return false
                }
                if isThere { continuation.resume() }
            }
        }
    }

    func send(_ key: String) async throws -> Bool {
        let account = String(key.prefix { $0 != "/" })
        let (isFailing, isHeld, arrivals) = state.withLock { state in
            state.sent.append(key)
            let left = state.failing[account] ?? 0
            if left > 0 { state.failing[account] = left - 1 }
            defer { state.arrivals = [] }
            return (left > 0, state.isHeld, state.arrivals)
        }
        for one in arrivals { one.resume() }
        if isHeld {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if !state.isHeld { return true }
                    state.held.append(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        }
        return !isFailing
    }
}
