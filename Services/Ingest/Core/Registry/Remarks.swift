import Domain

/// What is unusual in a file and taken nevertheless: codes that look otherwise, names that say
/// nothing, limits that were changed and not verified anew.
struct Remarks {
    let before: Registry
    let after: Registry
    let reading: DocumentReading

    func all() -> [Mistake] {
        let vague = Set(reading.packs.all.flatMap(\.vagueNames))
        return reading.entries.flatMap { entry in
            code(of: entry) + name(of: entry, vague) + verification(of: entry)
        }
    }

    /// A code begins with that of what the entry belongs to, then the letters of its kind.
    private func code(of entry: RegistryEntry) -> [Mistake] {
        guard let code = entry.facts["code"], code.kind == .code,
            let form = reading.packs.form(entry.key.kind, entry.kindName)
        else { return [] }
        guard let begins = form.fact("code")?.begins, let parent = after.parent(of: entry),
            parent.key.kind == begins
        else { return [] }
        let above = parent.facts.text("code")
        if above.isEmpty { return [] }
        guard code.text.hasPrefix(above) else {
            return [
                said(
                    entry, "code",
                    "code \(code.text) does not begin with \(above), that of "
                        + "\(parent.key.kind.words) \(parent.key.id)")
            ]
        }
        let letters = letters(of: entry, form)
        let rest = code.text.dropFirst(above.count)
        if letters.isEmpty || letters.contains(where: { rest.hasPrefix($0) }) { return [] }
        return [
            said(
                entry, "code",
                "code \(code.text) has not \(list(letters)) after \(above), as is usual of its kind"
            )
        ]
    }

    private func letters(of entry: RegistryEntry, _ form: Packs.Form) -> [String] {
        if case .point(let point) = entry {
            return reading.packs.indicator(point.indicator.text)?.codes.filter { $0.count == 2 }
                ?? []
        }
        return form.code.isEmpty ? [] : [form.code]
    }

    private func name(of entry: RegistryEntry, _ vague: Set<String>) -> [Mistake] {
        guard vague.contains(entry.name) else { return [] }
        return [
            said(
                entry, "name",
                "the name \(entry.name) does not say which one; add a number and where it is")
        ]
    }

    /// Who verified the old limits did not verify the new ones.
    private func verification(of entry: RegistryEntry) -> [Mistake] {
        guard case .point(let point) = entry, let old = before.points[point.id],
            old.limits != point.limits, let day = point.facts["limitsVerifiedOn"],
            old.facts["limitsVerifiedOn"] == day
        else { return [] }
        return [
            said(
                entry, "limitsVerifiedOn",
                "its limits change and were verified on \(day.text), before that; have them "
                    + "verified anew, or leave the day out")
        ]
    }

    private func said(_ entry: RegistryEntry, _ field: String, _ text: String) -> Mistake {
        Mistake(
            file: reading.document.fileName,
            line: reading.line(of: entry.key, field: field) ?? 0,
            text: "\(entry.key.kind.words) \(entry.key.id): \(text).")
    }
}

extension Registry {
    /// What an entry hangs on directly; nil for the nation.
    package func parent(of entry: RegistryEntry) -> RegistryEntry? {
        parentKey(of: entry).flatMap { self[$0] }
    }

    package func parentKey(of entry: RegistryEntry) -> EntryKey? {
        switch entry {
        case .node(let value): value.parent.map { EntryKey(.node, $0.text) }
        case .enterprise(let value): EntryKey(.node, (value.park ?? value.county).text)
        case .hazardSource(let value): EntryKey(.enterprise, value.enterprise.text)
        case .device(let value): placeKey(value.hazardSource, value.object)
        case .point(let value): EntryKey(.device, value.device.text)
        case .person(let value): EntryKey(.hazardSource, value.hazardSource.text)
        case .officer(let value): EntryKey(.node, value.node.text)
        case .gateway(let value): EntryKey(.enterprise, value.enterprise.text)
        case .camera(let value): placeKey(value.hazardSource, value.object)
        case .object(let value): value.parent.key
        }
    }

    private func placeKey(_ source: HazardSourceID?, _ object: ObjectID?) -> EntryKey? {
        source.map { EntryKey(.hazardSource, $0.text) } ?? object.map { EntryKey(.object, $0.text) }
    }
}

extension PlantObject.Parent {
    package var key: EntryKey {
        switch self {
        case .node(let id): EntryKey(.node, id.text)
        case .enterprise(let id): EntryKey(.enterprise, id.text)
        case .hazardSource(let id): EntryKey(.hazardSource, id.text)
        case .device(let id): EntryKey(.device, id.text)
        case .object(let id): EntryKey(.object, id.text)
        }
    }
}
