import Contracts
import Domain
import Foundation
import Ingest
import IngestCore
import RPC
import SimKit
import Testing

/// Officers through the service: who sees what of them. NTF-02, NTF-03.
@Suite(.timeLimit(.minutes(10))) struct OfficerAPITests {
    private static let officers = """
        officers:
          - {id: o1, node: d2, post: sectionHead, name: 示范人员庚, telephone: 000-0000-0007,
             email: o1@county.example, verifiedOn: 2021-11-01}
          - {id: o2, node: e1, post: safetyHead, name: 示范人员辛, telephone: 000-0000-0008,
             leftOn: 2021-10-01}
        """

    private static func with(_ body: (IngestHost) async throws -> Void) async throws {
        try await IngestHost.with { ingest in
            #expect(try await ingest.importFile(officers).added == 2)
            try await body(ingest)
        }
    }

    private static func list(by client: RPCClient) async throws -> [IngestV1.Officer] {
        try await client.unary(IngestV1.RegistryService.list, IngestV1.ListRequest()).officers
    }

    @Test func theyAreListedWholeForTheAdministratorAndMaskedForTheCounty() async throws {
        try await Self.with { ingest in
            let first = IngestV1.Officer(
                id: "o1", nodeID: "d2", post: "sectionHead", name: "示范人员庚",
                telephone: "000-0000-0007", email: "o1@county.example",
                verifiedOn: "2021-11-01")
            let all = try await Self.list(by: ingest.administrator)
            #expect(all.map(\.id) == ["o1", "o2"])
            #expect(all.first == first)
            #expect(all.last?.leftOn == "2021-10-01")
            let county = try await ingest.officer(of: "d2")
            let own = try await Self.list(by: county)
            #expect(own.map(\.telephone) == ["000******0007"])
            #expect(own.map(\.email) == ["***@county.example"])
            let file = try await county.unary(
                IngestV1.RegistryService.export, IngestV1.ExportRequest(format: "yaml"))
            let text = String(decoding: file.content, as: UTF8.self)
            #expect(text.contains("***@county.example") && !text.contains("o1@"))
            let back = await status { try await ingest.importFile(text) }
            #expect(back?.message.contains("is masked") == true)
            await county.close()
        }
    }

    @Test func theJournalGivesThemOnlyToThoseWhoMaySeeTheirTelephones() async throws {
        try await Self.with { ingest in
            let service = try await ingest.host.client(of: "ingest", as: .service)
            let above = try await ingest.officer(of: "")
            let kind = JournalKind.officerPut.rawValue
            let told = try await Self.journal(of: kind, by: service)
            #expect(told.map(\.nodeID) == ["d2", "e1"])
            let officer = try IngestV1.Officer(serialized: try #require(told.first).body)
            #expect(officer.telephone == "000-0000-0007")
            #expect(try await Self.journal(of: kind, by: above).isEmpty)
            for client in [service, above] { await client.close() }
        }
    }

    private static func journal(
        of kind: String, by client: RPCClient
    ) async throws -> [JournalV1.Entry] {
        let stream = try await client.serverStreaming(
            JournalV1.JournalService.subscribe,
            JournalV1.SubscribeRequest(kindPrefixes: [kind], storedOnly: true))
        var entries: [JournalV1.Entry] = []
        for try await response in stream { entries += [response.entry].compactMap(\.self) }
        return entries
    }

    @Test(arguments: RegistryFormat.allCases)
    func anExportImportsAsNothingNew(format: RegistryFormat) throws {
        let text = cityYAML + "\n" + Self.officers
        let first = RegistryFormat.read(Array(text.utf8), fileName: "city.yaml")
        let registry = try Registry().importing(first).result
        #expect(registry.officers.count == 2)
        let file = format.write(registry.entries)
        let again = RegistryFormat.read(
            Array(file.utf8), fileName: "city.\(format.rawValue)")
        #expect(try Registry().importing(again).result == registry)
    }

    /// As a version before officers has stored it.
    @Test func aPersonWhoWasStoredWithoutTheNewFieldsIsRead() throws {
        let stored = """
            {"person":{"_0":{"id":"a1","hazardSource":"s1","tier":"principal","name":"甲",\
            "telephone":"000-0000-0001"}}}
            """
        let entry = try JSONDecoder().decode(RegistryEntry.self, from: Data(stored.utf8))
        #expect(entry.key == EntryKey(.person, "a1"))
    }
}
