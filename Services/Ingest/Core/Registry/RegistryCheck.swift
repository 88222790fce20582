import Domain

/// Finds everything that is wrong with a registry as a whole, after a file was put beside it.
///
/// What was registered before was right before, so each mistake comes from the file; where the
/// entry itself is not in the file, the sentence says that it was registered earlier.
struct RegistryCheck {
    let registry: Registry
    let reading: DocumentReading
    private var found: [Mistake] = []

    init(registry: Registry, reading: DocumentReading) {
        (self.registry, self.reading) = (registry, reading)
    }

    consuming func mistakes() -> [Mistake] {
        checkNodes()
        checkEnterprises()
        checkHazardSources()
        checkTiers()
        checkOfficers()
        checkDevices()
        checkPoints()
        checkGateways()
        checkObjects()
        checkCameras()
        return found
    }

    private mutating func checkNodes() {
        var nation: NodeID?
        for node in registry.nodes.values {
            let key = EntryKey(.node, node.id.text)
            if registry.enterprises[EnterpriseID(node.id.text)] != nil {
                add(
                    key, "id", "an enterprise has this id already; ids are unique, write another")
            }
            guard let parent = node.parent else {
                if let nation {
                    add(
                        key, "kind",
                        "\(nation) is the nation already; a registry has one, write another kind")
                }
                nation = nation ?? node.id
                continue
            }
            if isCircular(node.id) {
                add(
                    key, "parent",
                    "it stands under itself by way of parent \(parent); write the node above it")
                continue
            }
            guard let above = registry.nodes[parent] else {
                missing(key, "parent", EntryKey(.node, parent.text))
                continue
            }
            let allowed = node.kind.parentKinds
            if !allowed.contains(above.kind) {
                add(
                    key, "parent",
                    "a \(node.kind.rawValue) cannot stand under \(parent), a "
                        + "\(above.kind.rawValue); write the id of a "
                        + list(allowed.map(\.rawValue)))
            }
        }
    }

    private func isCircular(_ start: NodeID) -> Bool {
        var next = registry.nodes[start]?.parent
        for _ in 0..<Registry.depthMax {
            guard let current = next else { return false }
            if current == start { return true }
            next = registry.nodes[current]?.parent
        }
        return false
    }

    private mutating func checkEnterprises() {
        for enterprise in registry.enterprises.values {
            let key = EntryKey(.enterprise, enterprise.id.text)
            let county = body(key, "county", enterprise.county, kind: .county)
            switch (enterprise.placement, enterprise.park) {
            case (.inPark, nil):
                add(key, "placement", "placement inPark needs a park; write its id under park")
            case (.outsidePark, .some(let park)):
                add(
                    key, "park",
                    "placement outsidePark contradicts park \(park); leave the park out or write "
                        + "inPark")
            case (.inPark, .some), (.outsidePark, nil), (.cityManaged, _): break
            }
            if let id = enterprise.park, let park = body(key, "park", id, kind: .park),
                let county, !registry.stands(park.id, under: county.id)
            {
                add(
                    key, "park",
                    "park \(park.id) does not stand under county \(county.id); write a park of "
                        + "this county, or the county of the park")
            }
            if enterprise.placement == .cityManaged, let county, !hasCity(above: county.id) {
                add(
                    key, "placement",
                    "placement cityManaged needs a city above county \(county.id); put the county "
                        + "under a city or write another placement")
            }
        }
    }

    private func hasCity(above county: NodeID) -> Bool {
        registry.path(of: county).contains { registry.nodes[$0]?.kind == .city }
    }

    /// The body that a field names, if it is there and of the right kind.
    private mutating func body(
        _ key: EntryKey, _ field: String, _ id: NodeID, kind: NodeKind
    ) -> Node? {
        guard let body = registry.nodes[id] else {
            missing(key, field, EntryKey(.node, id.text))
            return nil
        }
        guard body.kind == kind else {
            add(
                key, field,
                "\(field) \(id) is a \(body.kind.rawValue); write the id of a \(kind.rawValue)")
            return nil
        }
        return body
    }

