import Domain
import IngestCore
import Kernel
import Policy

/// A city that does not exist: one province, one city, three counties, a park, a dozen enterprises.
///
/// The same seed gives the same city. Every name says that it is a demonstration.
struct DemoRegistry: Sendable {
    private(set) var entries: [RegistryEntry] = []
    /// One for each enterprise, in the order of their ids.
    private(set) var plants: [DemoPlant] = []
    private var random: SeededRandom
    private var personCount = 0
    private let cameraPort: Int

    static let enterpriseCount = 12
    /// One more, with dust, to which no gateway is connected.
    static let dustNumber = enterpriseCount + 1
    static let root = NodeID("demo-cn")
    static let city = NodeID("demo-c1")
    static let counties = ["demo-d1", "demo-d2", "demo-d3"].map(NodeID.init)
    static let park = NodeID("demo-k1")

    init(seed: UInt64 = 2021, cameraPort: Int = DemoCameras.usualPort) {
        random = SeededRandom(seed: seed)
        self.cameraPort = cameraPort
        addBodies()
        for number in 1...Self.enterpriseCount { addEnterprise(number) }
        addDustEnterprise()
        addParkObjects()
        addOfficers()
    }

    private mutating func addBodies() {
        let province = NodeID("demo-p1")
        add(Node(id: Self.root, parent: nil, kind: .nation, name: "应急管理部（示范）"))
        add(Node(id: province, parent: Self.root, kind: .province, name: "示范省应急管理厅"))
        add(Node(id: Self.city, parent: province, kind: .city, name: "示范市应急管理局"))
        for (id, name) in zip(Self.counties, ["示范一区", "示范二区", "示范三县"]) {
            add(Node(id: id, parent: Self.city, kind: .county, name: name + "应急管理局"))
        }
        add(
            Node(
                id: Self.park, parent: Self.counties[0], kind: .park, name: "示范化工园区管委会"))
    }

    private mutating func add(_ node: Node) { entries.append(.node(node)) }

    mutating func add(_ entry: RegistryEntry) { entries.append(entry) }

    /// Somebody in each post that a profile of ours names.
    private mutating func addOfficers() {
        for entry in entries {
            switch entry {
            case .node(let node): addOfficers(of: node.id, DemoNames.posts(node.kind))
            case .enterprise(let one): addOfficers(of: one.node, DemoNames.posts(.enterprise))
            case .hazardSource, .device, .point, .person, .officer, .gateway, .object, .camera:
                break
            }
        }
    }

    private mutating func addOfficers(of node: NodeID, _ posts: [String]) {
        for post in posts {
            personCount += 1
            entries.append(
                .officer(
                    Officer(
                        id: PersonID("\(node)-\(post)"), node: node, post: PostID(post),
                        name: DemoNames.person(personCount),
                        telephone: DemoNames.telephone(personCount),
                        verifiedOn: DemoNames.verifiedOn(personCount))))
        }
    }

    private mutating func addEnterprise(_ number: Int) {
        let text = DemoNames.enterprise(number)
        let enterprise = Enterprise(
            id: EnterpriseID(text), county: Self.county(of: number),
            park: number <= 5 ? Self.park : nil, placement: Self.placement(of: number),
            name: "示范\(DemoNames.letters[number - 1])\(DemoNames.trades[number % 4])有限公司",
            shortName: "示范\(DemoNames.letters[number - 1])\(DemoNames.trades[number % 4])")
        entries.append(.enterprise(enterprise))
        let gateway = Gateway(
            id: GatewayID(text + "-g1"), enterprise: enterprise.id,
            name: enterprise.shortName + "采集网关")
        entries.append(.gateway(gateway))
        addDutyCentre(of: enterprise, number: number)
        var tanks: [DemoTank] = []
        // The first has all three kinds, so that there is always one of each to look at.
        let sourceCount = number == 1 ? 3 : random.integer(in: 1...3)
        for source in 1...sourceCount {
            let kind = UnitKind.allCases[Int(source - 1)]
            tanks += addSource("\(text)-s\(source)", of: enterprise, number: number, kind: kind)
        }
        addAreas(of: enterprise, tanks: tanks, isFirst: number == 1)
        plants.append(DemoPlant(gateway: gateway, tanks: tanks))
    }

    /// Each has a duty centre; one in four has no camera there, one camera is broken and one hangs,
    /// so that coverage shows it.
    private mutating func addDutyCentre(of enterprise: Enterprise, number: Int) {
        let centre = PlantObject(
            id: ObjectID("\(enterprise.id)-duty"), kind: "dutyCentre",
            parent: .enterprise(enterprise.id), name: "示范值班监控中心")
        entries.append(.object(centre))
        if number % 4 == 0 { return }
        var camera = Camera(
            id: CameraID("\(enterprise.id)-duty-camera"), hazardSource: nil, object: centre.id,
            name: "示范值班室摄像头")
        camera.facts = Facts([
            Fact("purposes", .choice, "dutyStaff"), Fact("verifiedOn", .day, "2026-01-05"),
            Fact("url", .text, DemoCameras.address(of: enterprise.id, number, port: cameraPort)),
        ])
        entries.append(.camera(camera))
    }

