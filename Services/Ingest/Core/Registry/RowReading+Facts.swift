import Domain

/// What packs add to a row: facts, kinds of devices and objects, and what an indicator asks.
extension RowReading {
    /// The facts that this row may state.
    mutating func form() -> Packs.Form {
        switch kind {
        case .device, .object:
            let kindName = written("kind") ?? ""
            if let form = packs.form(kind, kindName) { return form }
            let names = packs.kindNames(of: kind)
            add(
                "kind",
                names.isEmpty
                    ? "there is no kind \"\(kindName)\"; no pack declares one"
                    : "there is no kind \"\(kindName)\"; write \(list(names))")
            // Its facts are read as far as every entry of the sort has them.
            return packs.form(kind, "") ?? Packs.Form()
        case .node, .enterprise, .hazardSource, .point, .person, .officer, .gateway, .camera:
            return packs.form(kind, "") ?? Packs.Form()
        }
    }

    mutating func facts(of form: Packs.Form) -> Facts {
        if form.facts.isEmpty { return Facts() }
        let core = kind.fields
        var facts: [Fact] = []
        for field in row.fields where !field.text.isEmpty && !core.contains(field.name) {
            guard let fact = form.fact(field.name) else { continue }
            if let complaint = fact.complaint(about: field.text) {
                add(field.name, "\(field.name) (\(fact.title)) \(complaint)")
            } else {
                facts.append(Fact(fact.id, fact.kind, field.text))
            }
            if let remark = fact.remark(about: field.text) {
                self.remark(field.name, "\(field.name) (\(fact.title)) \(remark)")
            }
        }
        for fact in form.required where written(fact.id) == nil {
            let clause = fact.clause.isEmpty ? "" : " (\(fact.clause))"
            add(fact.id, "\(fact.id) (\(fact.title)) is missing; write \(fact.example)\(clause)")
        }
        return Facts(facts)
    }

    /// The hazard source or the object that something belongs to: exactly one.
    mutating func place() -> (source: HazardSourceID?, object: ObjectID?)? {
        let hasBoth = wasWritten("hazardSource") && wasWritten("object")
        let source = optionalIdentifier("hazardSource")
        let object = optionalIdentifier("object")
        if hasBoth {
            add("object", "a \(kind.words) hangs on one thing; keep hazardSource or object")
            return nil
        }
        if !wasWritten("hazardSource"), !wasWritten("object") {
            add(
                "hazardSource",
                "hazardSource is missing; write the id of one, or that of an object under object")
            return nil
        }
        if source == nil, object == nil { return nil }
        return (source.map(HazardSourceID.init), object.map(ObjectID.init))
    }

    /// What an object stands under, as its kind allows.
    mutating func parent() -> PlantObject.Parent? {
        let parents: [EntryKind] = [.node, .enterprise, .hazardSource, .device, .object]
        let allowed = packs.form(.object, written("kind") ?? "")?.under ?? []
        let given = parents.filter { wasWritten($0.rawValue) }
        let choice = list(allowed.map(\.rawValue))
        guard let first = given.first, given.count == 1 else {
            let what = given.isEmpty ? "stands under nothing" : "stands under several things"
            add("id", "it \(what); write one of \(allowed.isEmpty ? "its parents" : choice)")
            return nil
        }
        guard let id = optionalIdentifier(first.rawValue) else { return nil }
        if !allowed.isEmpty, !allowed.contains(first) {
            add(
                first.rawValue,
                "an object \(written("kind") ?? "") cannot stand under a \(first.words); write "
                    + choice)
        }
        switch first {
        case .node: return .node(NodeID(id))
        case .enterprise: return .enterprise(EnterpriseID(id))
        case .hazardSource: return .hazardSource(HazardSourceID(id))
        case .device: return .device(DeviceID(id))
        case .object: return .object(ObjectID(id))
        case .point, .person, .officer, .gateway, .camera: return nil
        }
    }

    // MARK: Indicators

    mutating func indicator() -> IndicatorForm? {
        guard let text = written("indicator") else {
            add("indicator", "indicator is missing; write \(list(packs.indicatorIDs))")
            return nil
        }
        guard let form = packs.indicator(text) else {
            add(
                "indicator",
                "there is no indicator \"\(text)\"; write \(list(packs.indicatorIDs))")
            return nil
        }
        return form
    }

    /// A point that is on or off needs no unit; one that is written stays.
    mutating func discreteUnit() -> String? {
        wasWritten("unit") ? optionalText("unit", max: RegistryLimits.unitMax) : "0/1"
    }

