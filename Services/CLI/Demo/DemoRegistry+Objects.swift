import Domain
import IngestCore

// What is watched in the demo city beside tanks, units and warehouses.

extension DemoRegistry {
    /// The area of the plant that the gas points of an enterprise stand in.
    static func area(of enterprise: EnterpriseID) -> ObjectID { ObjectID("\(enterprise)-area") }

    /// Each has two areas; the second has gas to be measured, and no point, so that coverage shows
    /// it. The first enterprise has one of everything.
    mutating func addAreas(of enterprise: Enterprise, tanks: [DemoTank], isFirst: Bool) {
        let gauges = tanks.flatMap(\.gauges).map(\.indicator)
        let gases = [Indicator.combustibleGas, .toxicGas].filter { gauges.contains($0) }
        add(
            Self.area(of: enterprise.id), "plantArea", .enterprise(enterprise.id), "示范厂区东区",
            [Fact("declaredGases", .choice, gases.map(\.text).joined(separator: "; "))])
        add(
            ObjectID("\(enterprise.id)-area-2"), "plantArea", .enterprise(enterprise.id),
            "示范厂区西区",
            [Fact("declaredGases", .choice, isFirst ? "toxicGas" : "none")])
        guard isFirst else { return }
        let source = HazardSourceID("\(enterprise.id)-s1")
        let place = Fact("position", .coordinates, DemoNames.position)
        add(
            ObjectID("\(enterprise.id)-key"), "keyPosition", .hazardSource(source),
            "示范装卸鹤位", [place])
        add(
            ObjectID("\(enterprise.id)-cell"), "cellArea", .hazardSource(source), "示范罐组",
            [Fact("hasDike", .flag, "true"), Fact("safetyHead", .text, DemoNames.person(1))])
        add(
            ObjectID("\(enterprise.id)-process"), "keyProcess", .enterprise(enterprise.id),
            "示范重点监管工艺", [Fact("process", .choice, "polymerisation")])
    }

    mutating func addMedium(of device: DeviceID, _ medium: String) {
        add(
            ObjectID("\(device)-medium"), "medium", .device(device), medium,
            [Fact("mediumForm", .choice, "liquid")])
    }

    /// What the park watches itself.
    mutating func addParkObjects() {
        let place = Fact("position", .coordinates, DemoNames.position)
        add(ObjectID("demo-k1-gate"), "place", .node(Self.park), "示范园区封闭卡口", [place])
        add(ObjectID("demo-k1-rack"), "infrastructure", .node(Self.park), "示范公共管廊", [place])
    }

    /// An enterprise with dust that is in scope and not connected: one workshop is cleaned each
    /// day, in the other nobody checks in.
    mutating func addDustEnterprise() {
        let text = DemoNames.enterprise(Self.dustNumber)
        var enterprise = Enterprise(
            id: EnterpriseID(text), county: Self.counties[1], park: nil, placement: .outsidePark,
            name: "示范寅金属制品有限公司", shortName: "示范寅金属")
        enterprise.facts = Facts([
            Fact("dustWorkers", .integer, "36"), Fact("dusts", .choice, "aluminium"),
            Fact("hasMetalDust", .flag, "true"),
        ])
        add(.enterprise(enterprise))
        for (suffix, name) in [("w1", "示范打磨车间"), ("w2", "示范抛光车间")] {
            add(
                ObjectID("\(text)-\(suffix)"), "dustWorkshop", .enterprise(enterprise.id), name,
                [
                    Fact("dust", .choice, "aluminium"), Fact("cleanEveryHours", .number, "24"),
                    Fact("cleanBy", .text, DemoNames.person(2)),
                ])
        }
        add(
            ObjectID("\(text)-key"), "dustKeyPosition", .enterprise(enterprise.id), "示范除尘器间",
            [])
        add(
            .device(
                Device(
                    id: DeviceID("\(text)-collector"), hazardSource: nil,
                    object: ObjectID("\(text)-w1"), name: "示范除尘系统", kind: "dustCollector",
                    medium: "", facts: Facts([Fact("dust", .choice, "aluminium")]))))
    }

    private mutating func add(
        _ id: ObjectID, _ kind: String, _ parent: PlantObject.Parent, _ name: String,
        _ facts: [Fact]
    ) {
        var object = PlantObject(id: id, kind: kind, parent: parent, name: name)
        object.facts = Facts(facts.filter { !$0.text.isEmpty })
        add(.object(object))
    }
}

extension Point {
    /// Its limits were verified, by whom, when and on what grounds.
    mutating func verifyLimits() {
        let verified = [
            Fact("limitsVerifiedBy", .text, DemoNames.person(3)),
            Fact("limitsVerifiedOn", .day, "2026-01-05"),
            Fact("limitsEvidence", .text, "示范安全评价报告"),
        ]
        facts = Facts(facts.all + verified)
    }

    mutating func stand(in area: ObjectID) {
        facts = Facts(facts.all + [Fact("area", .reference, area.text)])
    }
}
