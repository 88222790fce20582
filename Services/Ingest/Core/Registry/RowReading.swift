import Domain
import Policy

/// Reads one row into an entry and collects every mistake in it.
struct RowReading {
    let row: RegistryRow
    let kind: EntryKind
    let file: String
    private(set) var mistakes: [Mistake] = []

    init(_ row: RegistryRow, kind: EntryKind, file: String) {
        (self.row, self.kind, self.file) = (row, kind, file)
    }

    /// The id as written, even if the rest of the row is wrong; nil if there is none.
    var id: String? {
        row.fields.first { $0.name == "id" && !$0.text.isEmpty }?.text
    }

    /// The entry, or nil with at least one mistake.
    mutating func entry() -> RegistryEntry? {
        checkFieldNames()
        let entry = read()
        return mistakes.isEmpty ? entry : nil
    }

    private mutating func read() -> RegistryEntry? {
        switch kind {
        case .node: node()
        case .enterprise: enterprise()
        case .hazardSource: hazardSource()
        case .device: device()
        case .point: point()
        case .person: person()
        case .officer: officer()
        case .gateway: gateway()
        }
    }

    // Each reads all its fields before it gives up, so that every mistake is found.

    private mutating func node() -> RegistryEntry? {
        let id = identifier("id")
        let kind = bodyKind()
        let parent = optionalIdentifier("parent")
        let name = text("name", max: RegistryLimits.nameMax)
        if let kind, kind == .nation, parent != nil {
            add("parent", "a nation has no parent; leave it out")
        }
        if let kind, kind != .nation, parent == nil, !wasWritten("parent") {
            add("kind", "a \(kind.rawValue) needs a parent; write the id of the node above it")
        }
        guard let id, let kind, let name else { return nil }
        return .node(Node(id: NodeID(id), parent: parent.map(NodeID.init), kind: kind, name: name))
    }

    private mutating func enterprise() -> RegistryEntry? {
        let id = identifier("id")
        let county = identifier("county")
        let park = optionalIdentifier("park")
        let placement: Placement? = word("placement")
        let name = text("name", max: RegistryLimits.nameMax)
        let shortName = optionalText("shortName", max: RegistryLimits.nameMax)
        guard let id, let county, let placement, let name else { return nil }
        return .enterprise(
            Enterprise(
                id: EnterpriseID(id), county: NodeID(county), park: park.map(NodeID.init),
                placement: placement, name: name, shortName: shortName ?? name))
    }

    private mutating func hazardSource() -> RegistryEntry? {
        let id = identifier("id")
        let enterprise = identifier("enterprise")
        let name = text("name", max: RegistryLimits.nameMax)
        let unitKind: UnitKind? = word("unitKind")
        let grade = grade()
        guard let id, let enterprise, let name, let unitKind, let grade else { return nil }
        return .hazardSource(
            HazardSource(
                id: HazardSourceID(id), enterprise: EnterpriseID(enterprise), name: name,
                unitKind: unitKind, grade: grade))
    }

    private mutating func device() -> RegistryEntry? {
        let id = identifier("id")
        let source = identifier("hazardSource")
        let name = text("name", max: RegistryLimits.nameMax)
        let medium = optionalText("medium", max: RegistryLimits.nameMax)
        guard let id, let source, let name else { return nil }
        return .device(
            Device(
                id: DeviceID(id), hazardSource: HazardSourceID(source), name: name,
                medium: medium ?? ""))
    }

    private mutating func point() -> RegistryEntry? {
        let id = identifier("id")
        let device = identifier("device")
        let name = text("name", max: RegistryLimits.nameMax)
        let indicator: Indicator? = word("indicator")
        let unit = text(
            "unit", max: RegistryLimits.unitMax, hint: "such as kPa, °C, %, %LEL or ppm")
        let rangeLow = number("rangeLow")
        let rangeHigh = number("rangeHigh")
        let limits = Limits(
            lowLow: optionalNumber("lowLow"), low: optionalNumber("low"),
            high: optionalNumber("high"), highHigh: optionalNumber("highHigh"))
        checkOrder(of: limits, low: rangeLow, high: rangeHigh)
        guard let id, let device, let name, let indicator, let unit, let rangeLow, let rangeHigh
        else { return nil }
        return .point(
            Point(
                id: PointID(id), device: DeviceID(device), name: name, indicator: indicator,
                unit: unit, rangeLow: rangeLow, rangeHigh: rangeHigh, limits: limits))
    }

    private mutating func person() -> RegistryEntry? {
        let id = identifier("id")
        let source = identifier("hazardSource")
        let tier: Tier? = word("tier")
        let name = text("name", max: RegistryLimits.nameMax)
        let telephone = telephone()
        let email = email()
        let verifiedOn = day("verifiedOn")
        guard let id, let source, let tier, let name, let telephone else { return nil }
        return .person(
            ResponsiblePerson(
                id: PersonID(id), hazardSource: HazardSourceID(source), tier: tier, name: name,
                telephone: telephone, email: email, verifiedOn: verifiedOn))
    }

    private mutating func officer() -> RegistryEntry? {
        let id = identifier("id")
        let node = identifier("node")
        let post = post()
        let name = text("name", max: RegistryLimits.nameMax)
        let telephone = telephone()
        let email = email()
        let verifiedOn = day("verifiedOn")
        let leftOn = day("leftOn")
        guard let id, let node, let post, let name, let telephone else { return nil }
        return .officer(
            Officer(
                id: PersonID(id), node: NodeID(node), post: PostID(post), name: name,
                telephone: telephone, email: email, verifiedOn: verifiedOn, leftOn: leftOn))
    }

    private mutating func gateway() -> RegistryEntry? {
        let id = identifier("id")
        let enterprise = identifier("enterprise")
        let name = text("name", max: RegistryLimits.nameMax)
        guard let id, let enterprise, let name else { return nil }
        return .gateway(
            Gateway(id: GatewayID(id), enterprise: EnterpriseID(enterprise), name: name))
    }

    mutating func add(_ field: String, _ text: String) {
        let name = id.map { "\(kind.words) \($0)" } ?? "\(kind.words) without an id"
        mistakes.append(Mistake(file: file, line: row.line(of: field), text: "\(name): \(text)."))
    }
}
