import Contracts
import Domain
import Ingest
import RPC
import Runtime
import SimKit
import Testing

/// How old the newest data are, over a real socket and over a restart (ING-02).
@Suite(.timeLimit(.minutes(10))) struct FreshnessAPITests {
    /// ING-02: each enterprise and family has its figure; a restart changes none of them.
    @Test func everyFamilyHasItsAge() async throws {
        let folder = try TemporaryFolder()
        var plant = try await WatchedPlant(folder, from: t0)
        let last = t0 + .minutes(7)
        try await plant.push(1, ["t1", "x1"], at: t0 + .minutes(1))
        try await plant.push(2, ["t1"], at: last)
        try await plant.move(to: t0 + .hours(1))
        let before = try await plant.freshness()
        #expect(before.nowUnixMs == (t0 + .hours(1)).unixMilliseconds)
        #expect(before.enterprises.map(\.enterpriseID) == ["e1", "e2"])
        let first = try #require(before.enterprises.first)
        #expect(
            first.families.map(\.family) == [
                "dutyCentreVideo", "sourceVideo", "monitoring", "commitment", "basicInformation",
                "responsiblePersons",
            ])
        #expect(
            first.families.map(\.newestUnixMs) == [
                nil, nil, last.unixMilliseconds, nil, t0.unixMilliseconds, t0.unixMilliseconds,
            ])
        #expect(before.enterprises.last?.families[2].newestUnixMs == nil)
        try await plant.host.stop()
        plant = try await WatchedPlant(folder, from: nil)
        #expect(try await plant.freshness().enterprises == before.enterprises)
        // The same file again confirms what it says.
        try await plant.host.importRegistry(cityYAML)
        let again = try await plant.freshness().enterprises.first?.families
        let now = (t0 + .hours(1)).unixMilliseconds
        #expect(again?.suffix(2).map(\.newestUnixMs) == [now, now])
        try await plant.host.stop()
    }

    /// ING-02: pages hold together, and a token sees what stands under its node.
    @Test func freshnessIsPagedAndScoped() async throws {
        let plant = try await WatchedPlant(try TemporaryFolder(), from: t0)
        let page = try await plant.freshness(size: 1)
        #expect(page.enterprises.map(\.enterpriseID) == ["e1"] && page.nextPageToken == "e1")
        let rest = try await plant.freshness(size: 1, token: "e1")
        #expect(rest.enterprises.map(\.enterpriseID) == ["e2"] && rest.nextPageToken.isEmpty)
        #expect(try await plant.freshness(at: "d2").enterprises.map(\.enterpriseID) == ["e2"])
        #expect(try await plant.freshness(at: "e1").enterprises.map(\.enterpriseID) == ["e1"])
        #expect(try await plant.freshness(under: "d1").enterprises.map(\.enterpriseID) == ["e1"])
        let foreign = await status { _ = try await plant.freshness(at: "d2", under: "d1") }
        #expect(foreign?.code == .permissionDenied)
        try await plant.host.stop()
    }
}

extension WatchedPlant {
    fileprivate func freshness(
        at node: String = "c1", under: String = "", size: UInt32 = 0, token: String = ""
    ) async throws -> IngestV1.ListFreshnessResponse {
        try await ask(
            IngestV1.PresenceService.listFreshness,
            IngestV1.ListFreshnessRequest(underNodeID: under, pageSize: size, pageToken: token),
            at: node)
    }
}