    /// What the indicator says of limits in their unit, such as GB/T 50493 of gases.
    mutating func check(_ limits: Limits, of form: IndicatorForm, unit: String?) {
        guard let unit else { return }
        if !form.units.isEmpty, !form.units.contains(unit) {
            remark(
                "unit", "the unit \(unit) is unusual for \(form.id); usual are \(list(form.units))")
        }
        if form.isGas {
            for (name, value) in [("lowLow", limits.lowLow), ("low", limits.low)] where value != nil
            {
                add(name, "a gas has no \(name); only high and highHigh say a leak, leave it out")
            }
        }
        guard let bound = form.bounds.first(where: { $0.unit == unit }) else { return }
        let most = [
            ("high", limits.high, bound.highMax), ("highHigh", limits.highHigh, bound.highHighMax),
        ]
        for (name, value, max) in most {
            guard let value, let max, value > max else { continue }
            add(
                name,
                "\(name) \(plain(value)) \(unit) is above \(plain(max)) \(unit), the most for "
                    + "\(form.id) by \(bound.clause); write a lower one")
        }
        if let low = limits.low, let min = bound.lowMin, low < min {
            add(
                "low",
                "low \(plain(low)) \(unit) is below \(plain(min)) \(unit), the least for "
                    + "\(form.id) by \(bound.clause); write a higher one")
        }
    }

    /// A gas point without a position, or a loading alarm without its bay, is refused.
    mutating func check(_ facts: Facts, of form: IndicatorForm) {
        for id in form.requires where written(id) == nil {
            let fact = packs.form(.point, "")?.fact(id)
            let clause = form.clause.isEmpty ? "" : " (\(form.clause))"
            add(
                id,
                "\(id) is missing: a point of \(form.id) must state it; write "
                    + (fact?.example ?? "it") + clause)
        }
    }
}

extension FactForm {
    /// Why a text is no value of this fact; nil if it is one.
    func complaint(about text: String) -> String? {
        if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            return "holds a control character; write plain text on one line"
        }
        let values = isMany ? Fact(id, kind, text).words : [text]
        if values.isEmpty { return "holds no value; write \(example)" }
        for value in values {
            if let complaint = complaint(aboutOne: value) { return complaint }
        }
        return nil
    }

    private func complaint(aboutOne text: String) -> String? {
        switch kind {
        case .text:
            return text.count > max
                ? "has \(text.count) characters; write at most \(max)" : nil
        case .number, .integer:
            guard let number = exactNumber(text), kind == .number || number == number.rounded()
            else { return "\"\(text)\" is not \(example)" }
            if let range, !range.contains(number) {
                return
                    "\(text) is not from \(plain(range.lowerBound)) to \(plain(range.upperBound))"
            }
            return nil
        case .flag: return text == "true" || text == "false" ? nil : "\"\(text)\" is not \(example)"
        case .day: return CalendarDay(text) == nil ? "\"\(text)\" is not \(example)" : nil
        case .choice:
            return words.contains(text) ? nil : "\"\(text)\" is not one of \(list(words))"
        case .code:
            return text.count > RegistryLimits.idMax
                ? "has \(text.count) characters; write at most \(RegistryLimits.idMax)" : nil
        case .coordinates: return isPlace(text) ? nil : "\"\(text)\" is not \(example)"
        case .reference:
            return text.utf8.count > RegistryLimits.idMax || text.contains(" ")
                ? "\"\(text)\" is not \(example)" : nil
        }
    }

    /// What is unusual about a value: codes are opaque, so nothing of them is refused.
    func remark(about text: String) -> String? {
        guard kind == .code, length > 0, text.count != length else { return nil }
        return "\(text) has \(text.count) characters, usual are \(length)"
    }

    /// What to write, for messages.
    var example: String {
        switch kind {
        case .text: "a text"
        case .number: "a number such as 12.5"
        case .integer: "a whole number"
        case .flag: "true or false"
        case .day: "a day such as 2021-11-01"
        case .choice: list(words)
        case .code: "the code"
        case .coordinates: "longitude and latitude such as \"119.97, 31.81\""
        case .reference: "the id of \(target.map { "a " + $0.words } ?? "an entry")"
        }
    }

    private func isPlace(_ text: String) -> Bool {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 2, let east = exactNumber(String(parts[0])),
            let north = exactNumber(String(parts[1].drop { $0 == " " }))
        else { return false }
        return (-180...180).contains(east) && (-90...90).contains(north)
    }
}

/// A number as people write it; nil for "nan", "inf" and hexadecimal, which Double's reader takes.
func exactNumber(_ text: String) -> Double? {
    guard text.utf8.allSatisfy(isNumberByte), let number = Double(text), number.isFinite else {
        return nil
    }
    return number
}
