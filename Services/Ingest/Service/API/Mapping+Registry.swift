package import Contracts
import Domain
package import IngestCore

extension JournalRecord {
    /// An entry of the registry as the journal tells it.
    package init(_ entry: RegistryEntry) {
        switch entry {
        case .node(let value): self = .nodePut(IngestV1.Node(value))
        case .enterprise(let value): self = .enterprisePut(IngestV1.Enterprise(value))
        case .hazardSource(let value): self = .hazardSourcePut(IngestV1.HazardSource(value))
        case .device(let value): self = .devicePut(IngestV1.Device(value))
        case .point(let value): self = .pointPut(IngestV1.Point(value))
        case .person(let value): self = .personPut(IngestV1.Person(value))
        case .officer(let value): self = .officerPut(IngestV1.Officer(value))
        case .gateway(let value): self = .gatewayPut(IngestV1.Gateway(value))
        case .object(let value): self = .objectPut(IngestV1.Object(value))
        case .camera(let value): self = .cameraPut(IngestV1.Camera(value))
        }
    }
}

extension IngestV1.ImportResponse {
    package init(_ summary: ImportSummary) {
        self.init(
            added: UInt32(clamping: summary.added), changed: UInt32(clamping: summary.changed),
            unchanged: UInt32(clamping: summary.unchanged))
    }
}

extension IngestV1.ListResponse {
    init(_ entries: [RegistryEntry]) {
        self.init()
        for entry in entries {
            switch entry {
            case .node(let value): nodes.append(IngestV1.Node(value))
            case .enterprise(let value): enterprises.append(IngestV1.Enterprise(value))
            case .hazardSource(let value): hazardSources.append(IngestV1.HazardSource(value))
            case .device(let value): devices.append(IngestV1.Device(value))
            case .point(let value): points.append(IngestV1.Point(value))
            case .person(let value): persons.append(IngestV1.Person(value))
            case .officer(let value): officers.append(IngestV1.Officer(value))
            case .gateway(let value): gateways.append(IngestV1.Gateway(value))
            case .object(let value): objects.append(IngestV1.Object(value))
            case .camera(let value): cameras.append(IngestV1.Camera(value))
            }
        }
        // Entries come by kind of body; the list promises the order of ids.
        nodes.sort { $0.id < $1.id }
    }
}

extension RegistryEntry {
    /// The same entry without what only some may read.
    var masked: RegistryEntry {
        switch self {
        case .person(var person):
            person.telephone = maskedTelephone(person.telephone)
            person.email = person.email.map(maskedEmail)
            return .person(person)
        case .officer(var officer):
            officer.telephone = maskedTelephone(officer.telephone)
            officer.email = officer.email.map(maskedEmail)
            return .officer(officer)
        case .camera(let camera): return .camera(camera.masked)
        case .node, .enterprise, .hazardSource, .device, .point, .gateway, .object:
            return self
        }
    }
}

/// The server with three stars before it.
func maskedEmail(_ email: String) -> String {
    "***" + email.drop { $0 != "@" }
}

/// The first three and the last four characters, with stars between; short ones are all stars.
func maskedTelephone(_ telephone: String) -> String {
    guard telephone.count > 8 else { return String(repeating: "*", count: telephone.count) }
    let hidden = String(repeating: "*", count: telephone.count - 7)
    return telephone.prefix(3) + hidden + telephone.suffix(4)
}

extension IngestV1.Node {
    fileprivate init(_ node: Node) {
        self.init(
            id: node.id.text, parentID: node.parent?.text ?? "", kind: node.kind.text,
            name: node.name, facts: node.facts.wire)
    }
}

extension IngestV1.Enterprise {
    fileprivate init(_ enterprise: Enterprise) {
        self.init(
            id: enterprise.id.text, countyID: enterprise.county.text,
            parkID: enterprise.park?.text ?? "", placement: enterprise.placement.text,
            name: enterprise.name, shortName: enterprise.shortName, facts: enterprise.facts.wire)
    }
}

extension IngestV1.HazardSource {
    fileprivate init(_ source: HazardSource) {
        self.init(
            id: source.id.text, enterpriseID: source.enterprise.text, name: source.name,
            unitKind: source.unitKind.text, grade: source.grade.number, facts: source.facts.wire)
    }
}

extension IngestV1.Device {
    fileprivate init(_ device: Device) {
        self.init(
            id: device.id.text, hazardSourceID: device.hazardSource?.text ?? "",
            name: device.name, medium: device.medium, kind: device.kind,
            objectID: device.object?.text ?? "", facts: device.facts.wire)
    }
}

extension IngestV1.Point {
    fileprivate init(_ point: Point) {
        self.init(
            id: point.id.text, deviceID: point.device.text, name: point.name,
            indicator: point.indicator.text, unit: point.unit, rangeLow: point.rangeLow,
            rangeHigh: point.rangeHigh, limits: IngestV1.PointLimits(point.limits),
            facts: point.facts.wire)
    }
}

extension IngestV1.Person {
    fileprivate init(_ person: ResponsiblePerson) {
        self.init(
            id: person.id.text, hazardSourceID: person.hazardSource.text, tier: person.tier.text,
            name: person.name, telephone: person.telephone, email: person.email ?? "",
            verifiedOn: person.verifiedOn?.text ?? "", facts: person.facts.wire)
    }
}

extension IngestV1.Officer {
    fileprivate init(_ officer: Officer) {
        self.init(
            id: officer.id.text, nodeID: officer.node.text, post: officer.post.text,
            name: officer.name, telephone: officer.telephone, email: officer.email ?? "",
            verifiedOn: officer.verifiedOn?.text ?? "", leftOn: officer.leftOn?.text ?? "",
            facts: officer.facts.wire)
    }
}

extension IngestV1.Gateway {
    fileprivate init(_ gateway: Gateway) {
        self.init(
            id: gateway.id.text, enterpriseID: gateway.enterprise.text, name: gateway.name,
            facts: gateway.facts.wire)
    }
}

extension IngestV1.Object {
    fileprivate init(_ object: PlantObject) {
        self.init(
            id: object.id.text, kind: object.kind, name: object.name, facts: object.facts.wire)
        switch object.parent {
        case .node(let id): nodeID = id.text
        case .enterprise(let id): enterpriseID = id.text
        case .hazardSource(let id): hazardSourceID = id.text
        case .device(let id): deviceID = id.text
        case .object(let id): objectID = id.text
        }
    }
}

extension IngestV1.Camera {
    /// Neither the journal nor an answer has the secrets of its address.
    fileprivate init(_ registered: Camera) {
        let camera = registered.masked
        self.init(
            id: camera.id.text, hazardSourceID: camera.hazardSource?.text ?? "",
            objectID: camera.object?.text ?? "", name: camera.name, facts: camera.facts.wire)
    }
}

extension Facts {
    fileprivate var wire: [IngestV1.Fact] {
        all.map { IngestV1.Fact(id: $0.id, kind: $0.kind.rawValue, text: $0.text) }
    }
}
