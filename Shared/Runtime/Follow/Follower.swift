package import CoreMetrics
package import Kernel
package import Logging
import RPC
package import ServiceLifecycle
package import Storage
import Synchronization

/// What one item of a stream means to the machine.
package struct FollowStep<Event: Sendable>: Sendable {
    package var events: [Event]
    /// All of the stream up to here has been handed over with this item.
    package var position: UInt64
    /// The hash of what stands there; nil if the stream has none.
    package var hash: [UInt8]?
    /// How far the stream reaches, as far as the item tells.
    package var head: UInt64

    package init(events: [Event], position: UInt64, hash: [UInt8]? = nil, head: UInt64) {
        (self.events, self.position, self.hash, self.head) = (events, position, hash, head)
    }
}

/// How far a follower is.
package struct FollowerStatus: Hashable, Sendable {
    /// The last place that has been worked off.
    package var position: UInt64
    /// The last place that the upstream told of.
    package var head: UInt64
    /// True once all has been worked off that the upstream had when it was first heard of since
    /// the start.
    package var hasCaughtUp: Bool
    package var isConnected: Bool
    /// When the upstream sent something last, if only that there is nothing new.
    package var heardAt: ContinuousClock.Instant?
    /// Why it is not connected.
    package var trouble: String?
}

/// A follower as the host sees it.
package protocol HostedFollower: Service {
    /// The name of its cursor, such as `ingest.journal`.
    var name: String { get }
    var status: FollowerStatus { get }
    /// How far the upstream reaches now.
    func head() async throws -> UInt64
    /// Waits until everything up to `position` has been worked off.
    func reached(_ position: UInt64) async throws
}

extension HostedFollower {
    /// Waits until everything that the upstream holds now has been worked off.
    package func hear() async throws { try await reached(try await head()) }
}

