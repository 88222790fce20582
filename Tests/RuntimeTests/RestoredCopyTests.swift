import Contracts
import Domain
import Foundation
import RPC
import Runtime
import SimKit
import Storage
import Testing

/// A follower and the store of its upstream, which somebody may replace by an older copy.
@Suite(.timeLimit(.minutes(10))) struct RestoredCopyTests {
    private let upstream: TemporaryFolder
    private let own: TemporaryFolder
    private let port: Int

    init() throws {
        (upstream, own, port) = (try TemporaryFolder(), try TemporaryFolder(), try FreePort.find())
    }

    /// Starts the upstream, lets it decide something and stops it again if nobody wants it.
    private func toy() async throws -> TestHost {
        try await TestHost(
            [ToyService.self], folder: upstream, flags: [(name: "grpc-port", value: "\(port)")])
    }

    private func mirror() async throws -> TestHost {
        try await TestHost(
            [MirrorService.self], folder: own,
            flags: [
                (name: "toy-address", value: "127.0.0.1:\(port)"),
                (name: "token-key", value: upstream.file("keys/token.pem")),
            ])
    }

    private static func deposit(_ amounts: [Int64], to host: TestHost) async throws {
        for amount in amounts {
            try await host.ledger("toy").submit(.deposit(account: "a", amount: amount))
        }
    }

    private static func balance(_ mirror: TestHost) async throws -> Int64? {
        try await mirror.ledger("mirror").read { $0.accounts["a"]?.balance }
    }

    private static func follower(_ mirror: TestHost) throws -> any HostedFollower {
        try #require(mirror.service("mirror")?.parts.followers.first)
    }

    /// What the mirror keeps of how far it has heard.
    private static func cursor(_ mirror: TestHost) async throws -> Cursor? {
        let store = try mirror.ledger("mirror").store
        return try await store.read { try Cursors.all(in: $0) }["toy.journal"]
    }

    private func move(_ from: String, _ to: String) throws {
        try? FileManager.default.removeItem(atPath: upstream.file(to))
        try FileManager.default.moveItem(
            atPath: upstream.file(from), toPath: upstream.file(to))
    }

    @Test func aCopyThatHasGrownSinceIsRefusedUntilTheRightStoreIsBack() async throws {
        var toy = try await toy()
        try await Self.deposit([1], to: toy)
        try await toy.stop()
        try FileManager.default.copyItem(
            atPath: upstream.file("toy"), toPath: upstream.file("copy"))
        toy = try await self.toy()
        try await Self.deposit([10, 10], to: toy)
        let mirror = try await mirror()
        try await Self.follower(mirror).reached(3)
        try await toy.stop()
        try move("toy", "right")
        try move("copy", "toy")
        // It has grown past what was heard, to other entries under the same numbers.
        toy = try await self.toy()
        try await Self.deposit([100, 100, 100, 100], to: toy)
        try await mirror.until {
            try Self.follower(mirror).status.trouble?.contains("of this journal is another") == true
        }
        #expect(try Self.follower(mirror).status.position == 3)
        #expect(try await Self.balance(mirror) == 21)
        try await mirror.stop()
        let again = try await self.mirror()
        try await again.until {
            again.service("mirror")?.readiness.reason?.contains("restore a newer one") == true
        }
        #expect(try await Self.balance(again) == 21)
        try await toy.stop()
        try move("right", "toy")
        toy = try await self.toy()
        try await Self.deposit([1_000], to: toy)
        try await Self.follower(again).reached(4)
        #expect(try await Self.balance(again) == 1_021)
        try await again.stop()
        try await toy.stop()
    }

    @Test func aRestartOfEitherIsNoOtherJournal() async throws {
        var toy = try await toy()
        var mirror = try await mirror()
        for round in 1...2 as ClosedRange<Int64> {
            try await Self.deposit([5], to: toy)
            // The mirror does not ask for these: it hears only that the journal has come so far.
            try await toy.ledger("toy").submit(.withdraw(account: "a", amount: 1))
            let head = try await toy.ledger("toy").store.read { try Journal.head(in: $0) }
            try await Self.follower(mirror).reached(head.seq)
            #expect(try await Self.balance(mirror) == 5 * round)
            try await mirror.stop()
            try await toy.stop()
            toy = try await self.toy()
            mirror = try await self.mirror()
            #expect(try await Self.cursor(mirror) == Cursor(seq: head.seq, hash: head.hash))
        }
        try await mirror.ready()
        try await mirror.stop()
        try await toy.stop()
    }

    @Test func aCursorOfAnOlderVersionIsGivenItsHash() async throws {
        let toy = try await toy()
        try await Self.deposit([5], to: toy)
        let before = try await mirror()
        try await Self.follower(before).reached(1)
        try await before.stop()
        let store = try Store(path: own.file("mirror/mirror.sqlite"), migrations: [.shared])
        try await store.write { db in
            try Cursors.put("toy.journal", Cursor(seq: 1), in: db)
        }
        try store.close()
        let after = try await mirror()
        try await after.until { try await Self.cursor(after)?.hash != nil }
        let head = try await toy.ledger("toy").store.read { try Journal.head(in: $0) }
        #expect(try await Self.cursor(after) == Cursor(seq: 1, hash: head.hash))
        try await after.stop()
        try await toy.stop()
    }
}
