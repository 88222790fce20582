package import Domain

/// What the registry itself shows to be wrong (ING-14, ING-16): what was registered before there
/// were rules, or under packs of another day. New files with it are refused or remarked.
struct RegistryFindings {
    let registry: Registry
    let packs: Packs
    let instant: Instant
    private var found: [Sighting] = []

    init(registry: Registry, packs: Packs, now: Instant) {
        (self.registry, self.packs, instant) = (registry, packs, now)
    }

    consuming func all() -> [Sighting] {
        let vague = Set(packs.all.flatMap(\.vagueNames))
        var names: [[String]: String] = [:]
        for point in registry.points.values {
            let key = EntryKey(.point, point.id.text)
            guard let device = registry.devices[point.device], let node = registry.node(of: device)
            else {
                note(.noDevice, key, NodeID(""), [Clue("device", point.device.text)])
                continue
            }
            check(point, key, node)
            if vague.contains(point.name) {
                note(.vagueName, key, node, [Clue("name", point.name)])
            }
            let place = [point.device.text, point.name]
            if let twin = names[place] {
                note(.duplicateName, key, node, [Clue("name", point.name), Clue("twin", twin)])
            } else {
                names[place] = point.id.text
            }
        }
        for device in registry.devices.values where vague.contains(device.name) {
            guard let node = registry.node(of: device) else { continue }
            note(.vagueName, EntryKey(.device, device.id.text), node, [Clue("name", device.name)])
        }
        coverage()
        cameras()
        return found
    }

    private mutating func check(_ point: Point, _ key: EntryKey, _ node: NodeID) {
        let isDiscrete = packs.indicator(point.indicator.text)?.isDiscrete ?? false
        if point.unit.isEmpty, !isDiscrete {
            note(.noUnit, key, node, [Clue("indicator", point.indicator.text)])
        }
        let lacks = point.limitLacks
        if !lacks.isEmpty { note(.illogicalLimits, key, node, lacks) }
    }

    /// Expected and not there, or there and not declared (ING-12).
    private mutating func coverage() {
        var clues: [FindingKey: [Clue]] = [:]
        var nodes: [FindingKey: NodeID] = [:]
        for row in registry.coverage(by: packs, on: nil) {
            let kind: FindingKind
            switch row.state {
            case .missing: kind = .missingPoint
            case .undeclared: kind = .undeclaredPoint
            case .registered, .reasoned, .declaredNone, .unverified: continue
            }
            if row.expected.hasPrefix("person ") { continue }
            let key = FindingKey(kind, row.subject)
            clues.append(Clue(row.expected, row.clause), to: key)
            nodes[key] = row.node
        }
        for key in clues.keys.sorted() {
            note(key.kind, key.entry, nodes[key] ?? NodeID(""), clues[key] ?? [])
        }
    }

    /// Cameras that nobody here can try: one finding of an enterprise with all of them, because
    /// one address list mends them.
    private mutating func cameras() {
        var clues: [NodeID: [Clue]] = [:]
        for camera in registry.cameras.values where camera.address == nil {
            guard let node = registry.node(of: .camera(camera)) else { continue }
            let code = camera.facts.text("nationalCode")
            clues.append(
                Clue(camera.id.text, code.isEmpty ? "no address" : "only the code \(code)"),
                to: node)
        }
        for node in clues.keys.sorted() {
            let isEnterprise = registry.enterprises[EnterpriseID(node.text)] != nil
            note(
                .cameraUnreachable, EntryKey(isEnterprise ? .enterprise : .node, node.text), node,
                clues[node] ?? [])
        }
    }

    private mutating func note(
        _ kind: FindingKind, _ key: EntryKey, _ node: NodeID, _ clues: [Clue]
    ) {
        found.append(
            Sighting(kind, key, node: node, firstAt: instant, lastAt: instant, clues: clues))
    }
}

extension Registry {
    /// What is wrong with what is registered, by point, then device, then what is expected.
    package func sightings(by packs: Packs, at now: Instant) -> [Sighting] {
        RegistryFindings(registry: self, packs: packs, now: now).all()
    }
}

extension Point {
    /// What makes no sense about range and limits; empty: nothing.
    package var limitLacks: [Clue] {
        var lacks: [Clue] = []
        if !(rangeLow < rangeHigh) { lacks.append(Clue("range", "\(rangeLow) to \(rangeHigh)")) }
        let named = [
            ("lowLow", limits.lowLow), ("low", limits.low), ("high", limits.high),
            ("highHigh", limits.highHigh),
        ]
        let present = named.compactMap { name, value in value.map { (name, $0) } }
        for (name, value) in present where value < rangeLow || value > rangeHigh {
            lacks.append(Clue(name, "\(value) is outside \(rangeLow) to \(rangeHigh)"))
        }
        for (first, second) in zip(present, present.dropFirst()) where !(first.1 < second.1) {
            lacks.append(Clue(first.0, "\(first.1) is not below \(second.0) \(second.1)"))
        }
        return lacks
    }
}
