import Domain

/// Takes over what lower platforms have registered.
extension RegistryMachine {
    /// Puts and removes entries under `node`, each that can be; what cannot stops itself and what
    /// hangs on it, and is given back with the reason.
    mutating func takeLinked(
        _ entries: [LinkedEntry], from node: NodeID, by: String
    ) -> (effects: [Effect], refused: [RefusedEntry]) {
        let origin = "link \(node)"
        var refused: [RefusedEntry] = []
        var waiting: [LinkedEntry] = []
        for entry in entries where !entry.isRemoved {
            if let reason = registry.whyForeign(entry.key, to: node) {
                refused.append(RefusedEntry(entry: entry, reason: reason))
            } else {
                waiting.append(entry)
            }
        }
        var effects = putLinked(waiting, from: node, by: by, origin: origin, refused: &refused)
        var removals = entries.filter(\.isRemoved)
        var isMoving = true
        // What hangs on another goes first, in whatever order they come.
        while isMoving {
            isMoving = false
            refused.removeAll { $0.entry.isRemoved }
            for entry in removals {
                switch removeLinked(entry.key, from: node, by: by, origin: origin) {
                case .done(let done):
                    effects += done
                    removals.removeAll { $0 == entry }
                    isMoving = true
                case .refused(let reason):
                    refused.append(RefusedEntry(entry: entry, reason: reason))
                }
            }
        }
        return (effects, refused)
    }

    private mutating func putLinked(
        _ entries: [LinkedEntry], from node: NodeID, by: String, origin: String,
        refused: inout [RefusedEntry]
    ) -> [Effect] {
        let plan = registry.planning(entries, from: node, packs: packs, origin: origin)
        refused += plan.refused
        if let reason = plan.trouble {
            // What is wrong stands with none of them: each half by itself, down to the one.
            guard entries.count > 1 else {
                refused += entries.map { RefusedEntry(entry: $0, reason: reason) }
                return []
            }
            let half = plan.waiting.count / 2
            return putLinked(
                Array(plan.waiting[..<half]), from: node, by: by, origin: origin, refused: &refused)
                + putLinked(
                    Array(plan.waiting[half...]), from: node, by: by, origin: origin,
                    refused: &refused)
        }
        return putLinked(plan.puts, by: by, origin: origin)
    }

    private mutating func putLinked(
        _ puts: [RegistryEntry], by: String, origin: String
    ) -> [Effect] {
        let before = registry
        registry.put(puts)
        for entry in puts { changed[entry.partKey] = .entry(entry) }
        return puts.flatMap { entry in
            effects(
                of: entry, from: before[entry.key], by: by, reviewedBy: [], reason: "",
                origin: origin)
        }
    }

    private enum Removal {
        case done([Effect])
        case refused(String)
    }

    private mutating func removeLinked(
        _ key: EntryKey, from node: NodeID, by: String, origin: String
    ) -> Removal {
        guard registry[key] != nil else { return .done([]) }
        if let reason = registry.whyForeign(key, to: node) { return .refused(reason) }
        do throws(ChangeRefusal) {
            return .done(
                try remove(key, by: by, reviewedBy: [], reason: "", origin: origin))
        } catch {
            switch error {
            case .stillNeeded(_, let others):
                let names = others.prefix(3).map { "\($0.kind.words) \($0.id)" }
                return .refused(
                    "it still has \(names.joined(separator: ", ")); they go first")
            case .notRemovable(_, let instead): return .refused("it is not removed; \(instead)")
            case .unusable, .nameTaken, .unknownRequest, .unknownEntry, .nothingChanges, .outside,
                .decided, .ownRequest, .notReviewer, .stale, .mistakes:
                return .refused("it cannot be removed here")
            }
        }
    }
}

