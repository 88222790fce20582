import Domain

/// The simulated clocks of all services, moved together so that every deadline is met at its exact
/// instant.
struct PlantClock: Sendable {
    private let ports: ReplayPorts
    private let zone: Zone
    /// The instants at which a deadline was met.
    private(set) var deadlines = 0

    init(ports: ReplayPorts, zone: Zone) { (self.ports, self.zone) = (ports, zone) }

    /// Works off what the services owe each other and says where they stand.
    func standing() async throws -> ReplayStanding {
        var all = ReplayStanding(heads: [], nextDue: nil, now: Instant(unixMilliseconds: 0))
        for service in ServiceName.allCases {
            let one = try await ports.settle(service, all.heads)
            all.heads += one.heads
            all.nextDue = [all.nextDue, one.nextDue].compactMap(\.self).min()
            all.now = max(all.now, one.now)
        }
        return all
    }

    /// From one settled instant to the next: stops at every deadline on the way.
    mutating func move(from clock: Instant, to target: Instant) async throws -> Instant {
        var now = clock
        var stops = 0
        while true {
            let standing = try await standing()
            now = max(now, standing.now)
            guard let due = standing.nextDue, due <= target else {
                try await advance(to: max(now, target), heads: standing.heads)
                return max(now, target)
            }
            stops = due <= now ? stops + 1 : 0
            if stops > Self.stopsMax { throw stuck(at: due) }
            if due > now { deadlines += 1 }
            now = max(now, due)
            try await advance(to: now, heads: standing.heads)
        }
    }

    // What falls due at one instant may set off more at the same one, but not for ever.
    private static let stopsMax = 1_000

    // Those who listen first: nobody hears of an instant that its own clock has not reached. Each
    // is settled before the next moves: one that was restarted has first to hear where things
    // stand, and only then does what fell due, as it would have done undisturbed.
    private func advance(to instant: Instant, heads: [ReplayHead]) async throws {
        for service in ServiceName.allCases.reversed() {
            try await ports.advance(service, instant)
            _ = try await ports.settle(service, heads)
        }
    }

    private func stuck(at due: Instant) -> Failure {
        Failure.refused(
            "Something has been due since \(zone.text(due)) and is not done.",
            next: "Look at the log of the services; then run the same replay again.")
    }
}
