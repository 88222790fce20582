package import Domain

/// What a request does to a registry.
extension Registry {
    /// The entry with some fields written anew, checked as an import would check it.
    func changed(
        _ key: EntryKey, _ texts: [ChangeProposal.FieldText], packs: Packs, file: String
    ) throws(ChangeRefusal) -> RegistryEntry {
        var fields = (self[key]?.fields ?? [("id", key.id)]).map {
            RegistryField($0.name, $0.text, line: 0)
        }
        for text in texts where text.name != "id" {
            fields.removeAll { $0.name == text.name }
            fields.append(RegistryField(text.name, text.text, line: 0))
        }
        let row = RegistryRow(kind: key.kind.rawValue, line: 0, fields: fields)
        let document = RegistryDocument(fileName: file, rows: [row])
        for twin in key.kind.sharingIDs where twin != key.kind {
            if self[EntryKey(twin, key.id)] == nil { continue }
            let text = "a \(twin.words) has the id \(key.id) already; write another."
            throw .mistakes([Mistake(file: file, line: 0, text: text)])
        }
        do throws(ImportRefusal) {
            let plan = try surroundings(of: row, key).importing(document, packs: packs)
            guard let entry = plan.result[key] else { throw ImportRefusal.mistakes([]) }
            return entry
        } catch {
            switch error {
            case .mistakes(let mistakes): throw .mistakes(mistakes)
            case .outside(let scope, let entry): throw .outside(scope: scope, entry: entry)
            }
        }
    }

    /// What a change of one entry can contradict: the bodies, and all that belongs to the same
    /// enterprise or body as what the row names. To check a whole nation takes seconds.
    private func surroundings(of row: RegistryRow, _ key: EntryKey) -> Registry {
        switch key.kind {
        case .node, .enterprise: return self
        case .hazardSource, .object, .device, .point, .person, .officer, .gateway, .camera: break
        }
        var around: Set<NodeID> = []
        if let before = self[key], let node = node(of: before) { around.insert(node) }
        for field in row.fields {
            guard let kind = EntryKind(rawValue: field.name),
                let entry = self[EntryKey(kind, field.text)], let node = node(of: entry)
            else { continue }
            around.insert(node)
        }
        return belonging(to: around)
    }

    /// All bodies, and what belongs to some of the nodes.
    package func belonging(to around: Set<NodeID>) -> Registry {
        var part = Registry()
        part.put(nodes.values.map(RegistryEntry.node))
        part.put(
            enterprises.values.filter { around.contains($0.node) }.map(RegistryEntry.enterprise))
        let sources = hazardSources.values.filter {
            around.contains(NodeID($0.enterprise.text))
        }
        let sourceIDs = Set(sources.map(\.id))
        part.put(sources.map(RegistryEntry.hazardSource))
        part.put(
            persons.values.filter { sourceIDs.contains($0.hazardSource) }
                .map(RegistryEntry.person))
        part.put(
            officers.values.filter { around.contains($0.node) }.map(RegistryEntry.officer))
        part.put(
            gateways.values.filter { around.contains(NodeID($0.enterprise.text)) }
                .map(RegistryEntry.gateway))
        part.put(
            objects.values.map(RegistryEntry.object).filter { isOf($0, around) })
        part.put(
            cameras.values.map(RegistryEntry.camera).filter { isOf($0, around) })
        let near = devices.values.filter { device in
            device.hazardSource.map { sourceIDs.contains($0) }
                ?? (node(of: device).map { around.contains($0) } ?? false)
        }
        let deviceIDs = Set(near.map(\.id))
        part.put(near.map(RegistryEntry.device))
        part.put(
            points.values.filter { deviceIDs.contains($0.device) }.map(RegistryEntry.point))
        return part
    }

    private func isOf(_ entry: RegistryEntry, _ around: Set<NodeID>) -> Bool {
        node(of: entry).map { around.contains($0) } ?? false
    }

    /// Refuses to remove what must stay, or what others still hang on.
    func checkRemoval(of key: EntryKey) throws(ChangeRefusal) {
        switch key.kind {
        case .device, .point, .object, .camera, .gateway: break
        case .officer: throw .notRemovable(key, instead: "write leftOn, the day of leaving")
        case .person:
            throw .notRemovable(key, instead: "keep the id and write who holds the post now")
        case .node, .enterprise, .hazardSource:
            throw .notRemovable(key, instead: "its records must be kept; change its name or state")
        }
        let needed = entries.filter { entry in
            parentKey(of: entry) == key
                || entry.facts.all.contains { $0.kind == .reference && $0.words.contains(key.id) }
        }
        if !needed.isEmpty { throw .stillNeeded(key, by: needed.map(\.key)) }
    }
}

extension RegistryEntry {
    /// Why nobody may take this out alone; empty: it may be.
    var lossBecause: String {
        switch self {
        case .point: "a point is removed"
        case .device, .object, .camera, .gateway, .node, .enterprise, .hazardSource, .person,
            .officer:
            ""
        }
    }

    /// Why nobody may change this alone: limits that come later, another range or unit.
    func weakeningBecause(from before: RegistryEntry?) -> String {
        guard case .point(let after) = self, case .point(let before)? = before else { return "" }
        var reasons: [String] = []
        let upper = [
            ("high", before.limits.high, after.limits.high),
            ("highHigh", before.limits.highHigh, after.limits.highHigh),
        ]
        for (name, old, new) in upper {
            guard let old else { continue }
            if let new, new <= old { continue }
            reasons.append(new == nil ? "\(name) is taken away" : "\(name) is raised")
        }
        let lower = [
            ("low", before.limits.low, after.limits.low),
            ("lowLow", before.limits.lowLow, after.limits.lowLow),
        ]
        for (name, old, new) in lower {
            guard let old else { continue }
            if let new, new >= old { continue }
            reasons.append(new == nil ? "\(name) is taken away" : "\(name) is lowered")
        }
        if before.rangeLow != after.rangeLow || before.rangeHigh != after.rangeHigh {
            reasons.append("the range is changed")
        }
        if before.unit != after.unit || before.indicator != after.indicator {
            reasons.append("the unit or indicator is changed")
        }
        if before.device != after.device { reasons.append("the point is moved") }
        return reasons.joined(separator: ", ")
    }
}
