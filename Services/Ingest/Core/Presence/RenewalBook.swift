package import Domain

/// When what is registered of an enterprise was last registered, changed or confirmed.
package struct Renewal: Hashable, Codable, Sendable {
    package var enterprise: EnterpriseID
    /// Itself, its hazard sources, objects and devices; nil: never since this is kept.
    package var basicAt: Instant?
    /// Its responsible persons; nil: never since this is kept.
    package var personsAt: Instant?

    var partKey: String { "renewal/" + enterprise.text }
}

/// Keeps how fresh the registry is, by enterprise (ING-02).
///
/// *What it owns*: of each enterprise one part. *How it moves*: by files and accepted requests; a
/// file that says the same again confirms it. *The odd case*: entries from before this was kept
/// have no time, so that somebody who asks falls back on other days.
package struct RenewalBook: Sendable, Equatable {
    package private(set) var renewals: [EnterpriseID: Renewal] = [:]
    private var changed: Set<EnterpriseID> = []

    package init() {}

    package subscript(enterprise: EnterpriseID) -> Renewal? { renewals[enterprise] }

    /// Takes over what was put, changed or removed.
    mutating func follow(
        _ effects: [RegistryMachine.Effect], registry: Registry, at now: Instant
    ) {
        for effect in effects {
            switch effect {
            case .put(let entry, let node): renew(entry.key.kind, node, registry, now)
            case .recorded(let record, let node): renew(record.change.kind, node, registry, now)
            case .requested, .imported: continue
            }
        }
    }

    /// Takes over what a file names, whether it says something new of it or not.
    mutating func confirm(
        _ document: RegistryDocument, within scope: NodeID?, registry: Registry, at now: Instant
    ) {
        for row in document.rows {
            guard let kind = EntryKind(rawValue: row.kind), kind.family != nil,
                let id = row.fields.first(where: { $0.name == "id" })?.text,
                let entry = registry[EntryKey(kind, id)], let node = registry.node(of: entry)
            else { continue }
            if let scope, !registry.stands(node, under: scope) { continue }
            renew(kind, node, registry, now)
        }
    }

    private mutating func renew(
        _ kind: EntryKind, _ node: NodeID, _ registry: Registry, _ now: Instant
    ) {
        let enterprise = EnterpriseID(node.text)
        guard let family = kind.family else { return }
        var renewal = renewals[enterprise] ?? Renewal(enterprise: enterprise)
        let before = renewal
        switch family {
        case .basic: renewal.basicAt = max(renewal.basicAt ?? now, now)
        case .persons: renewal.personsAt = max(renewal.personsAt ?? now, now)
        }
        // What a park watches itself is no enterprise's.
        guard renewal != before, registry.enterprises[enterprise] != nil else { return }
        renewals[enterprise] = renewal
        changed.insert(enterprise)
    }

    // MARK: Store

    mutating func restore(_ renewal: Renewal) { renewals[renewal.enterprise] = renewal }

    mutating func takeChanged() -> [(key: String, part: Renewal?)] {
        defer { changed = [] }
        return changed.sorted().compactMap { renewals[$0] }.map { ($0.partKey, $0) }
    }
}

extension EntryKind {
    fileprivate enum Family { case basic, persons }

    /// Which family of data an entry belongs to; nil: none that is registered.
    fileprivate var family: Family? {
        switch self {
        case .enterprise, .hazardSource, .object, .device: .basic
        case .person: .persons
        case .node, .point, .officer, .gateway, .camera: nil
        }
    }
}