    private mutating func checkHazardSources() {
        var names = NameCheck()
        for source in registry.hazardSources.values {
            let key = EntryKey(.hazardSource, source.id.text)
            if registry.enterprises[source.enterprise] == nil {
                missing(key, "enterprise", EntryKey(.enterprise, source.enterprise.text))
            }
            if let twin = names.twin(of: source.name, in: source.enterprise.text, id: key.id) {
                sameName(key, twin, "in enterprise \(source.enterprise)")
            }
        }
    }

    private mutating func checkDevices() {
        var names = NameCheck()
        var namesOfWorks = NameCheck()
        for device in registry.devices.values {
            let key = EntryKey(.device, device.id.text)
            guard checkPlace(key, device.hazardSource, device.object) else { continue }
            let place = device.hazardSource?.text ?? device.object?.text ?? ""
            let what = device.hazardSource == nil ? "object" : "hazard source"
            if let twin = names.twin(of: device.name, in: place, id: key.id) {
                sameName(key, twin, "in \(what) \(place)")
            }
            // Files from before there were kinds may repeat names in other sources.
            guard !device.kind.isEmpty, let works = registry.node(of: device) else { continue }
            if let twin = namesOfWorks.twin(of: device.name, in: works.text, id: key.id),
                registry.devices[DeviceID(twin)].map({ $0.hazardSource != device.hazardSource })
                    == true
            {
                sameName(key, twin, "in enterprise \(works)")
            }
        }
    }

    /// True if the hazard source or the object that something hangs on is there.
    private mutating func checkPlace(
        _ key: EntryKey, _ source: HazardSourceID?, _ object: ObjectID?
    ) -> Bool {
        if let source, registry.hazardSources[source] == nil {
            missing(key, "hazardSource", EntryKey(.hazardSource, source.text))
            return false
        }
        if let object, registry.objects[object] == nil {
            missing(key, "object", EntryKey(.object, object.text))
            return false
        }
        return true
    }

    private mutating func checkObjects() {
        var names = NameCheck()
        for object in registry.objects.values {
            let key = EntryKey(.object, object.id.text)
            let parent = object.parent.key
            guard registry[parent] != nil else {
                missing(key, parent.kind.rawValue, parent)
                continue
            }
            if registry.node(of: .object(object)) == nil {
                add(
                    key, parent.kind.rawValue,
                    "it stands under itself, or too deep; write what it really stands under")
            }
            let place = parent.kind.rawValue + "/" + parent.id + "/" + object.kind
            if let twin = names.twin(of: object.name, in: place, id: key.id) {
                sameName(key, twin, "under \(parent.kind.words) \(parent.id)")
            }
        }
    }

    private mutating func checkCameras() {
        var names = NameCheck()
        for camera in registry.cameras.values {
            let key = EntryKey(.camera, camera.id.text)
            guard checkPlace(key, camera.hazardSource, camera.object) else { continue }
            let place = camera.hazardSource?.text ?? camera.object?.text ?? ""
            if let twin = names.twin(of: camera.name, in: place, id: key.id) {
                sameName(key, twin, "of \(place)")
            }
        }
    }

    private mutating func checkPoints() {
        var names = NameCheck()
        for point in registry.points.values {
            let key = EntryKey(.point, point.id.text)
            guard registry.devices[point.device] != nil else {
                missing(key, "device", EntryKey(.device, point.device.text))
                continue
            }
            if let twin = names.twin(of: point.name, in: point.device.text, id: key.id) {
                sameName(key, twin, "of device \(point.device)")
            }
        }
    }

    private mutating func checkGateways() {
        for gateway in registry.gateways.values
        where registry.enterprises[gateway.enterprise] == nil
            && registry.nodes[NodeID(gateway.enterprise.text)] == nil
        {
            missing(
                EntryKey(.gateway, gateway.id.text), "enterprise",
                EntryKey(.enterprise, gateway.enterprise.text))
        }
    }

