import Contracts
import Domain
import Foundation
import Ingest
import IngestCore
import RPC
import Runtime
import SimKit
import Testing

/// A link that reaches for what is not its own, or sends what it should not (docs/THREATS.md).
@Suite(.serialized, .timeLimit(.minutes(5))) struct HostileLinkTests {
    private typealias Call = ClientCall<IngestV1.ConnectRequest, IngestV1.ConnectResponse>

    private static let hash = [UInt8](repeating: 9, count: 32)

    /// A superior with two plants, and a stranger with a good token for `d2`.
    private func superior() async throws -> IngestHost {
        let above = try await LinkedHosts.start()
        try await above.importFile(LinkedHosts.bodies + LinkedHosts.plant(1))
        try await above.importFile(LinkedHosts.plant(2))
        return above
    }

    /// What the superior answers to some words, and the status that ends it; nil: it stays open.
    private func talk(
        _ words: [IngestV1.ConnectRequest], to above: IngestHost,
        as role: Principal.Role = .link, node: String = "d2"
    ) async throws -> (answers: [IngestV1.ConnectResponse], end: RPCStatus?) {
        let client = try await above.host.client(
            of: "ingest", as: role, node: NodeID(node), subject: "stranger")
        let call = try await client.bidirectional(IngestV1.LinkService.connect)
        var answers: [IngestV1.ConnectResponse] = []
        let end = await status {
            for word in words { try await call.send(word) }
            call.finish()
            for try await answer in call.responses { answers.append(answer) }
        }
        await client.close()
        return (answers, end)
    }

    private var hello: IngestV1.ConnectRequest {
        .init(hello: .init(instance: "stranger", journalSeq: 50, headPosition: 1_000))
    }

    private func batch(
        _ position: UInt64, gateway: String = "g2", point: String = "x2", sequence: UInt64 = 1,
        value: Double = 5, time: Instant = t0, altered: Bool = false
    ) -> IngestV1.ConnectRequest {
        let columns = ReadingColumns(
            pointIDs: [PointID(point)], point: [0], measuredAt: [time.unixMilliseconds],
            value: [value])
        return .init(
            batch: IngestV1.LinkBatch(
                coversFrom: position, position: position, gatewayID: gateway, sequence: sequence,
                fingerprint: columns.fingerprint,
                storedFingerprint: columns.fingerprint ^ (altered ? 1 : 0),
                columns: IngestV1.Columns(columns)))
    }

    /// ING-27: neither another's gateway, nor its points, nor altered readings are taken; what is
    /// good beside them is.
    @Test func onlyItsOwnUnalteredBatchesAreTaken() async throws {
        let above = try await superior()
        let talked = try await talk(
            [
                hello, batch(1, gateway: "g1", point: "x1"), batch(2, sequence: 2, altered: true),
                batch(3, point: "x1", sequence: 3), batch(4, sequence: 4, value: .infinity),
                batch(5, sequence: 0), batch(9, sequence: 1 << 40), batch(9, sequence: 1 << 40),
                batch(10, sequence: 1 << 40, value: 6),
            ], to: above)
        #expect(talked.end == nil)
        let taken = talked.answers.compactMap(\.batch)
        #expect(taken.map(\.position) == [1, 2, 3, 4, 5, 9, 9, 10])
        #expect(
            taken.map { $0.refused.isEmpty } == [
                false, false, true, false, false, true, true, false,
            ])
        #expect(taken.map(\.refusedReadings) == [0, 0, 1, 0, 0, 0, 0, 0])
        #expect(taken[0].refused.contains("does not stand under d2"))
        #expect(taken[1].refused.contains("altered"))
        #expect(try await above.range("x1").isEmpty)
        #expect(try await above.range("x2").map(\.value) == [5])
        let link = try await above.link("below")
        #expect(link?.refusedBatches == 5 && link?.refusedReadings == 1)
        try await above.stop()
    }

    /// Entries outside of its node change nothing; they are refused by name.
    @Test func entriesOfOthersAreRefused() async throws {
        let above = try await superior()
        let before = try await above.administrator.unary(
            IngestV1.RegistryService.export, IngestV1.ExportRequest(format: "csv")
        ).content
        func entry(_ kind: String, _ fields: [String: String]) -> IngestV1.LinkEntry {
            .init(
                kind: kind, id: fields["id"] ?? "",
                fields: fields.keys.sorted().map { .init(name: $0, text: fields[$0] ?? "") })
        }
        let page = IngestV1.LinkPage(
            entries: [
                entry("gateway", ["id": "g1", "enterprise": "e2", "name": "抢"]),
                entry("node", ["id": "d2", "kind": "county", "parent": "c1", "name": "改"]),
                entry("officer", ["id": "o1", "node": "c1", "post": "duty", "name": "某"]),
                .init(kind: "point", id: "x1", isRemoved: true),
            ], journalSeq: 60, journalHash: Self.hash)
        let talked = try await talk([hello, .init(page: page)], to: above)
        #expect(talked.answers.last?.page?.refusedEntries == 4)
        let after = try await above.administrator.unary(
            IngestV1.RegistryService.export, IngestV1.ExportRequest(format: "csv")
        ).content
        #expect(after == before)
        try await above.stop()
    }

    /// ING-26: a lower journal that was cut or rewritten is refused, and so is another store.
    @Test func aJournalThatWasCutOrRewrittenIsRefused() async throws {
        let above = try await superior()
        let page = IngestV1.LinkPage(journalSeq: 40, journalHash: Self.hash)
        #expect(try await talk([hello, .init(page: page)], to: above).end == nil)
        let cut = IngestV1.ConnectRequest(hello: .init(instance: "stranger", journalSeq: 39))
        let refused = try await talk([cut], to: above).end
        #expect(refused?.code == .failedPrecondition)
        #expect(refused?.message.contains("it was cut") == true)
        let wrong = IngestV1.ConnectRequest(
            proof: .init(hash: [UInt8](repeating: 8, count: 32)))
        let rewritten = try await talk([hello, wrong], to: above).end
        #expect(rewritten?.message.contains("rewritten") == true)
        #expect(try await above.link("below")?.trouble.contains("rewritten") == true)
        let good = IngestV1.ConnectRequest(proof: .init(hash: Self.hash))
        let again = try await talk([hello, good], to: above)
        #expect(again.end == nil && again.answers.first?.welcome?.journalSeq == 40)
        let other = IngestV1.ConnectRequest(hello: .init(instance: "other", journalSeq: 50))
        #expect(
            try await talk([other], to: above).end?.message.contains("Another store") == true)
        // An administrator lets another begin.
        _ = try await above.administrator.unary(
            IngestV1.LinkService.forgetLink,
            IngestV1.ForgetLinkRequest(nodeID: "d2", reason: "new disk"))
        #expect(try await talk([other], to: above).end == nil)
        try await above.stop()
    }

    /// Words out of turn, of any size and by anybody else end the line and nothing more.
    @Test func wordsOutOfTurnEndTheLine() async throws {
        let above = try await superior()
        func code(
            _ words: [IngestV1.ConnectRequest], as role: Principal.Role = .link,
            node: String = "d2"
        ) async throws -> RPCStatus.Code? {
            try await talk(words, to: above, as: role, node: node).end?.code
        }
        #expect(try await code([batch(1)]) == .invalidArgument)
        #expect(try await code([hello, hello]) == .invalidArgument)
        #expect(try await code([hello, batch(0)]) == .invalidArgument)
        #expect(try await code([hello], as: .gateway) == .permissionDenied)
        #expect(try await code([hello], as: .administrator) == .permissionDenied)
        #expect(try await code([hello], node: "d7") == .failedPrecondition)
        let future = SystemTime().now() + .hours(30)
        #expect(try await code([hello, batch(1, time: future)]) == .unavailable)
        let long = String(repeating: "长", count: 2 << 20)
        let huge = IngestV1.LinkEntry(
            kind: "node", id: "n", fields: [.init(name: "name", text: long)])
        #expect(
            try await code([hello, .init(page: .init(entries: [huge]))]) == .resourceExhausted)
        // It may ask for nothing else.
        let client = try await above.host.client(
            of: "ingest", as: .link, node: NodeID("d2"), subject: "stranger")
        let listed = await status {
            _ = try await client.unary(IngestV1.RegistryService.list, IngestV1.ListRequest())
        }
        #expect(listed?.code == .permissionDenied)
        await client.close()
        #expect(try await above.range("x2").isEmpty)
        try await above.stop()
    }
}
