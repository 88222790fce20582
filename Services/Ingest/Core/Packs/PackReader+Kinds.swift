import Domain
import Policy

/// Kinds of entries with their facts, and the rules that count them.
extension PackReader {
    mutating func kind(_ node: ProfileNode) -> KindForm? {
        let keys = ["of", "kind", "title", "code", "under", "facts", "verified", "clause"]
        guard check(node, keys: keys), let of = word("of", in: node, as: EntryKind.self),
            let title = required("title", in: node)
        else { return nil }
        var form = KindForm(of: of, title: title)
        form.kind = optional("kind", in: node)
        if !form.kind.isEmpty, of != .device, of != .object {
            complain(node, "only a device and an object have a kind of their own; leave it out")
        }
        form.code = optional("code", in: node)
        form.under = words("under", in: node).compactMap { text in
            let kinds: [EntryKind] = [.node, .enterprise, .hazardSource, .device, .object]
            if let kind = EntryKind(rawValue: text), kinds.contains(kind) { return kind }
            complain(node, "nothing stands under \"\(text)\"; write \(list(kinds.map(\.rawValue)))")
            return nil
        }
        if of == .object, form.under.isEmpty {
            complain(node, "under is missing; write what an object \(form.kind) stands under")
        }
        form.verified = words("verified", in: node)
        form.clause = optional("clause", in: node)
        form.facts = rows("facts", in: node).compactMap { fact($0, of: of) }
        var seen: Set<String> = []
        for fact in form.facts where !seen.insert(fact.id).inserted {
            complain(node, "the fact \(fact.id) of \(of.words) \(form.kind) is there twice")
        }
        return form
    }

    private mutating func fact(_ node: ProfileNode, of kind: EntryKind) -> FactForm? {
        let keys = [
            "id", "title", "type", "max", "from", "to", "list", "words", "length", "begins",
            "target", "required", "many", "clause",
        ]
        guard check(node, keys: keys), let id = required("id", in: node),
            let title = required("title", in: node),
            let type = word("type", in: node, as: FactKind.self)
        else { return nil }
        if kind.fields.contains(id) || id == "type" {
            complain(node, "\(id) is a field of every \(kind.words); give the fact another id")
        }
        var form = FactForm(id: id, title: title, kind: type)
        form.isRequired = truth("required", in: node)
        form.isMany = truth("many", in: node)
        form.clause = optional("clause", in: node)
        if let max = number("max", in: node) { form.max = Int(max) }
        if let from = number("from", in: node), let to = number("to", in: node) {
            if from <= to { form.range = from...to } else { complain(node, "from is above to") }
        }
        switch type {
        case .choice: form.words = choices(node)
        case .code:
            form.length = Int(number("length", in: node) ?? 0)
            form.begins = node.value("begins")?.text.flatMap(EntryKind.init(rawValue:))
        case .reference: form.target = word("target", in: node, as: EntryKind.self)
        case .text, .number, .integer, .flag, .day, .coordinates: break
        }
        return form
    }

    private mutating func choices(_ node: ProfileNode) -> [String] {
        if node.value("words") != nil { return words("words", in: node) }
        guard let id = required("list", in: node) else { return [] }
        guard let list = lists.first(where: { $0.id == id }) else {
            complain(node, "there is no list \(id); declare it under lists")
            return []
        }
        return list.words.map(\.id)
    }

    mutating func expected(_ node: ProfileNode) -> ExpectedRule? {
        let keys = [
            "of", "kind", "unitKind", "grades", "indicators", "camera", "objects", "declared",
            "clause",
        ]
        guard check(node, keys: keys),
            let subject = word("of", in: node, as: ExpectedRule.Subject.self)
        else { return nil }
        var rule = ExpectedRule(subject: subject)
        rule.kind = optional("kind", in: node)
        rule.unitKind = optional("unitKind", in: node)
        if !rule.unitKind.isEmpty, UnitKind(rawValue: rule.unitKind) == nil {
            complain(
                node,
                "there is no unitKind \(rule.unitKind); write "
                    + list(UnitKind.allCases.map(\.rawValue)))
        }
        rule.grades = words("grades", in: node).compactMap(Int.init)
        rule.wanted = words("indicators", in: node).map { .indicator($0) }
        rule.wanted += words("objects", in: node).map { .object($0) }
        if truth("camera", in: node) { rule.wanted.append(.camera) }
        let declared = optional("declared", in: node)
        if !declared.isEmpty { rule.wanted.append(.declared(declared)) }
        if rule.wanted.isEmpty {
            complain(node, "nothing is expected; write indicators, objects, camera or declared")
        }
        rule.clause = required("clause", in: node) ?? ""
        return rule
    }

    mutating func scope(_ node: ProfileNode) -> ScopeRule? {
        let keys = ["title", "fact", "atLeast", "onlyIf", "by", "clause"]
        guard check(node, keys: keys), let title = required("title", in: node),
            let fact = required("fact", in: node), let by = day("by", in: node),
            let clause = required("clause", in: node)
        else { return nil }
        guard let atLeast = number("atLeast", in: node) else {
            complain(node, "atLeast is missing; write a number")
            return nil
        }
        return ScopeRule(
            title: title, fact: fact, atLeast: atLeast, onlyIf: optional("onlyIf", in: node),
            by: by, clause: clause)
    }

    mutating func cleaning(_ node: ProfileNode, of kinds: [KindForm]) -> CleaningRule? {
        let keys = ["of", "kind", "every", "usualHours", "cleaner", "clause"]
        guard check(node, keys: keys), let of = word("of", in: node, as: EntryKind.self),
            let kind = required("kind", in: node), let every = required("every", in: node),
            let clause = required("clause", in: node)
        else { return nil }
        guard let form = kinds.first(where: { $0.of == of && $0.kind == kind }),
            of == .device || of == .object
        else {
            complain(node, "no device or object of the kind \(kind) is declared here")
            return nil
        }
        let cleaner = optional("cleaner", in: node)
        let facts = [every] + (cleaner.isEmpty ? [] : [cleaner])
        for fact in facts where !form.facts.contains(where: { $0.id == fact }) {
            complain(node, "\(kind) has no fact \(fact); declare it there")
        }
        let usual = number("usualHours", in: node)
        if let usual, !(1...8_760).contains(usual) {
            complain(node, "usualHours must be between 1 and 8760")
        }
        return CleaningRule(
            of: of, kind: kind, everyFact: every, usualHours: usual, cleaner: cleaner,
            clause: clause)
    }
}
