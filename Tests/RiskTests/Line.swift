import Contracts
import Domain
import Ingest
import RPC
import Risk
import SimKit

/// Ingest and risk of a test on a simulated clock, with one plant in county `d1`.
struct Line: Sendable {
    let host: TestHost

    init(folder: TemporaryFolder? = nil) async throws {
        host = try await TestHost(
            [IngestService.self, RiskService.self], folder: folder,
            flags: [(name: "clock", value: "simulated")])
        if folder == nil {
            try await host.advance(to: .t0)
            try await host.importRegistry(TestCity.registry)
        }
        try await host.settle()
    }

    /// One reading of a plant, and everything that follows from it.
    func measure(
        _ value: Double, minute: Int64, plant number: Int = 1, quality: CommonV1.Quality = .good
    ) async throws {
        try await host.measure(value, minute: minute, plant: number, quality: quality)
    }

    func alarms(
        _ request: RiskV1.ListAlarmsRequest = .init(includeCleared: true), node: String = ""
    ) async throws -> RiskV1.ListAlarmsResponse {
        try await host.ask(
            "risk", RiskV1.RiskService.listAlarms, request, as: .officer, node: NodeID(node))
    }

    func level(_ number: Int = 1) async throws -> CommonV1.WarningLevel? {
        try await host.ask(
            "risk", RiskV1.RiskService.getWarning,
            RiskV1.GetWarningRequest(hazardSourceID: "s\(number)")
        ).warning?.level
    }

    /// The journal of risk: kind and subject of each entry.
    func journal() async throws -> [String] {
        let client = try await host.client(of: "risk", as: .administrator)
        var lines: [String] = []
        let stream = try await client.serverStreaming(
            JournalV1.JournalService.subscribe, JournalV1.SubscribeRequest(storedOnly: true))
        for try await response in stream {
            if let entry = response.entry { lines.append("\(entry.kind) \(entry.subject)") }
        }
        await client.close()
        return lines
    }

    /// Has a point removed: proposed by the plant, and reviewed by two of the county.
    func remove(_ point: String) async throws {
        let plant = try await host.client(
            of: "ingest", as: .officer, node: NodeID("e1"), subject: "a1")
        _ = try await plant.unary(
            IngestV1.RegistryService.proposeChange,
            IngestV1.ProposeChangeRequest(
                id: "r-\(point)", kind: "point", entryID: point, isRemoval: true, reason: "拆除"))
        await plant.close()
        for subject in ["county-1", "county-2"] {
            let county = try await host.client(
                of: "ingest", as: .officer, node: NodeID("d1"), subject: subject)
            _ = try await county.unary(
                IngestV1.RegistryService.reviewChange,
                IngestV1.ReviewChangeRequest(id: "r-\(point)", verdict: "accept"))
            await county.close()
        }
        try await host.settle()
    }
}
