package import Contracts
import Domain
package import IngestCore

extension LinkedEntry {
    /// An entry as it travels, but of a camera no address: only its own platform connects to it.
    package init(_ entry: RegistryEntry) {
        let fields = entry.fields.filter { name, _ in
            entry.key.kind != .camera || name != Camera.addressField
        }
        self.init(
            entry.key, isRemoved: false,
            fields: fields.map { ChangeProposal.FieldText($0.name, $0.text) })
    }

    /// Nil: there is no such kind, or no id.
    package init?(_ entry: IngestV1.LinkEntry) {
        guard let kind = EntryKind(rawValue: entry.kind), !entry.id.isEmpty else { return nil }
        self.init(
            EntryKey(kind, entry.id), isRemoved: entry.isRemoved,
            fields: [ChangeProposal.FieldText("id", entry.id)]
                + entry.fields.filter { $0.name != "id" }.map {
                    ChangeProposal.FieldText($0.name, $0.text)
                })
    }
}

extension IngestV1.LinkEntry {
    package init(_ entry: LinkedEntry) {
        self.init(
            kind: entry.key.kind.rawValue, id: entry.key.id, isRemoved: entry.isRemoved,
            fields: entry.fields.map { IngestV1.LinkField(name: $0.name, text: $0.text) })
    }
}

extension IngestV1.LinkRefusal {
    init(_ refused: RefusedEntry) {
        self.init(
            kind: refused.entry.key.kind.rawValue, id: refused.entry.key.id, reason: refused.reason)
    }
}

extension IngestV1.LinkBatch {
    /// A stored batch as it travels.
    package init(_ batch: StoredBatch, coversFrom: UInt64) {
        self.init(
            coversFrom: coversFrom, position: batch.position, gatewayID: batch.gateway.text,
            sequence: batch.sequence, fingerprint: batch.fingerprint,
            storedFingerprint: batch.columns.fingerprint, columns: IngestV1.Columns(batch.columns))
    }
}

extension ReadingColumns {
    /// The columns of a batch that travelled; nil: they are no columns.
    init?(_ sent: IngestV1.Columns) {
        let batch = IncomingBatch(sent)
        let ids = sent.pointIDs
        guard batch.lengthMistake == nil, batch.quality.allSatisfy({ $0 <= 2 }),
            batch.point.allSatisfy({ Int($0) < ids.count }),
            batch.value.allSatisfy(\.isFinite)
        else { return nil }
        self.init(
            pointIDs: ids.map(PointID.init), point: batch.point, measuredAt: batch.measuredAt,
            value: batch.value, quality: batch.quality.map { UInt8($0) })
    }
}

extension IngestV1.LinkChange {
    /// What the journal tells of a link.
    package init(_ effect: LinkEffect) {
        switch effect {
        case .joined(let record, let by):
            self.init(record, event: "joined", refused: 0, by: by)
        case .taken(let record, let refused, let by):
            self.init(record, event: "taken", refused: refused, by: by)
        case .forgotten(let record, let by, let reason):
            self.init(record, event: "forgotten", refused: 0, by: by, reason: reason)
        }
    }

    private init(
        _ record: LinkRecord, event: String, refused: Int, by: String, reason: String = ""
    ) {
        self.init(
            nodeID: record.node.text, event: event, instance: record.instance,
            journalSeq: record.journalSeq, journalHash: record.journalHash,
            refusedEntries: UInt32(clamping: refused), by: by, reason: reason)
    }
}

extension IngestV1.Link {
    /// A link to below, as the book and the line have it.
    init(_ record: LinkRecord, _ refused: [RefusedEntry], _ line: LinkBoard.Line) {
        self.init(line)
        (nodeID, direction) = (record.node.text, "below")
        (journalSeq, journalHash) = (record.journalSeq, hexadecimal(record.journalHash))
        position = record.position
        givenUpBatches = record.givenUp
        refusedBatches = record.refusedBatches
        refusedReadings = record.refusedReadings
        lastRefusal = record.lastRefusal
        refusedEntries = UInt32(clamping: refused.count)
        refusals = refused.prefix(IngestLimits.linkRefusalsMax).map { IngestV1.LinkRefusal($0) }
    }

    /// The link to above.
    init(_ above: LinkBoard.Above, address: String) {
        self.init(above.line)
        (nodeID, direction, self.address) = (above.node.text, "above", address)
        (journalSeq, journalHash) = (above.journalSeq, hexadecimal(above.journalHash))
        position = above.takenUpTo
        givenUpBatches = above.givenUp
        refusedBatches = above.refusedBatches
        refusedReadings = above.refusedReadings
        lastRefusal = above.lastRefusal
        refusedEntries = above.refusedEntries
        refusals = above.refusals
    }

    private init(_ line: LinkBoard.Line) {
        self.init(
            isConnected: line.isConnected, sinceUnixMs: line.since.unixMillisecondsOrZero,
            lastHeardUnixMs: line.lastHeard.unixMillisecondsOrZero, trouble: line.trouble,
            headPosition: line.headPosition, waitingBatches: line.waitingBatches,
            oldestWaitingUnixMs: line.oldestWaiting.unixMillisecondsOrZero)
    }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}
