import Contracts
import Domain
import Ingest
import IngestCore
import RPC
import Runtime
import SimKit
import Testing

/// An ingest service of one test behind a real socket, with the small city registered.
struct IngestHost {
    let host: TestHost
    let administrator: RPCClient

    static func start(
        _ folder: TemporaryFolder? = nil, importing file: String? = cityYAML
    ) async throws -> IngestHost {
        // Measured times of the tests lie in 2021, so a real clock takes them.
        let host = try await TestHost([IngestService.self], folder: folder)
        let ingest = IngestHost(
            host: host, administrator: try await host.client(of: "ingest", as: .administrator))
        if let file { _ = try await ingest.importFile(file) }
        return ingest
    }

    /// Runs `body` against a fresh service and stops it.
    static func with(_ body: (IngestHost) async throws -> Void) async throws {
        let ingest = try await start()
        try await body(ingest)
        try await ingest.stop()
    }

    func stop() async throws {
        await administrator.close()
        try await host.stop()
    }

    @discardableResult
    func importFile(
        _ text: String, name: String = "city.yaml", dryRun: Bool = false,
        by client: RPCClient? = nil
    ) async throws -> IngestV1.ImportResponse {
        try await (client ?? administrator).unary(
            IngestV1.RegistryService.import,
            IngestV1.ImportRequest(fileName: name, content: Array(text.utf8), dryRun: dryRun))
    }

    /// A client of one gateway, with the token that it would carry.
    func gateway(_ id: String, of enterprise: String) async throws -> RPCClient {
        try await host.client(
            of: "ingest", as: .gateway, node: NodeID(enterprise), subject: id)
    }

    func officer(of node: String) async throws -> RPCClient {
        try await host.client(of: "ingest", as: .officer, node: NodeID(node))
    }

    /// Pushes batches on one stream and gives the answers; throws the status of the stream.
    func push(
        _ batches: [IngestV1.PushRequest], by client: RPCClient
    ) async throws -> [IngestV1.PushResponse] {
        let call = try await client.bidirectional(IngestV1.ReadingsService.push)
        for batch in batches { try await call.send(batch) }
        call.finish()
        var answers: [IngestV1.PushResponse] = []
        for try await answer in call.responses { answers.append(answer) }
        return answers
    }

    func latest(_ points: [String], by client: RPCClient? = nil) async throws -> [Double] {
        let answer = try await (client ?? administrator).unary(
            IngestV1.ReadingsService.latest, IngestV1.LatestRequest(pointIDs: points))
        return answer.readings.map(\.value)
    }

    func range(
        _ point: String, from: Instant = t0 - .hours(1), to: Instant? = nil,
        by client: RPCClient? = nil
    ) async throws -> [CommonV1.Reading] {
        let pages = try await (client ?? administrator).serverStreaming(
            IngestV1.ReadingsService.range,
            IngestV1.RangeRequest(
                pointID: point, fromUnixMs: from.unixMilliseconds,
                toUnixMs: to.unixMillisecondsOrZero))
        var readings: [CommonV1.Reading] = []
        for try await page in pages { readings += page.readings }
        return readings
    }
}

/// A batch of columns: the values of each point, one second apart, from the second `sequence`.
func columns(
    _ sequence: UInt64, gateway: String = "g1", points: [String] = ["t1", "x1"],
    index: [UInt32]? = nil, times: [Int64]? = nil, values: [Double]? = nil
) -> IngestV1.PushRequest {
    let index = index ?? points.indices.map(UInt32.init)
    return IngestV1.PushRequest(
        gatewayID: gateway, sequence: sequence,
        columns: IngestV1.Columns(
            pointIDs: points, point: index,
            baseUnixMs: (t0 + .seconds(Int64(sequence))).unixMilliseconds,
            measuredDeltaMs: times ?? index.map { _ in 0 },
            value: values ?? index.map { Double(sequence) + Double($0) / 100 }))
}

/// Runs `body` and gives the status that it was refused with.
func status(_ body: () async throws -> Void) async -> RPCStatus? {
    do {
        try await body()
        return nil
    } catch let status as RPCStatus {
        return status
    } catch {
        Issue.record("Not a status: \(error)")
        return nil
    }
}
