package import Domain

/// Keeps the links to the platforms of lower nodes, and what is known of the one above (ING-26).
///
/// *What it owns*: a record and the refused entries of each link; each is one part.
/// *How it moves*: a lower platform joins, sends pages of its registry, and its batches are taken.
/// *The odd case*: batches of a gateway that is not registered here are refused, and asked for
/// again when it is; what stands refused of the registry is tried again whenever that changes.
package struct LinkBook: Sendable, Equatable {
    /// By node.
    private var recordOf: [NodeID: LinkRecord] = [:]
    private var refusedEntries: [NodeID: [RefusedEntry]] = [:]
    /// The node for which this platform speaks to its superior; nil: it was never taken there.
    package private(set) var spokenFor: NodeID?
    private var changed: Set<String> = []

    package init() {}

    /// By node.
    package var all: [LinkRecord] { recordOf.keys.sorted().compactMap { recordOf[$0] } }
    package var isEmpty: Bool { recordOf.isEmpty }
    package subscript(node: NodeID) -> LinkRecord? { recordOf[node] }
    package func refused(of node: NodeID) -> [RefusedEntry] { refusedEntries[node] ?? [] }

    /// What stands under links.
    package func places(in registry: Registry) -> LinkPlaces {
        var places = LinkPlaces(below: recordOf.keys.sorted(), above: spokenFor)
        if recordOf.isEmpty { return places }
        for enterprise in registry.enterprises.values {
            note(enterprise.node, registry, &places)
        }
        for node in registry.nodes.values { note(node.id, registry, &places) }
        return places
    }

    private func note(_ node: NodeID, _ registry: Registry, _ places: inout LinkPlaces) {
        guard let link = registry.path(of: node).first(where: { recordOf[$0] != nil }) else {
            return
        }
        places.put(node, behind: link)
    }

    // MARK: Store

    mutating func restore(_ part: LinkPart) {
        switch part {
        case .record(let record): recordOf[record.node] = record
        case .refused(let node, let entries): refusedEntries[node] = entries
        case .spokenFor(let node): spokenFor = node
        }
    }

    /// What changed since the last call, by key.
    mutating func takeChanged() -> [(key: String, part: LinkPart?)] {
        defer { changed = [] }
        return changed.sorted().map { key in
            if key == Self.spokenForKey { return (key, spokenFor.map(LinkPart.spokenFor)) }
            let node = NodeID(String(key.drop { $0 != "/" }.dropFirst()))
            if key.hasPrefix(Self.refusedPrefix) {
                let entries = refusedEntries[node] ?? []
                return (key, entries.isEmpty ? nil : .refused(node, entries))
            }
            return (key, recordOf[node].map(LinkPart.record))
        }
    }

    private static let spokenForKey = "link-spoken-for"
    private static let refusedPrefix = "link-refused/"

    private mutating func put(_ record: LinkRecord) {
        recordOf[record.node] = record
        changed.insert(record.partKey)
    }

    private mutating func put(_ entries: [RefusedEntry], of node: NodeID) {
        if refused(of: node) == entries { return }
        refusedEntries[node] = entries.isEmpty ? nil : entries
        changed.insert(Self.refusedPrefix + node.text)
    }

    // MARK: Events

    mutating func speaksFor(_ node: NodeID) {
        if spokenFor == node { return }
        spokenFor = node
        changed.insert(Self.spokenForKey)
    }

    mutating func join(
        _ node: NodeID, instance: String, by: String, registry: Registry
    ) throws(LinkRefusal) -> [LinkEffect] {
        let path = registry.path(of: node)
        if path.isEmpty { throw .unknownNode(node) }
        if let own = spokenFor, !path.dropFirst().contains(own) {
            // Whoever is above, or beside, cannot be below.
            throw .circle(node, own: own)
        }
        for other in recordOf.keys.sorted() where other != node {
            if path.contains(other) || registry.stands(other, under: node) {
                throw .overlaps(node, with: other)
            }
        }
        if let known = recordOf[node] {
            if known.instance != instance { throw .otherStore(node) }
            return []
        }
        let record = LinkRecord(node: node, instance: instance)
        put(record)
        return [.joined(record, by: by)]
    }

    /// Notes how far the registry is taken, and what of it is refused.
    mutating func note(
        _ node: NodeID, journalSeq: UInt64, journalHash: [UInt8], refused: [RefusedEntry],
        hasChanged: Bool, by: String
    ) throws(LinkRefusal) -> [LinkEffect] {
        guard var record = recordOf[node] else { throw .unknownLink(node) }
        if refused.count > LinkLimits.refusedMax {
            throw .tooManyRefused(node, max: LinkLimits.refusedMax)
        }
        let isNews = hasChanged || refused != self.refused(of: node)
        if journalSeq > record.journalSeq {
            (record.journalSeq, record.journalHash) = (journalSeq, journalHash)
            put(record)
        }
        put(refused, of: node)
        return isNews ? [.taken(record, refused: refused.count, by: by)] : []
    }

    mutating func take(
        _ batches: LinkEvent.BatchesTaken, of node: NodeID
    ) throws(LinkRefusal) {
        guard var record = recordOf[node] else { throw .unknownLink(node) }
        var taken = StoredSequences(record.taken)
        for range in batches.positions { taken.insert(range) }
        record.taken = taken.ranges
        record.givenUp += batches.givenUp
        record.refusedBatches += batches.refusedBatches
        record.refusedReadings += batches.refusedReadings
        if !batches.lastRefusal.isEmpty { record.lastRefusal = batches.lastRefusal }
        for owed in batches.owed { record.owe(owed) }
        put(record)
    }

    /// All that is kept is to be sent again; what was stored is known by gateway and number.
    mutating func beginAnew(_ node: NodeID) throws(LinkRefusal) {
        guard var record = recordOf[node] else { throw .unknownLink(node) }
        record.taken = []
        record.owed = []
        put(record)
    }

    /// A gateway is registered under a link: what was refused of it is to be sent again.
    mutating func callIn(_ gateway: GatewayID, registry: Registry) {
        for node in recordOf.keys.sorted() {
            guard var record = recordOf[node],
                let place = record.owed.firstIndex(where: { $0.gateway == gateway }),
                let owner = registry.gateways[gateway]?.enterprise,
                registry.stands(NodeID(owner.text), under: node)
            else { continue }
            var taken = StoredSequences(record.taken)
            taken.remove(record.owed.remove(at: place).positions)
            record.taken = taken.ranges
            record.rewinds += 1
            put(record)
        }
    }

    mutating func forget(
        _ node: NodeID, reason: String, by: String, scope: NodeID?, registry: Registry
    ) throws(LinkRefusal) -> [LinkEffect] {
        if let scope, !registry.stands(node, under: scope) { throw .outside(scope: scope, node) }
        guard let record = recordOf[node] else { throw .unknownLink(node) }
        if reason.isEmpty || reason.count > RegistryLimits.reasonMax { throw .noReason }
        recordOf[node] = nil
        changed.insert(record.partKey)
        put([], of: node)
        return [.forgotten(record, by: by, reason: reason)]
    }
}

