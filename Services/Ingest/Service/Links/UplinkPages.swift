import Contracts
import Domain
import IngestCore
import Storage

/// Makes pages of what the journal says has changed: each entry as it stands now.
///
/// An enterprise that is new to the superior, or of which a source is, goes as a whole in one page:
/// in parts it would be refused, because sources need their persons.
struct UplinkPages {
    let node: NodeID
    private var waiting: [[LinkedEntry]] = []
    /// What went as a whole, with how far the journal went then.
    private var whole: [NodeID: UInt64] = [:]

    init(node: NodeID) { self.node = node }

    var isEmpty: Bool { waiting.isEmpty }

    mutating func takeFirst() -> [LinkedEntry]? {
        waiting.isEmpty ? nil : waiting.removeFirst()
    }

    /// The kinds of entries that speak of the registry.
    static let filter = JournalFilter(
        kindPrefixes: kinds.map(\.0.rawValue) + [JournalKind.entryRecorded.rawValue])

    private static let kinds: [(JournalKind, EntryKind)] = [
        (.nodePut, .node), (.enterprisePut, .enterprise), (.hazardSourcePut, .hazardSource),
        (.objectPut, .object), (.devicePut, .device), (.pointPut, .point), (.personPut, .person),
        (.officerPut, .officer), (.gatewayPut, .gateway), (.cameraPut, .camera),
    ]

    /// Takes over a part of the journal, with the registry as it is since.
    mutating func read(_ page: JournalPage, of registry: Registry) throws {
        var singles: [LinkedEntry] = []
        var seen: Set<EntryKey> = []
        var owners: [NodeID] = []
        for entry in page.entries {
            guard let (key, isRemoval) = try Self.key(of: entry), seen.insert(key).inserted else {
                continue
            }
            guard let now = registry[key] else {
                if isRemoval, registry.stands(entry.node, under: node) {
                    singles.append(LinkedEntry(key, isRemoved: true, fields: []))
                }
                continue
            }
            guard let owner = registry.node(of: now), isTold(key, of: owner, in: registry) else {
                continue
            }
            if let upTo = whole[owner], entry.seq <= upTo { continue }
            if key.kind == .enterprise || key.kind == .hazardSource {
                owners.append(owner)
                whole[owner] = page.headSeq
            } else {
                singles.append(LinkedEntry(now))
            }
        }
        // What goes as a whole needs no word of its own.
        let isWhole = Set(owners)
        singles.removeAll { entry in
            registry[entry.key].flatMap { registry.node(of: $0) }.map(isWhole.contains) ?? false
        }
        put(singles, together: false)
        putWhole(owners, of: registry)
    }

    /// The entry of which a line of the journal speaks.
    private static func key(
        of entry: JournalEntry
    ) throws -> (key: EntryKey, isRemoval: Bool)? {
        if let kind = kinds.first(where: { $0.0.rawValue == entry.kind })?.1 {
            return (EntryKey(kind, entry.subject), false)
        }
        let record = try IngestV1.EntryRecord(serialized: entry.body)
        guard record.isRemoval, let change = record.change,
            let kind = EntryKind(rawValue: change.kind)
        else { return nil }
        return (EntryKey(kind, change.id), true)
    }

    /// Under the node of the link, which is itself the superior's.
    private func isTold(_ key: EntryKey, of owner: NodeID, in registry: Registry) -> Bool {
        if key.kind == .node || key.kind == .enterprise, key.id == node.text { return false }
        return registry.stands(owner, under: node)
    }

    private mutating func putWhole(_ owners: [NodeID], of registry: Registry) {
        if owners.isEmpty { return }
        let part = registry.belonging(to: Set(owners))
        var entries: [NodeID: [LinkedEntry]] = [:]
        for entry in part.entries {
            guard let owner = part.node(of: entry), isTold(entry.key, of: owner, in: part) else {
                continue
            }
            entries[owner, default: []].append(LinkedEntry(entry))
        }
        for owner in owners { put(entries[owner] ?? [], together: true) }
    }

    private mutating func put(_ entries: [LinkedEntry], together: Bool) {
        if entries.isEmpty { return }
        let most = LinkLimits.entriesPerPageMax
        if let last = waiting.last, last.count + entries.count <= most {
            waiting[waiting.count - 1] += entries
        } else if together, entries.count <= LinkLimits.entriesPerEnterpriseMax {
            waiting.append(entries)
        } else {
            for start in stride(from: 0, to: entries.count, by: most) {
                waiting.append(Array(entries[start..<min(start + most, entries.count)]))
            }
        }
    }
}
