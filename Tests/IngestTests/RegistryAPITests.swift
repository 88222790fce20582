import Contracts
import Domain
import Foundation
import Ingest
import IngestCore
import RPC
import Runtime
import SimKit
import Testing

@Suite(.timeLimit(.minutes(10))) struct RegistryAPITests {
    @Test func aFileIsTakenAndGivenOutAgain() async throws {
        let ingest = try await IngestHost.start(importing: nil)
        let dry = try await ingest.importFile(cityYAML, dryRun: true)
        #expect(dry.added == 23 && dry.changes.count == 23)
        #expect(try await ingest.importFile(cityYAML) == IngestV1.ImportResponse(added: 23))
        for format in ["yaml", "csv"] {
            let file = try await ingest.administrator.unary(
                IngestV1.RegistryService.export, IngestV1.ExportRequest(format: format))
            let text = String(decoding: file.content, as: UTF8.self)
            #expect(text.contains("000-0000-0001"))
            #expect(
                try await ingest.importFile(text, name: "again.\(format)")
                    == IngestV1.ImportResponse(unchanged: 23))
        }
        try await ingest.stop()
    }

    @Test func theExampleOfTheManualIsTaken() async throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let example = try String(
            contentsOf: root.appendingPathComponent("docs/examples/registry.yaml"), encoding: .utf8)
        let ingest = try await IngestHost.start(importing: nil)
        let answer = try await ingest.importFile(example, name: "registry.yaml")
        #expect(answer == IngestV1.ImportResponse(added: 19))
        try await ingest.stop()
    }

    @Test func aBadFileIsRefusedWithEveryMistakeAndChangesNothing() async throws {
        try await IngestHost.with { ingest in
            let bad = """
                nodes:
                  - {id: d9, kind: county, parent: c1, name: 示范九区}
                gateways:
                  - {id: g9, enterprise: e9, name: 网关}
                  - {id: g8, name: 网关}
                """
            let refusal = try #require(
                await status { try await ingest.importFile(bad, name: "bad.yaml") })
            #expect(refusal.code == .invalidArgument)
            #expect(refusal.message.contains("mistakes: 2. The first: line 4: gateway g9"))
            let detail = try #require(refusal.details.first)
            #expect(detail.typeURL == "type.googleapis.com/hazwatch.common.v1.Mistakes")
            let mistakes = try CommonV1.Mistakes(serialized: detail.value).mistakes
            #expect(mistakes.map(\.line) == [4, 5])
            #expect(mistakes.map(\.file) == ["bad.yaml", "bad.yaml"])
            let list = try await ingest.list(by: ingest.administrator)
            #expect(list.nodes.count == 6)
        }
    }

    @Test func manyMistakesFitIntoTheHeadersOfStrangers() async throws {
        try await IngestHost.with { ingest in
            let rows = (0..<400).map { "  - {id: g\($0), enterprise: e9, name: 网关}" }
            let bad = "gateways:\n" + rows.joined(separator: "\n")
            let refusal = try #require(await status { try await ingest.importFile(bad) })
            let detail = try #require(refusal.details.first)
            #expect(detail.value.count < 5_000)
            let last = try CommonV1.Mistakes(serialized: detail.value).mistakes.last
            #expect(last?.text.contains("more; correct these first") == true)
        }
    }

    @Test func rolesAndNodesDecideWhoWrites() async throws {
        try await IngestHost.with { ingest in
            let own = "enterprises:\n  - {id: e3, county: d2, placement: outsidePark, name: 三厂}"
            let other = "enterprises:\n  - {id: e3, county: d1, placement: outsidePark, name: 三厂}"
            let county = try await ingest.host.client(
                of: "ingest", as: .administrator, node: NodeID("d2"))
            #expect(try await ingest.importFile(own, by: county).added == 1)
            let outside = await status { try await ingest.importFile(other, by: county) }
            #expect(outside?.code == .permissionDenied)
            let officer = try await ingest.officer(of: "d2")
            let role = await status { try await ingest.importFile(own, by: officer) }
            #expect(role?.code == .permissionDenied)
            let stranger = try await ingest.host.client(of: "ingest", as: nil)
            let nobody = await status { try await ingest.importFile(own, by: stranger) }
            #expect(nobody?.code == .unauthenticated)
            for client in [county, officer, stranger] { await client.close() }
        }
    }

    @Test func anOfficerSeesTheOwnCountyAndNoTelephone() async throws {
        try await IngestHost.with { ingest in
            let officer = try await ingest.officer(of: "d2")
            let list = try await ingest.list(by: officer)
            #expect(list.nodes.map(\.id) == ["c1", "cn", "d2", "p1"])
            #expect(list.enterprises.map(\.id) == ["e2"])
            #expect(list.points.map(\.id) == ["b1"])
            #expect(
                list.persons.map(\.telephone) == [
                    "000******0004", "000******0005", "000******0006",
                ])
            let file = try await officer.unary(
                IngestV1.RegistryService.export, IngestV1.ExportRequest(format: "csv"))
            let text = String(decoding: file.content, as: UTF8.self)
            #expect(text.contains("000******0004"))
            // What is masked cannot come back as a number.
            let back = await status { try await ingest.importFile(text, name: "masked.csv") }
            #expect(back?.message.contains("is masked") == true)
            let other = await status { _ = try await ingest.list(under: "d1", by: officer) }
            #expect(other?.code == .permissionDenied)
            #expect(try await ingest.list(under: "e1", by: ingest.administrator).points.count == 2)
            let nowhere = await status {
                _ = try await ingest.list(under: "zz", by: ingest.administrator)
            }
            #expect(nowhere?.code == .notFound)
            await officer.close()
        }
    }

    @Test func theJournalTellsWhatWasRegisteredToThoseAbove() async throws {
        try await IngestHost.with { ingest in
            let all = try await ingest.journal(by: ingest.administrator)
            #expect(all.count == 24)
            #expect(all.first?.kind == "ingest.node_put")
            #expect(all.last?.kind == "ingest.registry_imported")
            let point = try #require(all.first { $0.subject == "t1" })
            let body = try IngestV1.Point(serialized: point.body)
            #expect(point.nodeID == "e1")
            #expect(body.limits == IngestV1.PointLimits(high: 60, highHigh: 80))
            let officer = try await ingest.officer(of: "d2")
            let own = try await ingest.journal(by: officer)
            #expect(Set(own.map(\.nodeID)) == ["d2", "e2"])
            let gateway = try await ingest.gateway("g1", of: "e1")
            #expect(try await ingest.journal(by: gateway).isEmpty)
            await officer.close()
            await gateway.close()
        }
    }

    @Test func theJournalGivesPersonsOnlyToThoseWhoMaySeeTheirTelephones() async throws {
        try await IngestHost.with { ingest in
            let person = "ingest.person_put"
            let service = try await ingest.host.client(of: "ingest", as: .service)
            for client in [ingest.administrator, service] {
                let kinds = try await ingest.journal(by: client).map(\.kind)
                #expect(kinds.filter { $0 == person }.count == 6)
            }
            // Of the root, and so of everything else.
            let officer = try await ingest.officer(of: "")
            let seen = try await ingest.journal(by: officer)
            #expect(seen.count == 18)
            #expect(!seen.contains { $0.kind == person })
            #expect(try await ingest.journal(of: "a1", by: officer).isEmpty)
            await service.close()
            await officer.close()
        }
    }

    @Test func aRestartKeepsTheRegistry() async throws {
        let folder = try TemporaryFolder()
        let first = try await IngestHost.start(folder)
        try await first.stop()
        let second = try await IngestHost.start(folder, importing: nil)
        #expect(try await second.importFile(cityYAML) == IngestV1.ImportResponse(unchanged: 23))
        try await second.stop()
    }
}

extension IngestHost {
    fileprivate func list(
        under node: String = "", by client: RPCClient
    ) async throws -> IngestV1.ListResponse {
        try await client.unary(
            IngestV1.RegistryService.list, IngestV1.ListRequest(underNodeID: node))
    }

    fileprivate func journal(
        of subject: String = "", by client: RPCClient
    ) async throws -> [JournalV1.Entry] {
        let stream = try await client.serverStreaming(
            JournalV1.JournalService.subscribe,
            JournalV1.SubscribeRequest(subject: subject, storedOnly: true))
        var entries: [JournalV1.Entry] = []
        for try await item in stream {
            // What the registry is found to lack is no entry of it.
            if let entry = item.entry, entry.kind != "ingest.finding_opened" {
                entries.append(entry)
            }
        }
        return entries
    }
}