extension Registry {
    /// Why an entry is not the link's to write; nil: it is, or is new.
    fileprivate func whyForeign(_ key: EntryKey, to node: NodeID) -> String? {
        if key.id == node.text, key.kind == .node || key.kind == .enterprise {
            return "\(node) is where the link begins; its entry is the superior's"
        }
        for kind in key.kind.sharingIDs {
            let other = EntryKey(kind, key.id)
            guard let entry = self[other] else { continue }
            if kind != key.kind {
                return "a \(kind.words) has the id \(key.id) already; write another"
            }
            if let owner = self.node(of: entry), !stands(owner, under: node) {
                return "\(key.kind.words) \(key.id) stands under \(owner) already, which is not "
                    + "under \(node); write another id"
            }
        }
        return nil
    }

    /// What can be put of some entries, and what cannot.
    fileprivate func planning(
        _ entries: [LinkedEntry], from node: NodeID, packs: Packs, origin: String
    ) -> LinkedPlan {
        var (waiting, refused) = (entries, [RefusedEntry]())
        while !waiting.isEmpty {
            let rows = waiting.enumerated().map { $1.row(line: $0 + 1) }
            let part = surroundings(of: rows)
            // Line by line: what is wrong with each.
            var reasons: [Int: String] = [:]
            do throws(ImportRefusal) {
                let plan = try part.importing(
                    RegistryDocument(fileName: origin, rows: rows), packs: packs)
                for (index, entry) in waiting.enumerated() {
                    let owner = plan.result[entry.key].flatMap { plan.result.node(of: $0) }
                    if owner.map({ plan.result.stands($0, under: node) }) != true {
                        reasons[index] = "it does not stand under \(node), for which the link is"
                    }
                }
                if reasons.isEmpty { return LinkedPlan(puts: plan.puts, refused: refused) }
            } catch {
                reasons = error.reasons(count: waiting.count)
                if reasons.isEmpty {
                    return LinkedPlan(
                        refused: refused, waiting: waiting, trouble: error.firstText)
                }
            }
            refused += waiting.indices.compactMap { index in
                reasons[index].map { RefusedEntry(entry: waiting[index], reason: $0) }
            }
            waiting = waiting.indices.filter { reasons[$0] == nil }.map { waiting[$0] }
        }
        return LinkedPlan(refused: refused)
    }

    /// What the rows can contradict: all bodies, and what belongs where they do. The whole if a
    /// body moves.
    private func surroundings(of rows: [RegistryRow]) -> Registry {
        var around: Set<NodeID> = []
        for row in rows {
            let id = row.fields.first { $0.name == "id" }?.text ?? ""
            guard let kind = EntryKind(rawValue: row.kind) else { continue }
            let before = self[EntryKey(kind, id)]
            if kind == .node, before != nil { return self }
            if let node = before.flatMap({ self.node(of: $0) }) { around.insert(node) }
            for field in row.fields {
                guard let kind = EntryKind(rawValue: field.name),
                    let node = self[EntryKey(kind, field.text)].flatMap({ self.node(of: $0) })
                else { continue }
                around.insert(node)
            }
        }
        return belonging(to: around)
    }
}

extension LinkedEntry {
    fileprivate func row(line: Int) -> RegistryRow {
        RegistryRow(
            kind: key.kind.rawValue, line: line,
            fields: fields.map { RegistryField($0.name, $0.text, line: line) })
    }
}

/// What can be put of a page, and what cannot.
private struct LinkedPlan {
    var puts: [RegistryEntry] = []
    var refused: [RefusedEntry]
    /// Of which nothing is known but that together they cannot be put.
    var waiting: [LinkedEntry] = []
    /// Why; nil: the rest can be put.
    var trouble: String?
}

extension ImportRefusal {
    /// What is wrong with each row, by its place.
    fileprivate func reasons(count: Int) -> [Int: String] {
        guard case .mistakes(let mistakes) = self else { return [:] }
        var reasons: [Int: String] = [:]
        for mistake in mistakes where (1...count).contains(mistake.line) {
            if reasons[mistake.line - 1] == nil { reasons[mistake.line - 1] = mistake.text }
        }
        return reasons
    }

    fileprivate var firstText: String {
        guard case .mistakes(let mistakes) = self else { return "it cannot be taken" }
        return mistakes.first?.text ?? "it cannot be taken"
    }
}
