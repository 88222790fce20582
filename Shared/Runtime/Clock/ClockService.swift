import Contracts
package import Domain
package import RPC
package import Storage

/// The simulated clock of one service, driven by a replay.
package struct ClockService: Sendable {
    /// The key in `meta` under which the clock stands.
    private static let key = "clock.simulated_unix_ms"

    private let service: String
    private let clock: SimulatedTime
    private let store: Store
    private let parts: ServiceParts

    package init(service: String, clock: SimulatedTime, store: Store, parts: ServiceParts) {
        (self.service, self.clock, self.store, self.parts) = (service, clock, store, parts)
    }

    /// The clock as the store left it; 1970 in a new store.
    package static func restored(from store: Store) throws -> SimulatedTime {
        let text = try store.read { try Meta.get(key, in: $0) }
        return SimulatedTime(Instant(unixMilliseconds: text.flatMap { Int64($0) } ?? 0))
    }

    /// Has the clock of a store stand at `instant` after the next start.
    package static func keep(_ instant: Instant, in store: Store) async throws {
        try await store.write { db in
            try Meta.put(key, String(instant.unixMilliseconds), in: db)
        }
    }

    package func register(in router: inout RPCRouter) {
        router.describe(ClockV1.ClockService.file)
        router.unary(ClockV1.ClockService.settle) { request, call in
            try call.principal().require(.administrator, .service)
            return try await settle(request)
        }
        router.unary(ClockV1.ClockService.advance) { request, call in
            try call.principal().require(.administrator, .service)
            return try await advance(request)
        }
    }

    private func settle(_ request: ClockV1.SettleRequest) async throws -> ClockV1.SettleResponse {
        for upstream in request.upstreams {
            for follower in parts.followers where follower.name == upstream.name {
                try await follower.reached(upstream.head)
            }
        }
        try await parts.settle()
        await parts.engine.idle()
        var heads = [
            ClockV1.Upstream(name: "\(service).journal", head: parts.engine.journalHead.head)
        ]
        for stream in await parts.heads() {
            heads.append(ClockV1.Upstream(name: stream.name, head: stream.seq))
        }
        return ClockV1.SettleResponse(
            heads: heads, nextDueUnixMs: await parts.engine.nextDue?.unixMilliseconds ?? 0,
            nowUnixMs: clock.now().unixMilliseconds)
    }

    private func advance(_ request: ClockV1.AdvanceRequest) async throws -> ClockV1.AdvanceResponse
    {
        let wanted = Instant(unixMilliseconds: request.toUnixMs)
        let to = max(wanted, clock.now())
        // Stored first: a restart must not find events later than its clock.
        try await Self.keep(to, in: store)
        clock.advance(to: to)
        await parts.engine.tick()
        return ClockV1.AdvanceResponse(nowUnixMs: clock.now().unixMilliseconds)
    }
}
