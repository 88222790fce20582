import Domain
import NotificationCore
import Policy
import Runtime

/// So many open obligations: memory, how late what falls due is, and how long a restart takes.
struct ObligationBench {
    let path: String
    let count: Int
    /// Circulars of all cases fall due within so many seconds, and come again each time; it takes
    /// less to open the cases.
    static let windowSeconds: Int64 = 300

    func run() async throws {
        // The registry and the open cases are made, and let go of, before the restart is timed.
        let opened = try await open()
        let plant = try Plant(path: path, perSecond: 100_000)
        let start = ContinuousClock.now
        let engine = try plant.engine(profile(plant.profile))
        let took = ContinuousClock.now - start
        let found = try await engine.read { $0.openCases.reduce(0) { $0 + $1.docket.runs.count } }
        say("restart with \(found) open obligations of \(opened): \(took)")
    }

    /// Opens the cases and waits for a round of circulars; returns how many are owed.
    private func open() async throws -> Int {
        let plant = try Plant(path: path, perSecond: 100_000)
        let rules = profile(plant.profile)
        let lateness = Lateness()
        let engine = try plant.engine(rules, lateness: lateness)
        let running = Task { try await engine.run() }
        // Seven obligations each at yellow.
        let cases = count / 7
        try await Plant.register(cases, in: engine)
        let before = residentBytes()
        try await Plant.change(cases, in: engine) { _ in .yellow }
        let opened = SystemTime().now()
        let owed = try await engine.read { $0.openCases.reduce(0) { $0 + $1.docket.runs.count } }
        let bytes = residentBytes() - before
        say("\(owed) open obligations of \(cases) cases: \(bytes / max(1, owed)) bytes each")
        // A round in real time: what is measured is how late they come.
        try await Task.sleep(for: .seconds(Self.windowSeconds))
        let late = lateness.values(since: opened)
        say(
            "\(late.count) circulars: late by p50 \(quantile(500, late)) ms, "
                + "p99 \(quantile(990, late)) ms, most \(late.max() ?? 0) ms")
        running.cancel()
        try await running.value
        return owed
    }

    /// The ministry's rules, with a circular each five minutes in place of each hour.
    private func profile(_ profile: PolicyProfile) -> PolicyProfile {
        var rules = profile
        for index in rules.obligations.indices
        where rules.obligations[index].id.text == "yellow-circular" {
            rules.obligations[index].opens = .after(.seconds(Self.windowSeconds))
            rules.obligations[index].repeats = .every(.seconds(Self.windowSeconds))
        }
        return rules
    }
}
