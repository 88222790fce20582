import Domain
import Foundation
import Ingest
import IngestCore
import Kernel

/// A day of so many points in a store: what it takes on disk, hot and merged, and to read.
struct DiskBench {
    let folder: String
    let points: Int
    private static let start = Instant(unixMilliseconds: 1_635_724_800_000)
    private static let ticks: Int64 = 8_640

    func run() async throws {
        var options = SQLiteBatchLog.Options()
        options.commitDelayMilliseconds = 0
        options.flushReadings = .max / 4
        let log = try SQLiteBatchLog(folder: folder, options: options)
        let ids = (0..<points).map { PointID("point-\($0)") }
        var sensors = (0..<points).map(Sensor.init)
        var late = SeededRandom(seed: 1)
        let started = (cpu: cpuSeconds(), wall: ContinuousClock.now)
        for tick in 0..<Self.ticks {
            // Received within 4 ms, 60 ms after the tick: a gateway in the same network.
            let base = Self.start.unixMilliseconds + tick * Sensor.every
            let received = base + 60 + late.integer(in: 0...3)
            _ = try await log.append(
                batch(tick, base, received: received, ids, &sensors)
            ).outcome()
            if tick % 360 == 359 { try await log.remove(before: Self.start) }
        }
        let count = Double(points) * Double(Self.ticks)
        let cpu = cpuSeconds() - started.cpu
        say("\(Int(count)) readings stored and flushed, CPU \((cpu / count * 1e9).text(0)) ns each")
        say("segments: \((size("segment-") / count).text(2)) bytes a reading")
        say("hot: \((size("day-") / count).text(3)) bytes a reading, quality and receipt included")
        try await measureRange(log, ids, "hot")
        // A reading of the next day, so that this one is over.
        let next = Self.start + .hours(30)
        _ = try await log.append(
            SealedBatch(
                gateway: GatewayID("g"), sequence: UInt64(Self.ticks) + 1, fingerprint: 0,
                receivedAt: next,
                columns: ReadingColumns(
                    pointIDs: [ids[0]], point: [0], measuredAt: [next.unixMilliseconds],
                    value: [1]))
        ).outcome()
        let keeping = Retention(
            keeping: .hours(24 * 90), silenceMax: .hours(48), perRunMax: .hours(48))
        let before = cpuSeconds()
        _ = try await log.maintain(keeping: keeping, following: keeping, at: next)
        say("merge: \(((cpuSeconds() - before) / count * 1e9).text(0)) ns a reading")
        say("merged: \((size("day-18932-2") / count).text(3)) bytes a reading")
        try await measureRange(log, ids, "merged")
        try log.close()
    }

    private func batch(
        _ tick: Int64, _ base: Int64, received: Int64, _ ids: [PointID],
        _ sensors: inout [Sensor]
    ) -> SealedBatch {
        var columns = ReadingColumns(pointIDs: ids)
        for point in sensors.indices {
            let (delay, value) = sensors[point].next()
            columns.point.append(UInt32(point))
            columns.measuredAt.append(base + delay)
            columns.value.append(value)
            columns.quality.append(sensors[point].quality(at: tick))
        }
        return SealedBatch(
            gateway: GatewayID("g"), sequence: UInt64(tick) + 1, fingerprint: UInt64(tick),
            receivedAt: Instant(unixMilliseconds: received), columns: columns)
    }

    /// With their write-ahead logs.
    private func size(_ prefix: String) -> Double {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasPrefix(prefix) }.reduce(0) {
            let facts = try? FileManager.default.attributesOfItem(atPath: folder + "/" + $1)
            return $0 + ((facts?[.size] as? NSNumber)?.doubleValue ?? 0)
        }
    }

    /// 24 hours of one point, each point in turn, after a round that nobody counts.
    private func measureRange(
        _ log: SQLiteBatchLog, _ ids: [PointID], _ name: String
    ) async throws {
        for (what, receipts) in [("with receipts", true), ("without", false)] {
            var times: [Double] = []
            for round in 0..<3 {
                for id in ids.prefix(300) {
                    let started = ContinuousClock.now
                    let series = try await log.series(
                        of: id, from: Self.start, to: Self.start + .hours(24),
                        receipts: receipts)
                    let took = (ContinuousClock.now - started).seconds
                    guard series.count == Int(Self.ticks) else {
                        say("a range has \(series.count) readings")
                        exit(1)
                    }
                    if round > 0 { times.append(took * 1e3) }
                }
            }
            times.sort()
            say(
                "24 h of one point, \(name), \(what): half within "
                    + "\(times[times.count / 2].text(2)) ms, 99% within "
                    + "\(times[times.count * 99 / 100].text(2)) ms")
        }
    }
}
