import Domain
import Policy

/// Reads one row into an entry and collects every mistake in it.
struct RowReading {
    let row: RegistryRow
    let kind: EntryKind
    let file: String
    let packs: Packs
    private(set) var mistakes: [Mistake] = []
    /// What is unusual and taken nevertheless.
    private(set) var remarks: [Mistake] = []

    init(_ row: RegistryRow, kind: EntryKind, file: String, packs: Packs) {
        (self.row, self.kind, self.file, self.packs) = (row, kind, file, packs)
    }

    /// The id as written, even if the rest of the row is wrong; nil if there is none.
    var id: String? {
        row.fields.first { $0.name == "id" && !$0.text.isEmpty }?.text
    }

    /// The entry, or nil with at least one mistake.
    mutating func entry() -> RegistryEntry? {
        let form = form()
        checkFieldNames(form)
        let facts = facts(of: form)
        let entry = read(facts)
        return mistakes.isEmpty ? entry : nil
    }

    private mutating func read(_ facts: Facts) -> RegistryEntry? {
        switch kind {
        case .node: node(facts)
        case .enterprise: enterprise(facts)
        case .hazardSource: hazardSource(facts)
        case .device: device(facts)
        case .point: point(facts)
        case .person: person(facts)
        case .officer: officer(facts)
        case .gateway: gateway(facts)
        case .object: object(facts)
        case .camera: camera(facts)
        }
    }

    // Each reads all its fields before it gives up, so that every mistake is found.

    private mutating func node(_ facts: Facts) -> RegistryEntry? {
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
        var node = Node(
            id: NodeID(id), parent: parent.map(NodeID.init), kind: kind, name: name)
        node.facts = facts
        return .node(node)
    }

    private mutating func enterprise(_ facts: Facts) -> RegistryEntry? {
        let id = identifier("id")
        let county = identifier("county")
        let park = optionalIdentifier("park")
        let placement: Placement? = word("placement")
        let name = text("name", max: RegistryLimits.nameMax)
        let shortName = optionalText("shortName", max: RegistryLimits.nameMax)
        guard let id, let county, let placement, let name else { return nil }
        var enterprise = Enterprise(
            id: EnterpriseID(id), county: NodeID(county), park: park.map(NodeID.init),
            placement: placement, name: name, shortName: shortName ?? name)
        enterprise.facts = facts
        return .enterprise(enterprise)
    }

    private mutating func hazardSource(_ facts: Facts) -> RegistryEntry? {
        let id = identifier("id")
        let enterprise = identifier("enterprise")
        let name = text("name", max: RegistryLimits.nameMax)
        let unitKind: UnitKind? = word("unitKind")
        let grade = grade()
        guard let id, let enterprise, let name, let unitKind, let grade else { return nil }
        var source = HazardSource(
            id: HazardSourceID(id), enterprise: EnterpriseID(enterprise), name: name,
            unitKind: unitKind, grade: grade)
        source.facts = facts
        return .hazardSource(source)
    }

    private mutating func device(_ facts: Facts) -> RegistryEntry? {
        let id = identifier("id")
        let place = place()
        let name = text("name", max: RegistryLimits.nameMax)
        let kind = optionalIdentifier("kind")
        let medium = optionalText("medium", max: RegistryLimits.nameMax)
        guard let id, let place, let name else { return nil }
        return .device(
            Device(
                id: DeviceID(id), hazardSource: place.source, object: place.object, name: name,
                kind: kind ?? "", medium: medium ?? "", facts: facts))
    }

    private mutating func object(_ facts: Facts) -> RegistryEntry? {
        let id = identifier("id")
        let kind = identifier("kind")
        let parent = parent()
        let name = text("name", max: RegistryLimits.nameMax)
        guard let id, let kind, let parent, let name else { return nil }
        var object = PlantObject(id: ObjectID(id), kind: kind, parent: parent, name: name)
        object.facts = facts
        return .object(object)
    }

