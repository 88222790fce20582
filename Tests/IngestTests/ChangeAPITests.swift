import Contracts
import Domain
import Ingest
import IngestCore
import RPC
import Runtime
import SimKit
import Testing

/// Change requests, dry runs and reports over a real socket.
@Suite(.timeLimit(.minutes(10))) struct ChangeAPITests {
    /// ING-24: a dry run says field by field what would change, and changes nothing.
    @Test func aDryRunSaysFieldByFieldWhatWouldChange() async throws {
        try await IngestHost.with { ingest in
            let file = """
                devices:
                  - {id: v1, hazardSource: s1, name: "储罐 #1: 南", medium: 苯}
                  - {id: v7, hazardSource: s1, name: 储罐}
                """
            let answer = try await ingest.importFile(file, name: "more.yaml", dryRun: true)
            #expect(answer.changes.map(\.id) == ["v1", "v7"])
            #expect(answer.changes.map(\.isNew) == [false, true])
            #expect(
                answer.changes[0].fields
                    == [IngestV1.FieldChange(field: "medium", before: "甲醇", after: "苯")])
            #expect(answer.remarks.map(\.line) == [3])
            let none = try await ingest.importFile(
                "devices:\n  - {id: v1, hazardSource: s1, name: \"储罐 #1: 南\", medium: 甲醇}",
                dryRun: true)
            #expect(none == IngestV1.ImportResponse(unchanged: 1))
        }
    }

    /// ING-25: propose, review, and the history that the journal tells; numbers stay masked.
    @Test func aRequestGoesThroughItsReview() async throws {
        try await IngestHost.with { ingest in
            let works = try await ingest.officer(of: "e1")
            let county = try await ingest.host.client(
                of: "ingest", as: .officer, node: NodeID("d1"), subject: "county-1")
            let propose = IngestV1.ProposeChangeRequest(
                id: "r1", kind: "person", entryID: "a1",
                fields: [IngestV1.FieldChange(field: "telephone", after: "000-0000-0009")],
                reason: "换号")
            let asked = try await works.unary(IngestV1.RegistryService.proposeChange, propose)
            #expect(asked.change?.state == "pending")
            #expect(asked.change?.fields.first?.after == "000******0009")
            let again = try await works.unary(IngestV1.RegistryService.proposeChange, propose)
            #expect(again.change == asked.change)
            let own = await status {
                _ = try await ingest.review("r1", by: works)
            }
            #expect(own?.code == .permissionDenied)
            let other = try await ingest.officer(of: "d2")
            let unseen = await status { _ = try await ingest.review("r1", by: other) }
            #expect(unseen?.code == .notFound)
            let open = try await county.unary(
                IngestV1.RegistryService.listChanges, IngestV1.ListChangesRequest())
            #expect(open.changes.map(\.id) == ["r1"])
            let done = try await ingest.review("r1", by: county)
            #expect(done.change?.state == "accepted")
            #expect(done.change?.reviews.map(\.by) == ["county-1"])
            let list = try await ingest.administrator.unary(
                IngestV1.RegistryService.list, IngestV1.ListRequest())
            #expect(list.persons.first { $0.id == "a1" }?.telephone == "000-0000-0009")
            let kinds = try await ingest.history(of: "a1").map(\.kind)
            #expect(
                kinds == [
                    "ingest.person_put", "ingest.change_requested", "ingest.change_requested",
                    "ingest.person_put", "ingest.entry_recorded",
                ])
            let last = try #require(try await ingest.history(of: "a1").last)
            let record = try IngestV1.EntryRecord(serialized: last.body)
            #expect(record.change?.fields.first?.before == "000******0001")
            #expect(record.reviewedBy == ["county-1"] && record.origin == "r1")
            for client in [works, county, other] { await client.close() }
        }
    }

    /// ING-06, ING-07, ING-29: the reports are scoped by the token.
    @Test func reportsAreOfWhatTheTokenSees() async throws {
        try await IngestHost.with { ingest in
            let officer = try await ingest.officer(of: "d1")
            let tanks = try await officer.unary(
                IngestV1.RegistryService.listThresholds,
                IngestV1.ListThresholdsRequest(unverifiedOnly: true))
            #expect(tanks.devices.map(\.deviceID) == ["v1"])
            #expect(tanks.devices.first?.expected == 12)
            let rows = try await officer.unary(
                IngestV1.RegistryService.listCoverage, IngestV1.ListCoverageRequest())
            #expect(!rows.rows.isEmpty && rows.rows.allSatisfy { $0.nodeID == "e1" })
            let other = await status {
                _ = try await officer.unary(
                    IngestV1.RegistryService.listCoverage,
                    IngestV1.ListCoverageRequest(underNodeID: "d2"))
            }
            #expect(other?.code == .permissionDenied)
            let packs = try await officer.unary(
                IngestV1.RegistryService.listPacks, IngestV1.ListPacksRequest())
            #expect(packs.packs.map(\.id) == ["hazardous-chemicals", "combustible-dust"])
            await officer.close()
        }
    }
}

extension IngestHost {
    fileprivate func review(
        _ id: String, by client: RPCClient
    ) async throws -> IngestV1.ReviewChangeResponse {
        try await client.unary(
            IngestV1.RegistryService.reviewChange,
            IngestV1.ReviewChangeRequest(id: id, verdict: "accept"))
    }

    fileprivate func history(of subject: String) async throws -> [JournalV1.Entry] {
        let stream = try await administrator.serverStreaming(
            JournalV1.JournalService.subscribe,
            JournalV1.SubscribeRequest(subject: subject, storedOnly: true))
        var entries: [JournalV1.Entry] = []
        for try await item in stream {
            if let entry = item.entry { entries.append(entry) }
        }
        return entries
    }
}
