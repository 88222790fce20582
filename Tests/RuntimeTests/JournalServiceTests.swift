import Contracts
import Domain
import RPC
import Runtime
import SimKit
import Storage
import Testing

@Suite struct JournalServiceTests {
    /// The subjects of the stored entries that a subscriber gets.
    private static func stored(
        _ host: TestHost, as role: Principal.Role = .service, node: String = "",
        _ request: JournalV1.SubscribeRequest
    ) async throws -> [String] {
        let client = try await host.client(of: "toy", as: role, node: NodeID(node))
        var request = request
        request.storedOnly = true
        var seen: [String] = []
        let stream = try await client.serverStreaming(
            JournalV1.JournalService.subscribe, request)
        for try await response in stream {
            if let entry = response.entry { seen.append("\(entry.seq) \(entry.subject)") }
        }
        await client.close()
        return seen
    }

    private static func filled(_ count: Int) async throws -> TestHost {
        let host = try await TestHost([ToyService.self])
        let engine = try host.ledger("toy")
        for index in 1...count {
            try await engine.submit(.deposit(account: "a\(index)", amount: Int64(index)))
        }
        return host
    }

    @Test func aSubscriberGetsWhatIsStoredFromAnyPlace() async throws {
        let host = try await Self.filled(3)
        let all = try await Self.stored(host, JournalV1.SubscribeRequest())
        #expect(all == ["1 a1", "2 a2", "3 a3"])
        #expect(try await Self.stored(host, .init(afterSeq: 2)) == ["3 a3"])
        #expect(try await Self.stored(host, .init(afterSeq: 3)) == [])
        #expect(try await Self.stored(host, .init(subject: "a2")) == ["2 a2"])
        #expect(try await Self.stored(host, .init(kindPrefixes: ["risk."])) == [])
        try await host.stop()
    }

    @Test func aSubscriberGetsWhatComesLater() async throws {
        let host = try await Self.filled(1)
        let client = try await host.client(of: "toy", as: .service)
        let stream = try await client.serverStreaming(
            JournalV1.JournalService.subscribe, JournalV1.SubscribeRequest(afterSeq: 1))
        var responses = stream.makeAsyncIterator()
        let engine = try host.ledger("toy")
        let first = try await engine.store.read { try Journal.head(in: $0) }
        #expect(
            try await responses.next()
                == JournalV1.SubscribeResponse(headSeq: 1, headHash: first.hash))
        try await engine.submit(.deposit(account: "b", amount: 9))
        // A beat may come before it.
        var news: JournalV1.Entry?
        while news == nil { news = try #require(try await responses.next()).entry }
        let entry = try #require(news)
        #expect(entry.seq == 2)
        #expect(entry.kind == "toy.deposited")
        #expect(entry.nodeID == "toy")
        let hash = JournalHash.hash(
            previous: entry.prevHash, seq: 2, at: Instant(unixMilliseconds: entry.atUnixMs),
            draft: JournalDraft(
                kind: entry.kind, subject: entry.subject, node: NodeID(entry.nodeID),
                body: entry.body))
        #expect(entry.hash == hash, "a consumer can check the chain by itself")
        await client.close()
        try await host.stop()
    }

    @Test func aTokenSeesWhatStandsUnderItsNode() async throws {
        let host = try await Self.filled(2)
        let inside = try await Self.stored(host, as: .officer, node: "toy", .init())
        #expect(inside == ["1 a1", "2 a2"])
        #expect(try await Self.stored(host, as: .officer, node: "elsewhere", .init()) == [])
        try await host.stop()
    }

    @Test func aCallWithoutATokenIsRefused() async throws {
        let host = try await Self.filled(1)
        let client = try await host.client(of: "toy", as: nil)
        await #expect {
            try await client.unary(JournalV1.JournalService.head, JournalV1.HeadRequest())
        } throws: { error in
            (error as? RPCStatus)?.code == .unauthenticated
                && "\(error)".contains("authorization: Bearer TOKEN")
        }
        await client.close()
        try await host.stop()
    }

    @Test func aSubscriptionEndsWithItsToken() async throws {
        let host = try await Self.filled(1)
        var seqs: [UInt64] = []
        // On a slow machine the shortest may be over before the subscription has begun.
        for life in [1, 10, 100] as [Int64] where seqs.isEmpty {
            let token = try await host.token(.service, life: .seconds(life))
            let client = TestClient.onPort(host.service("toy")?.ports.grpc ?? 0, token: token)
            let stream = try await client.serverStreaming(
                JournalV1.JournalService.subscribe, JournalV1.SubscribeRequest())
            await #expect {
                for try await response in stream {
                    if let entry = response.entry { seqs.append(entry.seq) }
                }
            } throws: { error in
                (error as? RPCStatus)?.code == .unauthenticated && "\(error)".contains("expired")
            }
            await client.close()
        }
        #expect(seqs == [1])
        try await host.stop()
    }

    @Test func aPlaceThatIsNotThereYetIsRefused() async throws {
        let host = try await Self.filled(1)
        await #expect {
            try await Self.stored(host, .init(afterSeq: 7))
        } throws: { error in
            (error as? RPCStatus)?.code == .outOfRange && "\(error)".contains("ends at 1")
        }
        let prefixes = (0..<17).map { "k\($0)" }
        await #expect {
            try await Self.stored(host, .init(kindPrefixes: prefixes))
        } throws: { error in
            (error as? RPCStatus)?.code == .invalidArgument
        }
        try await host.stop()
    }

    @Test func whoHasHeardAnotherEntryThanStandsThereIsRefused() async throws {
        let host = try await Self.filled(3)
        let store = try host.ledger("toy").store
        let second = try #require(try await store.read { try Journal.entry(at: 2, in: $0) })
        #expect(
            try await Self.stored(host, .init(afterSeq: 2, afterHash: second.hash)) == ["3 a3"])
        // Nothing was heard, so there is nothing to compare.
        #expect(try await Self.stored(host, .init(afterHash: JournalHash.zero)).count == 3)
        for hash in [JournalHash.zero, [1], second.previousHash] {
            await #expect {
                try await Self.stored(host, .init(afterSeq: 2, afterHash: hash))
            } throws: { error in
                (error as? RPCStatus)?.code == .failedPrecondition
                    && "\(error)".contains("entry 2 of this journal is another")
                    && "\(error)".contains("restore a newer one")
            }
        }
        try await host.stop()
    }

    @Test func aHeadThatIsHeardCoversAllThatTheUpstreamHolds() async throws {
        let host = try await TestHost([ToyService.self, MirrorService.self])
        let client = try await host.client(of: "mirror", as: .service)
        for count in 1...20 as ClosedRange<UInt64> {
            try await host.ledger("toy").submit(.deposit(account: "a", amount: 1))
            let head = try await client.unary(
                JournalV1.JournalService.head, JournalV1.HeadRequest(whenHeard: true))
            #expect(head.seq == count)
        }
        await client.close()
        try await host.stop()
    }

    @Test func theHeadIsTheLastEntry() async throws {
        let host = try await TestHost([ToyService.self])
        let client = try await host.client(of: "toy", as: .service)
        let empty = try await client.unary(
            JournalV1.JournalService.head, JournalV1.HeadRequest())
        #expect(empty == JournalV1.HeadResponse(seq: 0, hash: []))
        try await host.ledger("toy").submit(.deposit(account: "a", amount: 1))
        let head = try await client.unary(JournalV1.JournalService.head, JournalV1.HeadRequest())
        #expect(head.seq == 1)
        #expect(head.hash.count == 32)
        await client.close()
        try await host.stop()
    }
}
