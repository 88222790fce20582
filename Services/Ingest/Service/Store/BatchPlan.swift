import Domain
import IngestCore

/// What the writer knows of each gateway and where the log ends, as it is on disk.
struct WriterState {
    struct GatewayState {
        var sequences = StoredSequences()
        /// By sequence, what the catalog does not know yet.
        var recent: [UInt64: KnownBatch] = [:]
    }

    var gateways: [GatewayID: GatewayState] = [:]
    var head: UInt64 = 0
    /// Of the batches that hold readings.
    var lastReceivedAt: Instant?
    /// What the catalog does not know yet, in the order of storing.
    private(set) var unflushed: [KnownBatch] = []

    /// Takes over a batch that is on disk.
    mutating func take(_ batch: KnownBatch) {
        gateways[batch.gateway, default: GatewayState()].sequences.insert(batch.sequence)
        gateways[batch.gateway, default: GatewayState()].recent[batch.sequence] = batch
        unflushed.append(batch)
        guard batch.readingCount > 0 else { return }
        head += 1
        lastReceivedAt = max(lastReceivedAt ?? batch.receivedAt, batch.receivedAt)
    }

    /// The catalog knows the first batches now.
    mutating func flushed(_ count: Int) {
        for batch in unflushed.prefix(count) {
            gateways[batch.gateway]?.recent[batch.sequence] = nil
        }
        unflushed.removeFirst(count)
    }
}

/// What is to be done with each batch of a group; the state takes it over after the commit.
struct BatchPlan {
    /// What became of one batch, and its position if it is stored with readings.
    struct Fate {
        var outcome: Result<AppendOutcome, BatchLogFailure>
        var position: UInt64?
    }

    private(set) var fates: [Fate] = []
    /// The batches that are stored, in order.
    private(set) var stored: [KnownBatch] = []
    private var sequences: [GatewayID: StoredSequences] = [:]
    private var added: [GatewayID: [UInt64: KnownBatch]] = [:]
    private var head: UInt64
    /// The position of the first batch that gets one.
    let first: UInt64

    init(after head: UInt64) { (self.head, first) = (head, head + 1) }

    /// `known` looks up a batch of which only the catalog knows.
    mutating func add(
        _ batch: SealedBatch, to state: WriterState,
        known: (GatewayID, UInt64) throws(BatchLogFailure) -> KnownBatch?
    ) {
        let gateway = state.gateways[batch.gateway]
        var sequences =
            sequences[batch.gateway] ?? gateway?.sequences ?? StoredSequences()
        if sequences.contains(batch.sequence) {
            let before: KnownBatch?
            do throws(BatchLogFailure) {
                let recent = gateway?.recent[batch.sequence]
                if let new = added[batch.gateway]?[batch.sequence] ?? recent {
                    before = new
                } else {
                    before = try known(batch.gateway, batch.sequence)
                }
            } catch {
                fates.append(Fate(outcome: .failure(error)))
                return
            }
            fates.append(repeated(batch, of: before, highest: sequences.highest))
            return
        }
        sequences.insert(batch.sequence)
        self.sequences[batch.gateway] = sequences
        let count = batch.columns.count
        let kept = KnownBatch(
            gateway: batch.gateway, sequence: batch.sequence, fingerprint: batch.fingerprint,
            receivedAt: batch.receivedAt, readingCount: count)
        added[batch.gateway, default: [:]][batch.sequence] = kept
        stored.append(kept)
        // A batch whose readings were all refused has no position: nobody follows or asks for it.
        if count > 0 { head += 1 }
        fates.append(Fate(outcome: .success(.stored(count)), position: count > 0 ? head : nil))
    }

    /// The number was stored before: with the same readings a repeat, with others a mistake.
    private func repeated(
        _ batch: SealedBatch, of before: KnownBatch?, highest: UInt64
    ) -> Fate {
        // Of which nothing is known, nobody can tell a repeat from a count that began anew: these
        // may be readings that were never stored, so they are not acknowledged.
        guard let before, before.fingerprint == batch.fingerprint else {
            return Fate(
                outcome: .failure(
                    .sequenceReused(batch.gateway, sequence: batch.sequence, highest: highest)))
        }
        return Fate(outcome: .success(.repeated(before.readingCount)))
    }
}
