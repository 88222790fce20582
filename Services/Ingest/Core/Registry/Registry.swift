import Domain

/// Who and what is watched: the organisation tree, enterprises and all that hangs on them.
package struct Registry: Sendable, Equatable {
    package private(set) var nodes = RegistryTable<Node>()
    package private(set) var enterprises = RegistryTable<Enterprise>()
    package private(set) var hazardSources = RegistryTable<HazardSource>()
    package private(set) var devices = RegistryTable<Device>()
    package private(set) var points = RegistryTable<Point>()
    package private(set) var persons = RegistryTable<ResponsiblePerson>()
    package private(set) var officers = RegistryTable<Officer>()
    package private(set) var gateways = RegistryTable<Gateway>()
    package private(set) var objects = RegistryTable<PlantObject>()
    package private(set) var cameras = RegistryTable<Camera>()

    package init() {}

    package subscript(key: EntryKey) -> RegistryEntry? {
        switch key.kind {
        case .node: nodes[NodeID(key.id)].map(RegistryEntry.node)
        case .enterprise: enterprises[EnterpriseID(key.id)].map(RegistryEntry.enterprise)
        case .hazardSource:
            hazardSources[HazardSourceID(key.id)].map(RegistryEntry.hazardSource)
        case .device: devices[DeviceID(key.id)].map(RegistryEntry.device)
        case .point: points[PointID(key.id)].map(RegistryEntry.point)
        case .person: persons[PersonID(key.id)].map(RegistryEntry.person)
        case .officer: officers[PersonID(key.id)].map(RegistryEntry.officer)
        case .gateway: gateways[GatewayID(key.id)].map(RegistryEntry.gateway)
        case .object: objects[ObjectID(key.id)].map(RegistryEntry.object)
        case .camera: cameras[CameraID(key.id)].map(RegistryEntry.camera)
        }
    }

    /// Puts one entry in its place.
    package mutating func put(_ entry: RegistryEntry) {
        switch entry {
        case .node(let value): nodes.put(value)
        case .enterprise(let value): enterprises.put(value)
        case .hazardSource(let value): hazardSources.put(value)
        case .device(let value): devices.put(value)
        case .point(let value): points.put(value)
        case .person(let value): persons.put(value)
        case .officer(let value): officers.put(value)
        case .gateway(let value): gateways.put(value)
        case .object(let value): objects.put(value)
        case .camera(let value): cameras.put(value)
        }
    }

    /// Takes one entry out; what refers to it must be gone before.
    package mutating func remove(_ key: EntryKey) {
        switch key.kind {
        case .node: nodes.remove(NodeID(key.id))
        case .enterprise: enterprises.remove(EnterpriseID(key.id))
        case .hazardSource: hazardSources.remove(HazardSourceID(key.id))
        case .device: devices.remove(DeviceID(key.id))
        case .point: points.remove(PointID(key.id))
        case .person: persons.remove(PersonID(key.id))
        case .officer: officers.remove(PersonID(key.id))
        case .gateway: gateways.remove(GatewayID(key.id))
        case .object: objects.remove(ObjectID(key.id))
        case .camera: cameras.remove(CameraID(key.id))
        }
    }

    /// Puts many entries in one pass.
    package mutating func put(_ entries: [RegistryEntry]) {
        var batch = EntryLists()
        for entry in entries { batch.add(entry) }
        nodes.put(batch.nodes)
        enterprises.put(batch.enterprises)
        hazardSources.put(batch.hazardSources)
        devices.put(batch.devices)
        points.put(batch.points)
        persons.put(batch.persons)
        officers.put(batch.officers)
        gateways.put(batch.gateways)
        objects.put(batch.objects)
        cameras.put(batch.cameras)
    }

    /// Every entry, parents before children: nodes from the nation down, then by kind and id.
    package var entries: [RegistryEntry] {
        var all: [RegistryEntry] = []
        for kind in NodeKind.allCases {
            all += nodes.values.filter { $0.kind == kind }.map(RegistryEntry.node)
        }
        all += enterprises.values.map(RegistryEntry.enterprise)
        all += hazardSources.values.map(RegistryEntry.hazardSource)
        all += objects.values.map(RegistryEntry.object)
        all += devices.values.map(RegistryEntry.device)
        all += points.values.map(RegistryEntry.point)
        all += persons.values.map(RegistryEntry.person)
        all += officers.values.map(RegistryEntry.officer)
        all += gateways.values.map(RegistryEntry.gateway)
        all += cameras.values.map(RegistryEntry.camera)
        return all
    }
}

/// Entries of many kinds, sorted into one list a kind.
private struct EntryLists {
    var nodes: [Node] = []
    var enterprises: [Enterprise] = []
    var hazardSources: [HazardSource] = []
    var devices: [Device] = []
    var points: [Point] = []
    var persons: [ResponsiblePerson] = []
    var officers: [Officer] = []
    var gateways: [Gateway] = []
    var objects: [PlantObject] = []
    var cameras: [Camera] = []

    mutating func add(_ entry: RegistryEntry) {
        switch entry {
        case .node(let value): nodes.append(value)
        case .enterprise(let value): enterprises.append(value)
        case .hazardSource(let value): hazardSources.append(value)
        case .device(let value): devices.append(value)
        case .point(let value): points.append(value)
        case .person(let value): persons.append(value)
        case .officer(let value): officers.append(value)
        case .gateway(let value): gateways.append(value)
        case .object(let value): objects.append(value)
        case .camera(let value): cameras.append(value)
        }
    }
}
