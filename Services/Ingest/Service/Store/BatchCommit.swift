import Domain
import Foundation
import GRDB
import IngestCore

/// What the writer knows of each gateway and where the log ends, as it is on disk.
struct WriterState {
    struct GatewayState {
        var number: Int64
        var sequences: StoredSequences
    }

    var gateways: [GatewayID: GatewayState] = [:]
    var head: UInt64 = 0
    /// Of the batches that hold readings.
    var lastReceivedAt: Instant?
}

/// Stores a group of batches inside one transaction; the state is taken over after the commit.
struct BatchCommit {
    private let db: Database
    private let base: WriterState
    private var touched: [GatewayID: WriterState.GatewayState] = [:]
    private var head: UInt64
    private var lastReceivedAt: Instant?

    init(in db: Database, after base: WriterState) {
        (self.db, self.base, self.head) = (db, base, base.head)
        lastReceivedAt = base.lastReceivedAt
    }

    /// What became of one batch, and its position if it was stored with readings.
    struct Stored {
        var outcome: Result<AppendOutcome, BatchLogFailure>
        var position: UInt64?
    }

    mutating func store(_ batch: SealedBatch, body: [UInt8]) throws -> Stored {
        var gateway = try gateway(batch.gateway)
        if gateway.sequences.contains(batch.sequence) {
            return Stored(outcome: try repeated(batch, of: gateway))
        }
        gateway.sequences.insert(batch.sequence)
        touched[batch.gateway] = gateway
        guard batch.columns.count > 0 else {
            try storeRefused(batch, of: gateway)
            return Stored(outcome: .success(.stored(0)))
        }
        head += 1
        lastReceivedAt = max(lastReceivedAt ?? batch.receivedAt, batch.receivedAt)
        try db.cachedStatement(
            sql: """
                insert into batches (position, gateway, sequence, fingerprint,
                    received_at_unix_ms, reading_count, body) values (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            Int64(head), gateway.number, Int64(batch.sequence),
            Int64(bitPattern: batch.fingerprint), batch.receivedAt.unixMilliseconds,
            batch.columns.count, Data(body),
        ])
        return Stored(outcome: .success(.stored(batch.columns.count)), position: head)
    }

    /// A batch whose readings were all refused has no position: nobody follows or asks for it.
    private func storeRefused(
        _ batch: SealedBatch, of gateway: WriterState.GatewayState
    ) throws {
        try db.cachedStatement(
            sql: """
                insert into refused_batches (gateway, sequence, fingerprint, received_at_unix_ms)
                values (?, ?, ?, ?)
                """
        ).execute(arguments: [
            gateway.number, Int64(batch.sequence), Int64(bitPattern: batch.fingerprint),
            batch.receivedAt.unixMilliseconds,
        ])
    }

    /// Writes the ranges of sequences that changed and returns the state after the commit.
    func finish() throws -> WriterState {
        var state = base
        state.head = head
        state.lastReceivedAt = lastReceivedAt
        for (id, gateway) in touched {
            try writeSequences(
                gateway, before: base.gateways[id]?.sequences ?? StoredSequences())
            state.gateways[id] = gateway
        }
        return state
    }

    private mutating func gateway(_ id: GatewayID) throws -> WriterState.GatewayState {
        if let known = touched[id] ?? base.gateways[id] { return known }
        try db.execute(sql: "insert into gateways (id) values (?)", arguments: [id.text])
        let new = WriterState.GatewayState(
            number: db.lastInsertedRowID, sequences: StoredSequences())
        touched[id] = new
        return new
    }

    /// The number was stored before: with the same readings a repeat, with others a mistake.
    private func repeated(
        _ batch: SealedBatch, of gateway: WriterState.GatewayState
    ) throws -> Result<AppendOutcome, BatchLogFailure> {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    select reading_count, fingerprint from batches
                    where gateway = ?1 and sequence = ?2
                    union all select 0, fingerprint from refused_batches
                    where gateway = ?1 and sequence = ?2
                    """),
            arguments: [gateway.number, Int64(batch.sequence)])
        // Without a row nobody can tell a repeat from a count that began anew: these may be
        // readings that were never stored, so they are not acknowledged.
        guard let row, UInt64(bitPattern: row[1] as Int64) == batch.fingerprint else {
            return .failure(
                .sequenceReused(
                    batch.gateway, sequence: batch.sequence, highest: gateway.sequences.highest))
        }
        return .success(.repeated(row[0]))
    }

    private func writeSequences(
        _ gateway: WriterState.GatewayState, before: StoredSequences
    ) throws {
        let old = Set(before.ranges)
        let new = Set(gateway.sequences.ranges)
        for range in before.ranges where !new.contains(range) {
            try db.cachedStatement(sql: "delete from sequences where gateway = ? and first = ?")
                .execute(arguments: [gateway.number, Int64(range.lowerBound)])
        }
        for range in gateway.sequences.ranges where !old.contains(range) {
            try db.cachedStatement(
                sql: "insert into sequences (gateway, first, last) values (?, ?, ?)"
            ).execute(arguments: [
                gateway.number, Int64(range.lowerBound), Int64(range.upperBound),
            ])
        }
    }
}
