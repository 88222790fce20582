import Domain

/// The kinds of entries that a registry file can hold; the raw value is the CSV `type`.
package enum EntryKind: String, CaseIterable, Codable, Sendable {
    case node, enterprise, hazardSource, object, device, point, person, officer, gateway, camera

    /// The name of its list in a YAML file.
    package var listName: String { rawValue + "s" }

    /// The kinds among which an id of this kind is unique: an enterprise is its own node, and
    /// whoever is told goes by one id.
    var sharingIDs: [EntryKind] {
        switch self {
        case .node, .enterprise: [.node, .enterprise]
        case .person, .officer: [.person, .officer]
        case .hazardSource, .object, .device, .point, .gateway, .camera: [self]
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
    case object(PlantObject)
    case camera(Camera)

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
        case .object(let value): EntryKey(.object, value.id.text)
        case .camera(let value): EntryKey(.camera, value.id.text)
        }
    }

    /// The fields that packs declare.
    package var facts: Facts {
        switch self {
        case .node(let value): value.facts
        case .enterprise(let value): value.facts
        case .hazardSource(let value): value.facts
        case .device(let value): value.facts
        case .point(let value): value.facts
        case .person(let value): value.facts
        case .officer(let value): value.facts
        case .gateway(let value): value.facts
        case .object(let value): value.facts
        case .camera(let value): value.facts
        }
    }

    /// The name that people know it by.
    package var name: String {
        switch self {
        case .node(let value): value.name
        case .enterprise(let value): value.name
        case .hazardSource(let value): value.name
        case .device(let value): value.name
        case .point(let value): value.name
        case .person(let value): value.name
        case .officer(let value): value.name
        case .gateway(let value): value.name
        case .object(let value): value.name
        case .camera(let value): value.name
        }
    }

    /// The key of its stored part: `point/P-1`.
    package var partKey: String { key.kind.rawValue + "/" + key.id }
}
