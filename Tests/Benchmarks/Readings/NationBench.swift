import Domain
import Foundation
import Ingest
import IngestCore
import Kernel

/// The load of a nation: 440,000 points of 440 gateways, 9,300 readings a second, in the store.
struct NationBench {
    let folder: String
    let seconds: Int
    private static let gateways = 440
    private static let pointsEach = 1_000
    private static let perSecond = 9_300

    func run() async throws {
        let log = try SQLiteBatchLog(folder: folder)
        let ids = (0..<Self.gateways).map { gateway in
            (0..<Self.pointsEach).map { PointID("g\(gateway)-point-\($0)") }
        }
        var random = SeededRandom(seed: 1)
        let began = Int64(Date().timeIntervalSince1970 * 1_000)
        let started = (cpu: cpuSeconds(), wall: ContinuousClock.now)
        var sent = 0
        var slowest = 0.0
        for second in 0..<seconds {
            let start = ContinuousClock.now
            var tickets: [AppendTicket] = []
            var left = Self.perSecond
            while left > 0 {
                // Batches of up to 1,000 readings: a gateway sends all of its points.
                let count = min(left, Self.pointsEach)
                left -= count
                let gateway = sent / Self.pointsEach % Self.gateways
                let now = began + Int64(second) * 1_000
                let columns = ReadingColumns(
                    pointIDs: ids[gateway], point: (0..<UInt32(count)).map { $0 },
                    measuredAt: (0..<count).map { _ in now - random.integer(in: 0...49) },
                    value: (0..<count).map { _ in Double(random.integer(in: 0...9_999)) / 10 })
                sent += count
                tickets.append(
                    log.append(
                        SealedBatch(
                            gateway: GatewayID("g\(gateway)"),
                            sequence: UInt64(sent), fingerprint: UInt64(sent),
                            receivedAt: Instant(unixMilliseconds: now), columns: columns)))
            }
            for ticket in tickets { _ = try await ticket.outcome() }
            slowest = max(slowest, (ContinuousClock.now - start).seconds)
            // In real time: what is measured is what a second of load costs.
            try await Task.sleep(until: start + .seconds(1), clock: .continuous)
        }
        let wall = (ContinuousClock.now - started.wall).seconds
        let cpu = cpuSeconds() - started.cpu
        say("\(sent) readings in \(wall.text(0)) s, with what makes them:")
        say("CPU \((cpu / wall * 100).text(1)) % of a core, \(residentBytes() >> 20) MB resident")
        say("the slowest second's load was on disk after \((slowest * 1e3).text(0)) ms")
        let before = cpuSeconds()
        try await log.remove(before: Instant(unixMilliseconds: 0))
        say("flush of all: CPU \((cpuSeconds() - before).text(2)) s")
        say("\(residentBytes() >> 20) MB resident after it")
        try log.close()
    }
}
