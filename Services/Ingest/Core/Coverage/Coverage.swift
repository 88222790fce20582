package import Domain

/// One thing that a pack expects, and what is registered of it 应接尽接.
package struct CoverageRow: Sendable, Equatable {
    package enum State: String, CaseIterable, Sendable {
        /// It is there.
        case registered
        /// It is not there, and the entry says why.
        case reasoned
        /// The entry says that there is none, and there is none.
        case declaredNone
        /// It is not there.
        case missing
        /// It is there, and the entry declares otherwise, or nothing.
        case undeclared
        /// It is there, and its number was never tried, or long ago.
        case unverified

        /// True if somebody has something to do.
        package var isOpen: Bool {
            switch self {
            case .registered, .reasoned, .declaredNone: false
            case .missing, .undeclared, .unverified: true
            }
        }
    }

    package var node: NodeID
    package var source: HazardSourceID?
    package var subject: EntryKey
    package var name: String
    package var expected: String
    package var state: State
    package var found = 0
    package var reason = ""
    package var clause: String
}

/// Puts what packs expect beside what is registered.
struct CoverageCheck {
    let registry: Registry
    let packs: Packs
    /// `2021-11-01`: ages are counted up to it.
    let today: CalendarDay?
    private let points: [DeviceID: [Point]]
    private let devicesOfSource: [HazardSourceID: [Device]]
    private let pointsOfNode: [NodeID: [Point]]
    private let camerasOf: [EntryKey: Int]
    private let rules: [ExpectedRule]

    init(registry: Registry, packs: Packs, today: CalendarDay?) {
        (self.registry, self.packs, self.today) = (registry, packs, today)
        points = registry.pointsByDevice
        rules = packs.all.flatMap(\.expected)
        // Grouped for looking up; nobody goes through the groups in their order.
        devicesOfSource = Dictionary(
            grouping: registry.devices.values.filter { $0.hazardSource != nil }
        ) { $0.hazardSource ?? HazardSourceID("") }
        var nodeOfDevice: [DeviceID: NodeID] = [:]
        for device in registry.devices.values {
            nodeOfDevice[device.id] = registry.node(of: device)
        }
        pointsOfNode = Dictionary(
            grouping: registry.points.values.filter { nodeOfDevice[$0.device] != nil }
        ) { nodeOfDevice[$0.device] ?? NodeID("") }
        var camerasOf: [EntryKey: Int] = [:]
        for camera in registry.cameras.values {
            if let key = registry.parentKey(of: .camera(camera)) {
                camerasOf[key] = (camerasOf[key] ?? 0) + 1
            }
        }
        self.camerasOf = camerasOf
    }

    /// By enterprise, then its sources, then its objects.
    func rows() -> [CoverageRow] {
        let sources = Dictionary(grouping: registry.hazardSources.values, by: \.enterprise)
        let objects = Dictionary(grouping: registry.objects.values) {
            registry.node(of: .object($0)) ?? NodeID("")
        }
        let holders = Dictionary(grouping: registry.persons.values, by: \.hazardSource)
        let bodies = registry.nodes.values.flatMap { node in
            (objects[node.id] ?? []).flatMap { rows(of: $0, at: node.id) }
        }
        return bodies
            + registry.enterprises.values.flatMap { enterprise in
                let own = sources[enterprise.id] ?? []
                let around = objects[enterprise.node] ?? []
                return rows(of: enterprise, own, around)
                    + own.flatMap { rows(of: $0) + persons(of: $0, holders[$0.id] ?? []) }
                    + around.flatMap { rows(of: $0, at: enterprise.node) }
            }
    }

    private func rows(
        of enterprise: Enterprise, _ sources: [HazardSource], _ objects: [PlantObject]
    ) -> [CoverageRow] {
        let fits = rules.filter { rule in
            rule.subject == .enterprise
                && (rule.unitKind.isEmpty
                    || sources.contains { $0.unitKind.rawValue == rule.unitKind })
        }
        let subject = Subject(
            node: enterprise.node, source: nil, entry: .enterprise(enterprise),
            points: pointsOfNode[enterprise.node] ?? [], objects: objects)
        return fits.flatMap { rows(by: $0, of: subject) }
    }

    private func rows(of source: HazardSource) -> [CoverageRow] {
        let node = NodeID(source.enterprise.text)
        let devices = devicesOfSource[source.id] ?? []
        let fits = rules.filter { rule in
            (rule.unitKind.isEmpty || rule.unitKind == source.unitKind.rawValue)
                && (rule.grades.isEmpty || rule.grades.contains(source.grade.rawValue))
        }
        let whole = Subject(
            node: node, source: source.id, entry: .hazardSource(source),
            points: devices.flatMap { points[$0.id] ?? [] }, objects: [])
        return fits.filter { $0.subject == .source }.flatMap { rows(by: $0, of: whole) }
            + fits.filter { $0.subject == .device }.flatMap { rule in
                devices.filter { $0.fits(rule) }.flatMap { device in
                    let one = Subject(
                        node: node, source: source.id, entry: .device(device),
                        points: points[device.id] ?? [], objects: [])
                    return rows(by: rule, of: one)
                }
            }
    }

