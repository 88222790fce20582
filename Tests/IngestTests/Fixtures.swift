import Domain
import Ingest
import IngestCore
import SimKit

let t0 = Instant.t0

/// One batch of one reading a point: point `i` has the value `sequence + i / 100`.
func batch(
    _ sequence: UInt64, gateway: String = "g1", points: [String] = ["t1", "x1"],
    at measuredAt: Instant? = nil
) -> SealedBatch {
    let time = measuredAt ?? t0 + .seconds(Int64(sequence))
    let columns = ReadingColumns(
        pointIDs: points.map(PointID.init), point: points.indices.map(UInt32.init),
        measuredAt: points.map { _ in time.unixMilliseconds },
        value: points.indices.map { Double(sequence) + Double($0) / 100 })
    return SealedBatch(
        gateway: GatewayID(gateway), sequence: sequence, fingerprint: sequence,
        receivedAt: time + Interval(milliseconds: 40), columns: columns)
}

extension BatchLog {
    /// Appends and waits for the disk.
    func store(_ batch: SealedBatch) async throws(BatchLogFailure) -> AppendOutcome {
        try await append(batch).outcome()
    }

    /// All readings of a point, oldest first.
    func all(of point: String) async throws -> [Reading] {
        try await readings(
            of: PointID(point), from: t0 - .hours(24 * 365), to: t0 + .hours(24 * 365))
    }

    /// Every stored batch.
    func everyBatch() async throws -> [StoredBatch] {
        var all: [StoredBatch] = []
        while true {
            let page = try await batches(after: all.last?.position ?? 0, limit: 7)
            if page.isEmpty { return all }
            all += page
        }
    }
}
