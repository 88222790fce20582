package import Domain

/// What is known of the platform of a lower node 级联下级.
package struct LinkRecord: Hashable, Codable, Sendable {
    /// The node that it speaks for.
    package var node: NodeID
    /// The store of the lower platform, as it calls itself.
    package var instance: String
    /// The registry is taken up to this entry of the lower journal; 0: nothing is.
    package var journalSeq: UInt64 = 0
    /// The hash of that entry; empty: nothing is.
    package var journalHash: [UInt8] = []
    /// The positions of the lower log that are taken or refused, ascending.
    package var taken: [ClosedRange<UInt64>] = []
    /// Positions that the lower platform did not keep until it could send them.
    package var givenUp: UInt64 = 0
    /// Batches of which nothing was taken.
    package var refusedBatches: UInt64 = 0
    /// Readings of taken batches that were refused.
    package var refusedReadings: UInt64 = 0
    package var lastRefusal = ""
    /// Where batches of gateways lie that are not registered here under the node: they are asked
    /// for again once they are.
    package var owed: [OwedBatches] = []
    /// How often positions were taken back, so that they are sent again.
    package var rewinds: UInt64 = 0

    package struct OwedBatches: Hashable, Codable, Sendable {
        package var gateway: GatewayID
        package var positions: ClosedRange<UInt64>

        package init(gateway: GatewayID, positions: ClosedRange<UInt64>) {
            (self.gateway, self.positions) = (gateway, positions)
        }
    }

    package init(node: NodeID, instance: String) {
        (self.node, self.instance) = (node, instance)
    }

    var partKey: String { "link/" + node.text }

    /// All positions up to this one are taken or refused.
    package var position: UInt64 {
        guard let first = taken.first, first.lowerBound <= 1 else { return 0 }
        return first.upperBound
    }
}

/// An entry of a lower registry: its fields as a file has them.
package struct LinkedEntry: Hashable, Codable, Sendable {
    package var key: EntryKey
    package var isRemoved: Bool
    package var fields: [ChangeProposal.FieldText]

    package init(_ key: EntryKey, isRemoved: Bool, fields: [ChangeProposal.FieldText]) {
        (self.key, self.isRemoved, self.fields) = (key, isRemoved, fields)
    }

    private enum CodingKeys: String, CodingKey { case kind, id, isRemoved, names, texts }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        key = EntryKey(
            try container.decode(EntryKind.self, forKey: .kind),
            try container.decode(String.self, forKey: .id))
        isRemoved = try container.decode(Bool.self, forKey: .isRemoved)
        let names = try container.decode([String].self, forKey: .names)
        let texts = try container.decode([String].self, forKey: .texts)
        fields = zip(names, texts).map { ChangeProposal.FieldText($0, $1) }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(key.kind, forKey: .kind)
        try container.encode(key.id, forKey: .id)
        try container.encode(isRemoved, forKey: .isRemoved)
        try container.encode(fields.map(\.name), forKey: .names)
        try container.encode(fields.map(\.text), forKey: .texts)
    }
}

/// An entry that is not taken, and why.
package struct RefusedEntry: Hashable, Codable, Sendable {
    package var entry: LinkedEntry
    package var reason: String
}

/// What happens to the links to below, and to the one above.
package enum LinkEvent: Hashable, Sendable {
    /// The platform of a node says hello.
    case joined(NodeID, instance: String, by: String)
    /// Entries of its registry, as far as the lower journal goes with them.
    case pageSent(NodeID, [LinkedEntry], journalSeq: UInt64, journalHash: [UInt8], by: String)
    /// Its store of readings is another: positions mean nothing any more.
    case beganAnew(NodeID)
    /// What became of its batches since the last word.
    case batchesTaken(NodeID, BatchesTaken)
    /// Another journal may begin there; `scope` is the node of who says so, nil: all.
    case forgotten(NodeID, reason: String, by: String, scope: NodeID?)
    /// The superior takes this platform for that of a node.
    case speaksFor(NodeID)

    package struct BatchesTaken: Hashable, Sendable {
        package var positions: [ClosedRange<UInt64>] = []
        package var givenUp: UInt64 = 0
        package var refusedBatches: UInt64 = 0
        package var refusedReadings: UInt64 = 0
        package var lastRefusal = ""
        package var owed: [LinkRecord.OwedBatches] = []

        package init() {}

        package var isEmpty: Bool { positions.isEmpty }
    }
}

/// What the journal tells of links.
package enum LinkEffect: Hashable, Sendable {
    case joined(LinkRecord, by: String)
    case taken(LinkRecord, refused: Int, by: String)
    case forgotten(LinkRecord, by: String, reason: String)
}

/// Why a link was not taken; nothing has changed.
package enum LinkRefusal: Error, Hashable, Sendable {
    case unknownNode(NodeID)
    /// The store of another platform has spoken for the node.
    case otherStore(NodeID)
    /// A link above or below speaks for a part of it already.
    case overlaps(NodeID, with: NodeID)
    /// This platform speaks for the node itself, or for one under it.
    case circle(NodeID, own: NodeID)
    case unknownLink(NodeID)
    /// The lower journal ends before what was taken of it.
    case cut(NodeID, at: UInt64, taken: UInt64)
    case tooManyRefused(NodeID, max: Int)
    case outside(scope: NodeID, NodeID)
    case noReason
}
