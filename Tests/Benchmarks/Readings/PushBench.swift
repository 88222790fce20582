import Contracts
import Foundation
import RPC
import Runtime

/// Pushes messages of 2,000 readings over gRPC to an ingest that runs, and waits for each answer.
/// Prints the readings, the seconds, and the seconds of CPU of the ingest.
struct PushBench {
    let line: IngestLine
    let messages: Int
    /// The process of the ingest.
    let server: Int32
    private static let points = 2_000

    func run() async throws {
        let administrator = try await line.client("bench", .administrator)
        try await line.register(
            Registration.yaml(0..<1, pointsEach: Self.points), by: administrator)
        await administrator.close()
        let gateway = try await line.client("g0", .gateway, node: "e0")
        let requests = makeRequests()
        let call = try await gateway.bidirectional(IngestV1.ReadingsService.push)
        var answers = call.responses.makeAsyncIterator()
        // The first makes the points known; it is not counted, nor what it brings with it once.
        try await call.send(requests[0])
        guard let first = try await answers.next(), Int(first.stored) == Self.points else {
            say("the first message was not stored whole")
            exit(1)
        }
        try await settle()
        let (started, cpu) = (ContinuousClock.now, cpuSeconds(of: server))
        async let sending: Void = {
            for request in requests.dropFirst() { try await call.send(request) }
            call.finish()
        }()
        var stored = 0
        while let answer = try await answers.next() { stored += Int(answer.stored) }
        try await sending
        let took = (ContinuousClock.now - started).seconds
        let spent = cpuSeconds(of: server) - cpu
        await gateway.close()
        guard stored == (messages - 1) * Self.points else {
            say("\(stored) readings were stored of \((messages - 1) * Self.points)")
            exit(1)
        }
        say("\(stored) \(took) \(spent)")
    }

    /// Waits until the ingest has told of all points that they are online.
    private func settle() async throws {
        for _ in 0..<30 {
            let before = cpuSeconds(of: server)
            try await Task.sleep(for: .seconds(6))
            if cpuSeconds(of: server) - before < 0.1 { return }
        }
    }

    /// The readings of a point each ten seconds, up to now.
    private func makeRequests() -> [IngestV1.PushRequest] {
        var sensors = (0..<Self.points).map(Sensor.init)
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        let first = now - Int64(messages) * Sensor.every
        let ids = (0..<Self.points).map { Registration.point($0, of: 0) }
        return (0..<messages).map { tick in
            var columns = IngestV1.Columns(
                pointIDs: tick == 0 ? ids : [],
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
                gatewayID: "g0", sequence: UInt64(tick) + 1, columns: columns)
        }
    }
}