    private mutating func camera(_ facts: Facts) -> RegistryEntry? {
        let id = identifier("id")
        let place = place()
        let name = text("name", max: RegistryLimits.nameMax)
        guard let id, let place, let name else { return nil }
        var camera = Camera(
            id: CameraID(id), hazardSource: place.source, object: place.object, name: name)
        camera.facts = facts
        return .camera(camera)
    }

    private mutating func point(_ facts: Facts) -> RegistryEntry? {
        let id = identifier("id")
        let device = identifier("device")
        let name = text("name", max: RegistryLimits.nameMax)
        let form = indicator()
        let isDiscrete = form?.isDiscrete == true
        let unit =
            isDiscrete
            ? discreteUnit()
            : text(
                "unit", max: RegistryLimits.unitMax, hint: "such as kPa, °C, %, %LEL or ppm")
        let rangeLow = isDiscrete && !wasWritten("rangeLow") ? 0 : number("rangeLow")
        let rangeHigh = isDiscrete && !wasWritten("rangeHigh") ? 1 : number("rangeHigh")
        let limits = Limits(
            lowLow: optionalNumber("lowLow"), low: optionalNumber("low"),
            high: optionalNumber("high"), highHigh: optionalNumber("highHigh"))
        checkOrder(of: limits, low: rangeLow, high: rangeHigh)
        if let form {
            check(limits, of: form, unit: unit)
            check(facts, of: form)
        }
        guard let id, let device, let name, let form, let unit, let rangeLow, let rangeHigh
        else { return nil }
        return .point(
            Point(
                id: PointID(id), device: DeviceID(device), name: name,
                indicator: Indicator(form.id), unit: unit, rangeLow: rangeLow,
                rangeHigh: rangeHigh, limits: limits, facts: facts))
    }

    private mutating func person(_ facts: Facts) -> RegistryEntry? {
        let id = identifier("id")
        let source = identifier("hazardSource")
        let tier: Tier? = word("tier")
        let name = text("name", max: RegistryLimits.nameMax)
        let telephone = telephone()
        let email = email()
        let verifiedOn = day("verifiedOn")
        guard let id, let source, let tier, let name, let telephone else { return nil }
        var person = ResponsiblePerson(
            id: PersonID(id), hazardSource: HazardSourceID(source), tier: tier, name: name,
            telephone: telephone, email: email, verifiedOn: verifiedOn)
        person.facts = facts
        return .person(person)
    }

    private mutating func officer(_ facts: Facts) -> RegistryEntry? {
        let id = identifier("id")
        let node = identifier("node")
        let post = post()
        let name = text("name", max: RegistryLimits.nameMax)
        let telephone = telephone()
        let email = email()
        let verifiedOn = day("verifiedOn")
        let leftOn = day("leftOn")
        guard let id, let node, let post, let name, let telephone else { return nil }
        var officer = Officer(
            id: PersonID(id), node: NodeID(node), post: PostID(post), name: name,
            telephone: telephone, email: email, verifiedOn: verifiedOn, leftOn: leftOn)
        officer.facts = facts
        return .officer(officer)
    }

    private mutating func gateway(_ facts: Facts) -> RegistryEntry? {
        let id = identifier("id")
        let enterprise = identifier("enterprise")
        let name = text("name", max: RegistryLimits.nameMax)
        guard let id, let enterprise, let name else { return nil }
        var gateway = Gateway(
            id: GatewayID(id), enterprise: EnterpriseID(enterprise), name: name)
        gateway.facts = facts
        return .gateway(gateway)
    }

    mutating func add(_ field: String, _ text: String) {
        mistakes.append(said(field, text))
    }

    mutating func remark(_ field: String, _ text: String) {
        remarks.append(said(field, text))
    }

    private func said(_ field: String, _ text: String) -> Mistake {
        let name = id.map { "\(kind.words) \($0)" } ?? "\(kind.words) without an id"
        return Mistake(file: file, line: row.line(of: field), text: "\(name): \(text).")
    }
}
