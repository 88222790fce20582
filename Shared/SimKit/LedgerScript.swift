package import Domain
import Kernel
package import Runtime

/// Events for a ledger by lot: the same for the same seed.
package struct LedgerScript: Sendable {
    /// Steps that arrive together.
    package struct Group: Sendable {
        package var at: Instant
        package var items: [UpstreamItem<Ledger.Event>]
        package var last: UInt64
    }

    package private(set) var groups: [Group] = []

    package init(seed: UInt64, stepCount: Int) {
        var random = SeededRandom(seed: seed)
        var now = Instant.t0
        var step: UInt64 = 0
        while step < stepCount {
            now = now + .seconds(random.integer(in: 1...20))
            var items: [UpstreamItem<Ledger.Event>] = []
            for _ in 0..<random.integer(in: 1...4) where step < stepCount {
                step += 1
                items.append(
                    UpstreamItem(
                        events: Self.events(step, &random),
                        from: UpstreamPosition(name: "script", seq: step)))
            }
            groups.append(Group(at: now, items: items, last: step))
        }
    }

    private static func events(_ step: UInt64, _ random: inout SeededRandom) -> [Ledger.Event] {
        let account = "a\(random.integer(in: 0...5))"
        let amount = random.integer(in: 1...100)
        switch random.integer(in: 0...9) {
        case 0: return [.look]
        case 1, 2: return [.withdraw(account: account, amount: amount)]
        case 3, 4, 5:
            let wait = Interval.seconds(random.integer(in: 0...60))
            return [.remind(account: account, number: Int(step), after: wait)]
        case 6:
            return [
                .deposit(account: account, amount: amount),
                .withdraw(account: account, amount: amount * 2),
            ]
        default: return [.deposit(account: account, amount: amount)]
        }
    }

    /// When the group that ends with `step` arrived.
    package func time(of step: UInt64) -> Instant {
        groups.last { $0.last <= step }?.at ?? .t0
    }

    /// After the last deadline and its repeats.
    package var end: Instant { (groups.last?.at ?? .t0) + .hours(1) }

    /// Whether an attempt at a reminder is not delivered: two in five, decided by the key.
    package static func isFailing(_ key: String, seed: UInt64) -> Bool {
        var random = SeededRandom(seed: key.utf8.reduce(seed) { $0 &* 31 &+ UInt64($1) })
        return random.chance(2, of: 5)
    }
}