    private func rows(of object: PlantObject, at node: NodeID) -> [CoverageRow] {
        let own = registry.points.values.isEmpty ? [] : pointsOfNode[node] ?? []
        let points = own.filter { point in
            point.facts.text("area") == object.id.text
                || registry.devices[point.device]?.object == object.id
        }
        let subject = Subject(
            node: node, source: nil, entry: .object(object), points: points, objects: [])
        return rules.filter { $0.subject == .object && $0.kind == object.kind }
            .flatMap { rows(by: $0, of: subject) }
    }

    // MARK: One subject by one rule

    private struct Subject {
        var node: NodeID
        var source: HazardSourceID?
        var entry: RegistryEntry
        var points: [Point]
        var objects: [PlantObject]
    }

    private func rows(by rule: ExpectedRule, of subject: Subject) -> [CoverageRow] {
        rule.wanted.flatMap { wanted -> [CoverageRow] in
            switch wanted {
            case .indicator(let id):
                let found = subject.points.count { $0.indicator.text == id }
                return [row(subject, id, found, rule.clause)]
            case .camera:
                return [row(subject, "camera", camerasOf[subject.entry.key] ?? 0, rule.clause)]
            case .object(let kind):
                let found = subject.objects.count { $0.kind == kind }
                return [row(subject, kind, found, rule.clause)]
            case .declared(let fact): return declared(fact, by: rule, of: subject)
            }
        }
    }

    private func row(
        _ subject: Subject, _ expected: String, _ found: Int, _ clause: String
    ) -> CoverageRow {
        let reason = subject.entry.facts["missing"]?.reason(of: expected) ?? ""
        let state: CoverageRow.State =
            found > 0 ? .registered : reason.isEmpty ? .missing : .reasoned
        return CoverageRow(
            node: subject.node, source: subject.source, subject: subject.entry.key,
            name: subject.entry.name, expected: expected, state: state, found: found,
            reason: reason, clause: clause)
    }

    /// What the entry itself says that it has: each is looked for, and nothing else may be there.
    private func declared(
        _ fact: String, by rule: ExpectedRule, of subject: Subject
    ) -> [CoverageRow] {
        let words = subject.entry.facts[fact]?.words ?? []
        let form = packs.form(subject.entry.key.kind, subject.entry.kindName)?.fact(fact)
        let indicators = (form?.words ?? []).filter { packs.indicator($0) != nil }
        if words.isEmpty {
            let found = subject.points.count { indicators.contains($0.indicator.text) }
            var row = row(subject, fact, 0, rule.clause)
            row.found = found
            if !row.reason.isEmpty { return [row] }
            row.state = found > 0 ? .undeclared : .missing
            row.reason = "\(fact) says nothing; write what there is, or none"
            return [row]
        }
        if words == ["none"] || indicators.isEmpty {
            let others = subject.points.count { indicators.contains($0.indicator.text) }
            var row = row(subject, fact, others, rule.clause)
            row.state = others > 0 ? .undeclared : words == ["none"] ? .declaredNone : .registered
            row.reason = others > 0 ? "it is declared that there are none" : ""
            return [row]
        }
        var rows = words.map { word in
            row(subject, word, subject.points.count { $0.indicator.text == word }, rule.clause)
        }
        for id in indicators where !words.contains(id) {
            let found = subject.points.count { $0.indicator.text == id }
            if found == 0 { continue }
            var row = row(subject, id, found, rule.clause)
            row.state = .undeclared
            row.reason = "\(fact) does not name it"
            rows.append(row)
        }
        return rows
    }

    /// Three persons, each with a number that somebody tried (CON-36).
    private func persons(of source: HazardSource, _ persons: [ResponsiblePerson]) -> [CoverageRow] {
        Tier.allCases.map { tier in
            let person = persons.first { $0.tier == tier }
            var row = CoverageRow(
                node: NodeID(source.enterprise.text), source: source.id,
                subject: EntryKey(.hazardSource, source.id.text), name: source.name,
                expected: "person \(tier.rawValue)", state: .missing, clause: "002-EN 六")
            guard let person else { return row }
            row.found = 1
            row.subject = EntryKey(.person, person.id.text)
            row.name = person.name
            guard let day = person.verifiedOn else {
                row.state = .unverified
                row.reason = "the number was never verified; try it, and write verifiedOn"
                return row
            }
            row.state = .registered
            row.reason = "verified on \(day.text)"
            if let today, let age = day.days(to: today) {
                row.reason += ", \(age) days ago"
                if age > RegistryLimits.verifiedDaysMax { row.state = .unverified }
            }
            return row
        }
    }
}

extension Registry {
    /// What packs expect beside what is registered; ages are counted up to `today`.
    package func coverage(by packs: Packs, on today: CalendarDay?) -> [CoverageRow] {
        CoverageCheck(registry: self, packs: packs, today: today).rows()
    }
}

extension Device {
    /// Without a kind it counts as that of its source.
    fileprivate func fits(_ rule: ExpectedRule) -> Bool {
        rule.kind.isEmpty || kind == rule.kind || (kind.isEmpty && rule.kind == "tank")
    }
}
