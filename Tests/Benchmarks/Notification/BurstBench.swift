import Domain
import NotificationCore
import Runtime

/// So many warnings at once, as on the nation's worst published day, and a peer that takes 1,000
/// messages a second: the red ones go first.
struct BurstBench {
    let path: String
    let count: Int

    func run() async throws {
        let plant = try Plant(path: path, perSecond: 1_000)
        let engine = try plant.engine(plant.profile)
        let running = Task { try await engine.run() }
        try await Plant.register(count, in: engine)
        let start = SystemTime().now()
        // One in twenty is red, in between the others.
        try await Plant.change(count, in: engine) { index in
            switch index % 20 {
            case 7: .red
            case 1, 5, 11, 15: .orange
            case _: .yellow
            }
        }
        let decided = SystemTime().now()
        await engine.idle()
        let taken = plant.peer.taken
        running.cancel()
        try await running.value
        say("\(count) warnings taken in within \((decided - start).milliseconds) ms")
        for level in WarningLevel.allCases.reversed() where level != .blue {
            let times = taken.filter { $0.level == level }.map { ($0.at - start).milliseconds }
            say(
                "\(level): \(times.count) messages, half by \(quantile(500, times)) ms, 99% by "
                    + "\(quantile(990, times)) ms, the last by \(times.max() ?? 0) ms")
        }
        // What had waited for its turn when a red one was there.
        let lastRed = taken.lastIndex { $0.level == .red } ?? 0
        let before = taken.prefix(lastRed).count { $0.level != .red }
        say("\(taken.count) messages; \(before) others before the last red one")
    }
}
