import Domain
import IngestCore
import Policy

/// Who and what there is: enterprises of all placements with persons, points and gateways, under
/// one tree.
enum City {
    struct Works {
        var name: String
        var placement: Placement
        var park: String?
    }

    static let works = [
        Works(name: "park-works", placement: .inPark, park: "park"),
        Works(name: "county-works", placement: .outsidePark, park: nil),
        Works(name: "city-works", placement: .cityManaged, park: nil),
        Works(name: "city-park-works", placement: .cityManaged, park: "park"),
    ]

    /// The works that each hazard source belongs to; the last one is registered late.
    static let owners = [0, 1, 2, 3, 0]

    static let nodes: [(id: String, parent: String?, kind: NodeKind)] = [
        ("nation", nil, .nation), ("province", "nation", .province),
        ("city", "province", .city), ("county", "city", .county),
        ("town", "county", .town), ("park", "county", .park),
    ]

    /// Every node that somebody may act for.
    static let allNodes = nodes.map { NodeID($0.id) } + works.map { NodeID($0.name) }

    static func source(_ index: Int) -> HazardSourceID { HazardSourceID("s\(index)") }

    /// The two points of a source.
    static func points(of source: Int) -> [PointID] {
        [PointID("s\(source)-p"), PointID("s\(source)-l")]
    }

    static let limits = Limits(lowLow: 10, low: 20, high: 80, highHigh: 90)

    /// Values of each state, among them those on its boundaries.
    static func values(_ state: LimitState) -> [Double] {
        switch state {
        case .highHigh: [90, 95, 99.5]
        case .high: [80, 85, 89.99]
        case .normal: [20.01, 50, 79.99]
        case .low: [20, 15, 10.01]
        case .lowLow: [10, 5, 0.5]
        }
    }

    /// The same, told backwards: what a value means.
    static func state(_ value: Double) -> LimitState {
        if value >= 90 { return .highHigh }
        if value <= 10 { return .lowLow }
        return value >= 80 ? .high : value <= 20 ? .low : .normal
    }

    // MARK: The registry

    /// All but the source that comes late; with gaps nobody fills the posts of the bodies.
    static func entries(hasGaps: Bool) -> [RegistryEntry] {
        var entries = nodes.map { node in
            RegistryEntry.node(
                Node(
                    id: NodeID(node.id), parent: node.parent.map { NodeID($0) }, kind: node.kind,
                    name: "\(node.id)局"))
        }
        for one in works {
            entries.append(
                .enterprise(
                    Enterprise(
                        id: EnterpriseID(one.name), county: NodeID("county"),
                        park: one.park.map { NodeID($0) }, placement: one.placement,
                        name: "\(one.name)厂", shortName: one.name)))
            entries.append(
                .gateway(
                    Gateway(
                        id: GatewayID("g-\(one.name)"), enterprise: EnterpriseID(one.name),
                        name: "网关")))
            entries += posts(
                at: one.name, ["safetyHead", "safetyDirector", "safetyLeader", "principal"])
        }
        for index in works.indices { entries += source(index, named: "罐区") }
        if hasGaps { return entries }
        return entries + posts(at: "park", ["head", "leaderInCharge", "principal"])
            + posts(
                at: "county",
                ["sectionHead", "leaderInCharge", "principal", "dutyLeader", "warningGroup"])
            + posts(at: "city", ["divisionStaff", "divisionHead"])
    }

    /// A source with all that hangs on it.
    static func source(_ index: Int, named name: String) -> [RegistryEntry] {
        let device = DeviceID("s\(index)-d")
        var entries: [RegistryEntry] = [
            .hazardSource(
                HazardSource(
                    id: source(index), enterprise: EnterpriseID(works[owners[index]].name),
                    name: "\(name)\(index)", unitKind: .tankFarm, grade: .first)),
            .device(Device(id: device, hazardSource: source(index), name: "储罐", medium: "")),
        ]
        for (number, id) in points(of: index).enumerated() {
            entries.append(
                .point(
                    Point(
                        id: id, device: device, name: "点\(number)",
                        indicator: number == 0 ? .pressure : .liquidLevel, unit: "%", rangeLow: 0,
                        rangeHigh: 100, limits: limits)))
        }
        return entries + Tier.allCases.map { .person(person($0, of: index, round: 0)) }
    }

    /// A responsible person; each round they have another number.
    static func person(_ tier: Tier, of source: Int, round: Int) -> ResponsiblePerson {
        // In one place one person has two tiers.
        let number = source == 2 && tier == .technical ? 0 : Tier.allCases.firstIndex(of: tier) ?? 0
        return ResponsiblePerson(
            id: PersonID("\(tier)-\(source)"), hazardSource: self.source(source), tier: tier,
            name: "某\(source)", telephone: "000-\(source)-\(number)-\(round)")
    }

    private static func posts(at node: String, _ posts: [String]) -> [RegistryEntry] {
        posts.enumerated().map { index, post in
            .officer(
                Officer(
                    id: PersonID("\(post)-\(node)"), node: NodeID(node), post: PostID(post),
                    name: "某", telephone: "001-\(node.utf8.count)-\(node.utf8.first ?? 0)-\(index)")
            )
        }
    }

    /// Entries as the file that somebody sends in.
    static func document(_ name: String, _ entries: [RegistryEntry]) -> RegistryDocument {
        RegistryDocument(
            fileName: name,
            rows: entries.enumerated().map { index, entry in
                RegistryRow(
                    kind: entry.key.kind.rawValue, line: index + 1,
                    fields: entry.fields.map { RegistryField($0.name, $0.text, line: index + 1) })
            })
    }
}
