package import Domain

/// What weakened the watch of a point without a filing 未报备 (ING-18): limits that come later or
/// are gone, another range or unit, a point that went.
///
/// A filing is a change request that somebody else reviewed. A file is none; it is an
/// administrator's, so that what it weakens is a trace and no task.
extension EntryRecord {
    /// Empty: it was filed, or nothing was weakened.
    package func sightings(node: NodeID, at now: Instant) -> [Sighting] {
        if reviewedBy.contains(where: { $0 != by }) { return [] }
        guard change.kind == .point, !change.isNew else { return [] }
        if isRemoval { return [sighting(.pointRemoved, node, now, [])] }
        let limits = change.fields.filter(\.isWeakerLimit)
        let ranges = change.fields.filter {
            ["rangeLow", "rangeHigh", "unit"].contains($0.field) && !$0.before.isEmpty
        }
        var found: [Sighting] = []
        if !limits.isEmpty { found.append(sighting(.limitsMoved, node, now, limits)) }
        if !ranges.isEmpty { found.append(sighting(.rangeMoved, node, now, ranges)) }
        return found
    }

    private func sighting(
        _ kind: FindingKind, _ node: NodeID, _ now: Instant, _ fields: [FieldChange]
    ) -> Sighting {
        let clues = fields.map { field in
            Clue(field.field, "\(field.before) to \(field.after.isEmpty ? "none" : field.after)")
        }
        return Sighting(
            kind, change.key, node: node, firstAt: now, lastAt: now,
            clues: clues + [Clue("by", by), Clue("origin", origin)])
    }
}

extension FieldChange {
    /// A limit that is reached later than before, or never.
    fileprivate var isWeakerLimit: Bool {
        guard let old = Double(before) else { return false }
        guard let new = Double(after) else {
            return ["lowLow", "low", "high", "highHigh"].contains(field)
        }
        switch field {
        case "high", "highHigh": return new > old
        case "low", "lowLow": return new < old
        case _: return false
        }
    }
}