extension LinkRecord {
    fileprivate mutating func owe(_ batches: OwedBatches) {
        guard let place = owed.firstIndex(where: { $0.gateway == batches.gateway }) else {
            if owed.count < LinkLimits.owedMax { owed.append(batches) }
            return
        }
        let known = owed[place].positions
        let low = min(known.lowerBound, batches.positions.lowerBound)
        owed[place].positions = low...max(known.upperBound, batches.positions.upperBound)
    }
}

/// Where links are in the tree, and what stands behind them.
package struct LinkPlaces: Sendable, Equatable {
    /// The nodes of links to below, ascending.
    package private(set) var below: [NodeID]
    /// The node for which this platform speaks to its superior.
    package private(set) var above: NodeID?
    /// The link below by which a node comes.
    private var linkOf: [NodeID: NodeID] = [:]

    package init(below: [NodeID] = [], above: NodeID? = nil) {
        (self.below, self.above) = (below, above)
    }

    mutating func put(_ node: NodeID, behind link: NodeID) { linkOf[node] = link }

    /// The link behind which a node stands; nil: it is this platform's own.
    package func link(of node: NodeID) -> NodeID? { linkOf[node] }

    /// All whose silence is watched.
    package var watched: [NodeID] { below + (above.map { [$0] } ?? []) }

    /// The nodes that stand behind another link than before, or behind none any more.
    func moved(from old: LinkPlaces) -> [NodeID] {
        if linkOf == old.linkOf { return [] }
        let all = linkOf.keys.sorted() + old.linkOf.keys.sorted()
        return Set(all.filter { linkOf[$0] != old.linkOf[$0] }).sorted()
    }

    /// Everything that stands behind a link.
    func nodes(behind link: NodeID) -> [NodeID] {
        linkOf.keys.sorted().filter { linkOf[$0] == link }
    }
}

/// One stored part of the links.
package enum LinkPart: Codable, Hashable, Sendable {
    case record(LinkRecord)
    case refused(NodeID, [RefusedEntry])
    case spokenFor(NodeID)
}