/// Reads a stream of another service from the stored cursor on, and never loses its place.
///
/// A broken stream is opened again after a wait, for ever. Items that wait are submitted together.
package final class Follower<M: Machine, Item: Sendable>: HostedFollower {
    /// Where the items come from, and what they mean.
    package struct Source: Sendable {
        package var name: String
        /// Opens the stream after a place and hands over its items until it ends; `take` waits
        /// while the machine is behind.
        package var open:
            @Sendable (
                _ after: Cursor, _ take: @escaping @Sendable (Item) async throws -> Void
            ) async throws -> Void
        /// Asks how far the stream reaches.
        package var head: @Sendable () async throws -> UInt64
        /// A throw stops the follower at this item until the service is restarted or mended: what
        /// cannot be read is never skipped.
        package var step: @Sendable (Item) throws -> FollowStep<M.Event>
        /// Bytes that the item holds, for the limit on what is read ahead.
        package var weight: @Sendable (Item) -> Int

        package init(
            name: String,
            open:
                @escaping @Sendable (
                    _ after: Cursor, _ take: @escaping @Sendable (Item) async throws -> Void
                ) async throws -> Void,
            head: @escaping @Sendable () async throws -> UInt64,
            step: @escaping @Sendable (Item) throws -> FollowStep<M.Event>,
            weight: @escaping @Sendable (Item) -> Int
        ) {
            (self.name, self.open, self.head) = (name, open, head)
            (self.step, self.weight) = (step, weight)
        }
    }

    private struct State {
        var status: FollowerStatus
        /// How far the upstream reached when it was first heard of.
        var firstHead: UInt64?
        var waiters: [UInt64: (position: UInt64, continuation: CheckedContinuation<Void, Never>)]
        var nextWaiter: UInt64 = 0
        var failuresInARow = 0
    }

    private let source: Source
    private let engine: Engine<M>
    private let logger: Logger
    private let state: Mutex<State>
    private let connections: Counter
    private let lag: Gauge
    private let refusals: Counter

    package init(
        source: Source, engine: Engine<M>,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance, logger: Logger
    ) {
        (self.source, self.engine, self.logger) = (source, engine, logger)
        let status = FollowerStatus(
            position: 0, head: 0, hasCaughtUp: false, isConnected: false, trouble: nil)
        state = Mutex(State(status: status, waiters: [:]))
        let dimensions = [("upstream", source.name)]
        connections = Counter(
            label: "follower_connections_total", dimensions: dimensions, factory: metrics)
        lag = Gauge(label: "follower_lag_entries", dimensions: dimensions, factory: metrics)
        refusals = Counter(
            label: "follower_refusals_total", dimensions: dimensions, factory: metrics)
    }

    package var name: String { source.name }
    package var status: FollowerStatus { state.withLock { $0.status } }
    package func head() async throws -> UInt64 { try await source.head() }

    package func run() async throws {
        await cancelWhenGracefulShutdown { await self.follow() }
        release { _ in true }
    }

    private func follow() async {
        while !Task.isCancelled {
            do {
                try await connect()
                state.withLock { $0.status.trouble = "the stream ended" }
            } catch {
                if Task.isCancelled { return }
                note(error)
            }
            let attempt = state.withLock { state in
                state.status.isConnected = false
                state.failuresInARow += 1
                return state.failuresInARow
            }
            let wait = RetryWait.drawn(attempt: attempt, from: .milliseconds(100), to: .seconds(10))
            try? await Task.sleep(for: wait)
        }
    }

    private func note(_ error: any Error) {
        let isFirst = state.withLock { state in
            state.status.trouble = "\(error)"
            return state.failuresInARow == 0
        }
        // A token that ran out is renewed with the next call; only if that fails too, it is news.
        let isRenewal = isFirst && (error as? RPCStatus)?.code == .unauthenticated
        logger.log(
            level: isRenewal ? .info : .warning, "upstream lost",
            metadata: ["upstream": "\(name)", "reason": "\(error)"])
    }

    private func connect() async throws {
        let start = await engine.cursor(name)
        move(to: start.seq, head: start.seq)
        connections.increment()
        let queue = ReadAhead<Item>(
            itemsMax: RuntimeLimits.itemsReadAheadMax, weightMax: RuntimeLimits.bytesReadAheadMax)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [source] in
                defer { queue.finish() }
                try await source.open(start) { item in
                    try await queue.put(item, weight: source.weight(item))
                }
            }
            group.addTask {
                while let items = try await queue.takeAll() { try await self.take(items) }
            }
            try await group.waitForAllOrFailure()
        }
    }

    private func take(_ items: [Item]) async throws {
        let steps = try items.map { try source.step($0) }
        let refused = try await engine.submit(
            steps.map {
                UpstreamItem(
                    events: $0.events,
                    from: UpstreamPosition(name: name, seq: $0.position, hash: $0.hash))
            })
        for refusal in refused {
            refusals.increment()
            logger.warning(
                "event of an upstream was refused",
                metadata: ["upstream": "\(name)", "reason": "\(refusal)"])
        }
        guard let first = steps.first, let last = steps.last else { return }
        lag.record(last.head - min(last.head, last.position))
        move(to: last.position, head: last.head, firstHead: first.head)
    }

    private func move(to position: UInt64, head: UInt64, firstHead: UInt64? = nil) {
        release { state in
            state.status.position = max(state.status.position, position)
            state.status.head = max(state.status.head, head)
            if let firstHead {
                (state.status.isConnected, state.status.trouble) = (true, nil)
                state.status.heardAt = .now
                state.failuresInARow = 0
                let goal = state.firstHead ?? firstHead
                state.firstHead = goal
                if state.status.position >= goal { state.status.hasCaughtUp = true }
            }
            return false
        }
    }

    // MARK: Waiting

    package func reached(_ position: UInt64) async throws {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.status.position >= position || Task.isCancelled { return true }
                    state.waiters[id] = (position, continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
        }
        try Task.checkCancellation()
    }

    /// Changes the state and lets go who waited for it; all, if `change` says so.
    private func release(_ change: (inout State) -> Bool) {
        let released = state.withLock { state in
            let isEnd = change(&state)
            let done = state.waiters.filter { isEnd || $0.value.position <= state.status.position }
            for id in done.keys { state.waiters[id] = nil }
            return done.values.map(\.continuation)
        }
        for continuation in released { continuation.resume() }
    }
}
