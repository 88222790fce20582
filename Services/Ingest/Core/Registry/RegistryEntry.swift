import Domain

/// The kinds of entries that a registry file can hold; the raw value is the CSV `type`.
package enum EntryKind: String, CaseIterable, Codable, Sendable {
    case node, enterprise, hazardSource, device, point, person, officer, gateway

    /// The name of its list in a YAML file.
    package var listName: String { rawValue + "s" }

    /// The kinds among which an id of this kind is unique: an enterprise is its own node, and
    /// whoever is told goes by one id.
    var sharingIDs: [EntryKind] {
        switch self {
        case .node, .enterprise: [.node, .enterprise]
        case .person, .officer: [.person, .officer]
        case .hazardSource, .device, .point, .gateway: [self]
        }
    }
}

/// Which entry is meant: kind and id.
package struct EntryKey: Hashable, Sendable {
    package var kind: EntryKind
    package var id: String

    package init(_ kind: EntryKind, _ id: String) { (self.kind, self.id) = (kind, id) }
}

/// One entry of the registry of any kind.
package enum RegistryEntry: Codable, Hashable, Sendable {
    case node(Node)
    case enterprise(Enterprise)
    case hazardSource(HazardSource)
    case device(Device)
    case point(Point)
    case person(ResponsiblePerson)
    case officer(Officer)
    case gateway(Gateway)

    package var key: EntryKey {
        switch self {
        case .node(let value): EntryKey(.node, value.id.text)
        case .enterprise(let value): EntryKey(.enterprise, value.id.text)
        case .hazardSource(let value): EntryKey(.hazardSource, value.id.text)
        case .device(let value): EntryKey(.device, value.id.text)
        case .point(let value): EntryKey(.point, value.id.text)
        case .person(let value): EntryKey(.person, value.id.text)
        case .officer(let value): EntryKey(.officer, value.id.text)
        case .gateway(let value): EntryKey(.gateway, value.id.text)
        }
    }

    /// The key of its stored part: `point/P-1`.
    package var partKey: String { key.kind.rawValue + "/" + key.id }
}
