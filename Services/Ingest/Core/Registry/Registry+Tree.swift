package import Domain

extension Registry {
    /// How deep the tree may be: nation, province, city, county, park, enterprise and one spare.
    ///
    /// A walk upwards ends here, so that even a registry with a circle in it cannot hang a caller.
    static let depthMax = 7

    /// The node and all above it, itself first; empty if the registry does not know it.
    package func path(of node: NodeID) -> [NodeID] {
        var path: [NodeID] = []
        var next: NodeID? = node
        while let current = next, path.count < Self.depthMax, !path.contains(current) {
            if let body = nodes[current] {
                next = body.parent
            } else if let enterprise = enterprises[EnterpriseID(current.text)] {
                next = enterprise.park ?? enterprise.county
            } else {
                break
            }
            path.append(current)
        }
        return path
    }

    /// True if `node` is `ancestor` or stands under it.
    package func stands(_ node: NodeID, under ancestor: NodeID) -> Bool {
        path(of: node).contains(ancestor)
    }

    /// The node that an entry belongs to: its own for bodies and enterprises, else the enterprise.
    package func node(of entry: RegistryEntry) -> NodeID? {
        switch entry {
        case .node(let value): value.id
        case .enterprise(let value): value.node
        case .hazardSource(let value): NodeID(value.enterprise.text)
        case .device(let value): node(of: value)
        case .point(let value): devices[value.device].flatMap { node(of: $0) }
        case .person(let value): node(of: value.hazardSource)
        case .officer(let value): value.node
        case .gateway(let value): NodeID(value.enterprise.text)
        case .object(let value): node(of: value, depth: 0)
        case .camera(let value):
            value.hazardSource.map { node(of: $0) } ?? value.object.flatMap { node(of: $0) }
        }
    }

    /// The node of a device: that of its hazard source or object.
    package func node(of device: Device) -> NodeID? {
        if let source = device.hazardSource { return node(of: source) }
        return device.object.flatMap { node(of: $0) }
    }

    private func node(of object: ObjectID) -> NodeID? {
        objects[object].flatMap { node(of: $0, depth: 0) }
    }

    /// Objects stand under objects only so deep; a circle ends the walk.
    private func node(of object: PlantObject, depth: Int) -> NodeID? {
        guard depth < Self.depthMax else { return nil }
        switch object.parent {
        case .node(let id): return id
        case .enterprise(let id): return NodeID(id.text)
        case .hazardSource(let id): return node(of: id)
        case .device(let id):
            guard let device = devices[id] else { return nil }
            if let source = device.hazardSource { return node(of: source) }
            return device.object.flatMap { objects[$0] }.flatMap { node(of: $0, depth: depth + 1) }
        case .object(let id): return objects[id].flatMap { node(of: $0, depth: depth + 1) }
        }
    }

    /// Whose a point is, by way of its device: an enterprise, or the body that watches an object.
    package func enterprise(of point: PointID) -> EnterpriseID? {
        guard let device = points[point].flatMap({ devices[$0.device] }) else { return nil }
        if let source = device.hazardSource { return hazardSources[source]?.enterprise }
        // What a park watches itself is the park's: bodies and enterprises share their ids.
        return node(of: device).map { EnterpriseID($0.text) }
    }

    /// The entries that a token of `ancestor` may see, in the order of `entries`.
    ///
    /// Bodies above the node are included as well: without them the path of what is seen would
    /// have no names.
    package func entries(visibleTo ancestor: NodeID) -> [RegistryEntry] {
        let above = path(of: ancestor)
        return entries.filter { entry in
            if case .node(let body) = entry, above.contains(body.id) { return true }
            return node(of: entry).map { stands($0, under: ancestor) } ?? false
        }
    }

    private func node(of source: HazardSourceID) -> NodeID? {
        hazardSources[source].map { NodeID($0.enterprise.text) }
    }
}