    /// Each hazard source has exactly one person of each tier (002-WD names all three).
    private mutating func checkTiers() {
        var holders: [TierPost: PersonID] = [:]
        for person in registry.persons.values {
            let key = EntryKey(.person, person.id.text)
            guard registry.hazardSources[person.hazardSource] != nil else {
                missing(key, "hazardSource", EntryKey(.hazardSource, person.hazardSource.text))
                continue
            }
            let post = TierPost(source: person.hazardSource, tier: person.tier)
            guard let first = holders[post] else {
                holders[post] = person.id
                continue
            }
            addTwin(
                key, EntryKey(.person, first.text), "tier",
                "hazard source \(person.hazardSource) has the \(person.tier.rawValue) person "
                    + "\(first) already; keep one, and when the person changes, keep the id and "
                    + "write the new name and telephone")
        }
        for source in registry.hazardSources.values {
            for tier in Tier.allCases
            where holders[TierPost(source: source.id, tier: tier)] == nil
                && !reading.isPersonBroken(of: source.id.text)
            {
                add(
                    EntryKey(.hazardSource, source.id.text), "id",
                    "it has no \(tier.rawValue) person; add a person with hazardSource "
                        + "\(source.id) and tier \(tier.rawValue)")
            }
        }
    }

    private mutating func checkOfficers() {
        for officer in registry.officers.values {
            let key = EntryKey(.officer, officer.id.text)
            if registry.persons[officer.id] != nil {
                add(key, "id", "a person has this id already; ids are unique, write another")
            }
            if registry.nodes[officer.node] == nil,
                registry.enterprises[EnterpriseID(officer.node.text)] == nil,
                !reading.isBroken(EntryKey(.enterprise, officer.node.text))
            {
                missing(key, "node", EntryKey(.node, officer.node.text))
            }
        }
    }

    private mutating func sameName(_ key: EntryKey, _ twin: String, _ place: String) {
        addTwin(
            key, EntryKey(key.kind, twin), "name",
            "\(key.kind.words) \(twin) \(place) has the same name; tell them apart by a prefix "
                + "or suffix")
    }

    private mutating func missing(_ key: EntryKey, _ field: String, _ target: EntryKey) {
        if reading.isBroken(target) { return }
        add(
            key, field,
            "there is no \(target.kind.words) \(target.id); add it to the file, or write the id "
                + "of one that is registered")
    }

    /// Reports at whichever of two entries the file holds, the later one first.
    private mutating func addTwin(
        _ key: EntryKey, _ twin: EntryKey, _ field: String, _ text: String
    ) {
        guard let other = reading.line(of: twin, field: field) else {
            add(key, field, text)
            return
        }
        add(key, field, text + " (\(twin.id) is on line \(other))")
    }

    private mutating func add(_ key: EntryKey, _ field: String, _ text: String) {
        let line = reading.line(of: key, field: field)
        let origin = line == nil ? " (registered earlier)" : ""
        found.append(
            Mistake(
                file: reading.document.fileName, line: line ?? 0,
                text: "\(key.kind.words) \(key.id)\(origin): \(text)."))
    }
}

private struct TierPost: Hashable {
    var source: HazardSourceID
    var tier: Tier
}

/// Finds names that occur twice in the same place.
private struct NameCheck {
    private var ids: [[String]: String] = [:]

    /// The id of an earlier entry with this name in this place.
    mutating func twin(of name: String, in place: String, id: String) -> String? {
        if let first = ids[[place, name]] { return first }
        ids[[place, name]] = id
        return nil
    }
}

extension NodeKind {
    /// What a node of this kind may stand under.
    fileprivate var parentKinds: [NodeKind] {
        switch self {
        case .nation: []
        case .province: [.nation]
        case .city: [.province]
        // Districts of a municipality stand under the province itself.
        case .county: [.city, .province]
        case .town, .park: [.county]
        case .enterprise: [.county, .park]
        case .serviceBody: [.nation, .province, .city, .county, .town, .park]
        }
    }
}