    /// Five in the park, which stands in the first county; the rest over all three.
    private static func county(of number: Int) -> NodeID {
        number <= 5 ? counties[0] : counties[number % 3]
    }

    private static func placement(of number: Int) -> Placement {
        if number <= 5 { return .inPark }
        return number == 6 ? .cityManaged : .outsidePark
    }

    private mutating func addSource(
        _ id: String, of enterprise: Enterprise, number: Int, kind: UnitKind
    ) -> [DemoTank] {
        let source = HazardSource(
            id: HazardSourceID(id), enterprise: enterprise.id, name: DemoNames.source(kind),
            unitKind: kind, grade: Grade(rawValue: Int(random.integer(in: 1...4))) ?? .first)
        entries.append(.hazardSource(source))
        for tier in Tier.allCases {
            personCount += 1
            entries.append(
                .person(
                    ResponsiblePerson(
                        id: PersonID("\(id)-\(tier.rawValue)"), hazardSource: source.id,
                        tier: tier, name: DemoNames.person(personCount),
                        telephone: DemoNames.telephone(personCount),
                        verifiedOn: DemoNames.verifiedOn(personCount))))
        }
        let deviceCount = kind == .tankFarm ? random.integer(in: 2...3) : 1
        return (1...deviceCount).map {
            addDevice("\(id)-v\($0)", number * 100 + Int($0), of: source)
        }
    }

    private mutating func addDevice(
        _ id: String, _ number: Int, of source: HazardSource
    ) -> DemoTank {
        let medium = DemoNames.media[Int(random.integer(in: 0...5))]
        entries.append(
            .device(
                Device(
                    id: DeviceID(id), hazardSource: source.id,
                    name: DemoNames.device(source.unitKind, number),
                    kind: DemoNames.kind(source.unitKind), medium: medium,
                    facts: source.unitKind == .warehouse
                        ? Facts() : Facts([Fact("mediumForm", .choice, "liquid")]))))
        if number == 101 { addMedium(of: DeviceID(id), medium) }
        let gauges = DemoGauge.gauges(of: source.unitKind, &random)
        for gauge in gauges {
            var point = gauge.point(id: "\(id)-\(gauge.suffix)", device: DeviceID(id))
            // Two tank farms of three have their limits verified.
            if source.unitKind == .tankFarm, number / 100 % 3 != 0 { point.verifyLimits() }
            if gauge.isGas { point.stand(in: Self.area(of: source.enterprise)) }
            entries.append(.point(point))
        }
        return DemoTank(id: id, gauges: gauges, seed: random.next())
    }
}

/// Names that nobody can take for real ones.
enum DemoNames {
    static let letters = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸", "子", "丑"]
    static let trades = ["化工", "石化", "新材料", "储运"]
    static let media = ["甲醇", "苯", "丙烯腈", "环氧丙烷", "汽油", "乙酸乙烯酯"]

    /// The id of an enterprise by its number, from 1.
    static func enterprise(_ number: Int) -> String {
        "demo-e" + (number < 10 ? "0" : "") + String(number)
    }

    /// The posts of a node, in the words of the profiles.
    static func posts(_ kind: NodeKind) -> [String] {
        switch kind {
        case .nation, .province, .town, .serviceBody: []
        case .city: ["divisionStaff", "divisionHead"]
        case .county:
            ["sectionHead", "leaderInCharge", "principal", "dutyLeader", "warningGroup"]
        case .park: ["head", "leaderInCharge", "principal"]
        case .enterprise: ["safetyHead", "safetyDirector", "safetyLeader", "principal"]
        }
    }

    static func source(_ kind: UnitKind) -> String {
        switch kind {
        case .tankFarm: "示范储罐区"
        case .warehouse: "示范仓库"
        case .processUnit: "示范生产装置"
        }
    }

    /// The kind of device, in the words of the pack.
    static func kind(_ kind: UnitKind) -> String {
        switch kind {
        case .tankFarm: "tank"
        case .warehouse: "warehouse"
        case .processUnit: "unit"
        }
    }

    static func device(_ kind: UnitKind, _ number: Int) -> String {
        switch kind {
        case .tankFarm: "储罐V-\(number)"
        case .warehouse: "库房C-\(number)"
        case .processUnit: "反应器R-\(number)"
        }
    }

    /// 示范人员甲子, 示范人员乙丑 and so on: sixty pairs, then numbered.
    static func person(_ number: Int) -> String {
        let pair = letters[(number - 1) % 10] + branches[(number - 1) % 12]
        let round = (number - 1) / 60
        return "示范人员\(pair)" + (round == 0 ? "" : String(round + 1))
    }

    private static let branches = [
        "子", "丑", "寅", "卯", "辰", "巳", "午", "未", "申", "酉", "戌", "亥",
    ]

    /// When the number was last called; of two in a hundred never, so that gaps can be seen.
    static func verifiedOn(_ number: Int) -> CalendarDay? {
        number % 50 == 0 ? nil : CalendarDay("2026-01-05")
    }

    /// A place in the sea, where no works stands.
    static let position = "120.5, 0.5"

    /// A number that no network gives out.
    static func telephone(_ number: Int) -> String {
        let digits = String(number)
        return "000-0000-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
