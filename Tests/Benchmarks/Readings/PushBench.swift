import Contracts
import Domain
import Foundation
import Logging
import NIOPosix
import RPC
import Runtime

/// Pushes messages of 2,000 readings over gRPC to an ingest that runs, and waits for each answer.
struct PushBench {
    let folder: String
    let port: Int
    let messages: Int
    private static let points = 2_000

    func run() async throws {
        let key = try await TokenKey.open(data: folder)
        let administrator = client(
            try await key.issue(
                subject: "bench", role: .administrator, node: NodeID(""), life: .hours(1)))
        _ = try await administrator.unary(
            IngestV1.RegistryService.import,
            IngestV1.ImportRequest(fileName: "bench.yaml", content: Array(registry.utf8)))
        await administrator.close()
        let gateway = client(
            try await key.issue(
                subject: "g1", role: .gateway, node: NodeID("e1"), life: .hours(1)))
        let requests = makeRequests()
        let started = ContinuousClock.now
        let call = try await gateway.bidirectional(IngestV1.ReadingsService.push)
        async let sending: Void = {
            for request in requests { try await call.send(request) }
            call.finish()
        }()
        var stored = 0
        for try await answer in call.responses { stored += Int(answer.stored) }
        try await sending
        let took = (ContinuousClock.now - started).seconds
        await gateway.close()
        guard stored == messages * Self.points else {
            say("\(stored) readings were stored of \(messages * Self.points)")
            exit(1)
        }
        say("\(stored) \(took)")
    }

    /// The readings of a point each ten seconds, up to now.
    private func makeRequests() -> [IngestV1.PushRequest] {
        var sensors = (0..<Self.points).map(Sensor.init)
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        let first = now - Int64(messages) * Sensor.every
        return (0..<messages).map { tick in
            var columns = IngestV1.Columns(
                pointIDs: tick == 0 ? (0..<Self.points).map { "p\($0)" } : [],
                baseUnixMs: first + Int64(tick) * Sensor.every)
            var before: Int64 = 0
            for point in sensors.indices {
                let (delay, value) = sensors[point].next()
                columns.point.append(UInt32(point))
                columns.measuredDeltaMs.append(delay - before)
                before = delay
                columns.value.append(value)
                columns.quality.append(UInt32(sensors[point].quality(at: Int64(tick))))
            }
            return IngestV1.PushRequest(
                gatewayID: "g1", sequence: UInt64(tick) + 1, columns: columns)
        }
    }

    private func client(_ token: String) -> RPCClient {
        var configuration = ClientConfiguration()
        configuration.interceptor = { _ in ["authorization": "Bearer \(token)"] }
        return RPCClient(
            addresses: [.hostPort("127.0.0.1", port)], configuration: configuration,
            group: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "bench"))
    }

    private var registry: String {
        """
        nodes:
          - {id: cn, kind: nation, name: 国}
          - {id: p1, kind: province, parent: cn, name: 示范省}
          - {id: c1, kind: city, parent: p1, name: 示范市}
          - {id: d1, kind: county, parent: c1, name: 示范区}
        enterprises:
          - {id: e1, county: d1, placement: outsidePark, name: 示范化工}
        hazardSources:
          - {id: s1, enterprise: e1, name: 罐区, unitKind: tankFarm, grade: 1}
        devices:
          - {id: v1, hazardSource: s1, name: 储罐}
        gateways:
          - {id: g1, enterprise: e1, name: 网关}
        points:

        """
            + (0..<Self.points).map { number in
                "  - {id: p\(number), device: v1, name: 温度, indicator: temperature, unit: °C, "
                    + "rangeLow: -200, rangeHigh: 1000, high: 900}\n"
            }.joined()
    }
}
