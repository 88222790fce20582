package import Domain

/// The name of a check-in, the sender's own.
package struct CleaningID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// What is cleaned: a device or an object.
package struct CleaningKey: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    package var of: EntryKind
    package var id: String

    package init(_ of: EntryKind, _ id: String) { (self.of, self.id) = (of, id) }

    package var entry: EntryKey { EntryKey(of, id) }
    package var description: String { of.rawValue + "/" + id }

    package static func < (left: Self, right: Self) -> Bool {
        (left.of.rawValue, left.id) < (right.of.rawValue, right.id)
    }
}

/// A place or a device that is cleaned on schedule 清扫区域, as the registry and its pack say.
package struct CleaningArea: Hashable, Codable, Sendable {
    package var key: CleaningKey
    package var enterprise: EnterpriseID
    package var name: String
    package var every: Interval
    /// Who is to do it 清扫责任人; may be empty.
    package var cleaner: String
    package var clause: String

    package init(
        key: CleaningKey, enterprise: EnterpriseID, name: String, every: Interval,
        cleaner: String = "", clause: String
    ) {
        (self.key, self.enterprise, self.name) = (key, enterprise, name)
        (self.every, self.cleaner, self.clause) = (every, cleaner, clause)
    }

    package var node: NodeID { NodeID(enterprise.text) }
}

extension Registry {
    /// What packs want cleaned, by kind and id; with `around` only of those nodes.
    package func cleaningAreas(
        by packs: Packs, around: Set<NodeID>? = nil
    ) -> [CleaningArea] {
        let rules = packs.all.flatMap(\.cleaning)
        if rules.isEmpty { return [] }
        var areas: [CleaningArea] = []
        func add(_ entry: RegistryEntry, _ kind: String) {
            guard let rule = rules.first(where: { $0.of == entry.key.kind && $0.kind == kind }),
                let node = node(of: entry), around?.contains(node) ?? true,
                // What a park watches itself is no enterprise's to clean.
                let enterprise = enterprises[EnterpriseID(node.text)],
                let every = rule.every(entry.facts)
            else { return }
            areas.append(
                CleaningArea(
                    key: CleaningKey(entry.key.kind, entry.key.id), enterprise: enterprise.id,
                    name: entry.name, every: every, cleaner: entry.facts.text(rule.cleaner),
                    clause: rule.clause))
        }
        for device in devices.values where !device.kind.isEmpty {
            add(.device(device), device.kind)
        }
        for object in objects.values { add(.object(object), object.kind) }
        return areas
    }
}

extension CleaningRule {
    /// How often; nil: it is not said, and nothing is usual.
    fileprivate func every(_ facts: Facts) -> Interval? {
        guard let hours = facts[everyFact]?.number ?? usualHours, hours >= 1 else { return nil }
        return .minutes(Int64((hours * 60).rounded()))
    }
}
