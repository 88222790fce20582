/// The fields that each kind of entry takes: the one table behind reading, export and messages.
extension EntryKind {
    /// All fields in the order of an export; the id comes first.
    package var fields: [String] {
        switch self {
        case .node: ["id", "kind", "parent", "name"]
        case .enterprise: ["id", "county", "park", "placement", "name", "shortName"]
        case .hazardSource: ["id", "enterprise", "name", "unitKind", "grade"]
        case .object:
            ["id", "kind", "node", "enterprise", "hazardSource", "device", "object", "name"]
        case .device: ["id", "hazardSource", "object", "name", "kind", "medium"]
        case .point:
            [
                "id", "device", "name", "indicator", "unit", "rangeLow", "rangeHigh", "lowLow",
                "low", "high", "highHigh",
            ]
        case .person:
            ["id", "hazardSource", "tier", "name", "telephone", "email", "verifiedOn"]
        case .officer:
            ["id", "node", "post", "name", "telephone", "email", "verifiedOn", "leftOn"]
        case .gateway: ["id", "enterprise", "name"]
        case .camera: ["id", "hazardSource", "object", "name"]
        }
    }

    /// Every field of any kind, once: the columns of a CSV file after `type`.
    package static var allFields: [String] {
        var all: [String] = []
        for kind in EntryKind.allCases {
            for field in kind.fields where !all.contains(field) { all.append(field) }
        }
        return all
    }

    /// The kind in a sentence: `hazard source`.
    package var words: String {
        switch self {
        case .node: "node"
        case .enterprise: "enterprise"
        case .hazardSource: "hazard source"
        case .device: "device"
        case .point: "point"
        case .person: "person"
        case .officer: "officer"
        case .gateway: "gateway"
        case .object: "object"
        case .camera: "camera"
        }
    }
}

extension RegistryEntry {
    /// The fields as an export writes them, in the order of `EntryKind.fields`, without empty ones.
    package var fields: [(name: String, text: String)] {
        let texts = fieldTexts
        return zip(key.kind.fields, texts).filter { !$0.1.isEmpty }.map { ($0.0, $0.1) }
            + facts.all.map { ($0.id, $0.text) }
    }

    private var fieldTexts: [String] {
        switch self {
        case .node(let node):
            [node.id.text, node.kind.rawValue, node.parent?.text ?? "", node.name]
        case .enterprise(let value):
            [
                value.id.text, value.county.text, value.park?.text ?? "",
                value.placement.rawValue, value.name, value.shortName,
            ]
        case .hazardSource(let value):
            [
                value.id.text, value.enterprise.text, value.name, value.unitKind.rawValue,
                String(value.grade.rawValue),
            ]
        case .device(let value):
            [
                value.id.text, value.hazardSource?.text ?? "", value.object?.text ?? "",
                value.name, value.kind, value.medium,
            ]
        case .point(let point): point.fieldTexts
        case .person(let person):
            [
                person.id.text, person.hazardSource.text, person.tier.rawValue, person.name,
                person.telephone, person.email ?? "", person.verifiedOn?.text ?? "",
            ]
        case .officer(let officer):
            [
                officer.id.text, officer.node.text, officer.post.text, officer.name,
                officer.telephone, officer.email ?? "", officer.verifiedOn?.text ?? "",
                officer.leftOn?.text ?? "",
            ]
        case .gateway(let value): [value.id.text, value.enterprise.text, value.name]
        case .object(let value): value.fieldTexts
        case .camera(let value):
            [
                value.id.text, value.hazardSource?.text ?? "", value.object?.text ?? "",
                value.name,
            ]
        }
    }
}

extension PlantObject {
    fileprivate var fieldTexts: [String] {
        var parents = ["", "", "", "", ""]
        switch parent {
        case .node(let id): parents[0] = id.text
        case .enterprise(let id): parents[1] = id.text
        case .hazardSource(let id): parents[2] = id.text
        case .device(let id): parents[3] = id.text
        case .object(let id): parents[4] = id.text
        }
        return [id.text, kind] + parents + [name]
    }
}

extension Point {
    fileprivate var fieldTexts: [String] {
        [
            id.text, device.text, name, indicator.text, unit, plain(rangeLow),
            plain(rangeHigh), limits.lowLow.map(plain) ?? "", limits.low.map(plain) ?? "",
            limits.high.map(plain) ?? "", limits.highHigh.map(plain) ?? "",
        ]
    }
}

/// A number as people write it: the shortest digits that read back the same, without `.0`.
func plain(_ number: Double) -> String {
    let text = number.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
