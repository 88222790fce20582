import Domain
import Logging
import Runtime
import SimKit
import Synchronization
import Testing

/// A follower whose upstream falls silent after its last item, as a quiet plant does.
@Suite(.timeLimit(.minutes(10))) struct FollowerTests {
    private struct Upstream: Sendable {
        let items: [Int64]
        let opened = Log()

        func follower(_ engine: Engine<Ledger>) -> Follower<Ledger, Int64> {
            Follower(
                source: Follower.Source(name: "up") { after, take in
                    opened.add(after.seq)
                    for item in items where item > Int64(after.seq) { try await take(item) }
                    // Open, and nothing more comes.
                    try await Task.sleep(for: .seconds(3_600))
                } head: {
                    UInt64(items.count)
                } step: { item in
                    FollowStep(
                        events: [.deposit(account: "a", amount: item)], position: UInt64(item),
                        head: UInt64(items.count))
                } weight: { _ in
                    1
                },
                engine: engine, logger: Logger(label: "up") { _ in SwiftLogNoOpLogHandler() })
        }
    }

    /// From where the stream was opened, each time.
    private final class Log: Sendable {
        private let places = Mutex<[UInt64]>([])
        var all: [UInt64] { places.withLock { $0 } }
        func add(_ place: UInt64) { places.withLock { $0.append(place) } }
    }

    @Test func anItemThatWasNotStoredIsReadAgainAlsoFromASilentUpstream() async throws {
        let bench = try EngineBench()
        bench.run()
        let upstream = Upstream(items: [1, 2, 3])
        let follower = upstream.follower(bench.engine)
        bench.temporary.disk.failNext(1)
        let following = Task { try await follower.run() }
        try await follower.reached(3)
        #expect(try await bench.engine.read { $0.accounts["a"]?.balance } == 6)
        #expect(upstream.opened.all == [0, 0])
        following.cancel()
        try await following.value
        try await bench.stop()
    }

    @Test func itHasCaughtUpOnceItHasWhatTheUpstreamHeldAtFirst() async throws {
        let bench = try EngineBench()
        bench.run()
        let follower = Upstream(items: [1, 2, 3]).follower(bench.engine)
        #expect(!follower.status.hasCaughtUp)
        let following = Task { try await follower.run() }
        try await follower.hear()
        #expect(follower.status.hasCaughtUp)
        #expect(follower.status.position == 3)
        following.cancel()
        try await following.value
        try await bench.stop()
    }
}
