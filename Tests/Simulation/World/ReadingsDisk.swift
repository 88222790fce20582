import Domain
import Ingest
import IngestCore

/// The batch log of ingest: what is on its disk, by the rules of `BatchCommit`.
struct ReadingsDisk {
    private struct Known {
        var sequences = StoredSequences()
        /// By sequence: what the batch was, and its position; nil if it had no good reading.
        var batches: [UInt64: (fingerprint: UInt64, position: Int?)] = [:]
    }

    /// The batches by position, from 1.
    private(set) var batches: [SealedBatch] = []
    private var known: [GatewayID: Known] = [:]
    private(set) var lastReceivedAt: Instant?

    /// Stores a group in one transaction.
    mutating func commit(_ group: [SealedBatch]) -> [Result<AppendOutcome, BatchLogFailure>] {
        group.map { store($0) }
    }

    private mutating func store(
        _ batch: SealedBatch
    ) -> Result<AppendOutcome, BatchLogFailure> {
        var gateway = known[batch.gateway] ?? Known()
        if gateway.sequences.contains(batch.sequence) {
            guard let before = gateway.batches[batch.sequence],
                before.fingerprint == batch.fingerprint
            else {
                return .failure(
                    .sequenceReused(
                        batch.gateway, sequence: batch.sequence,
                        highest: gateway.sequences.highest))
            }
            return .success(.repeated(before.position.map { batches[$0 - 1].columns.count } ?? 0))
        }
        gateway.sequences.insert(batch.sequence)
        var position: Int?
        if batch.columns.count > 0 {
            batches.append(batch)
            position = batches.count
            lastReceivedAt = max(lastReceivedAt ?? batch.receivedAt, batch.receivedAt)
        }
        gateway.batches[batch.sequence] = (batch.fingerprint, position)
        known[batch.gateway] = gateway
        return .success(.stored(batch.columns.count))
    }

    /// Where a batch stands; nil if it is not there or has no good reading.
    func position(of sequence: UInt64, from gateway: GatewayID) -> Int? {
        known[gateway]?.batches[sequence]?.position
    }

    /// The last group is gone.
    mutating func forget(after count: Int) {
        for batch in batches[count...] {
            var gateway = known[batch.gateway] ?? Known()
            gateway.batches[batch.sequence] = nil
            gateway.sequences = StoredSequences(gateway.batches.keys.sorted().map { $0...$0 })
            known[batch.gateway] = gateway
        }
        batches.removeLast(batches.count - count)
    }
}
