/// What happens to one entry, field by field as a file has them.
package struct EntryChange: Codable, Hashable, Sendable {
    package var kind: EntryKind
    package var id: String
    /// The name after the change; of what goes, the last.
    package var name: String
    package var isNew: Bool
    package var fields: [FieldChange]

    package init(kind: EntryKind, id: String, name: String, isNew: Bool, fields: [FieldChange]) {
        (self.kind, self.id, self.name) = (kind, id, name)
        (self.isNew, self.fields) = (isNew, fields)
    }

    package var key: EntryKey { EntryKey(kind, id) }
}

/// What happens to one field.
package struct FieldChange: Codable, Hashable, Sendable {
    package var field: String
    /// Empty: it said nothing.
    package var before: String
    package var after: String

    package init(_ field: String, before: String, after: String) {
        (self.field, self.before, self.after) = (field, before, after)
    }
}

extension EntryChange {
    /// What makes `after` of `before`; of a new entry every field.
    package init(from before: RegistryEntry?, to after: RegistryEntry) {
        let old = before?.fields ?? []
        let new = after.fields
        var changes: [FieldChange] = []
        for (name, text) in new {
            let said = old.first { $0.name == name }?.text ?? ""
            if said != text { changes.append(FieldChange(name, before: said, after: text)) }
        }
        for (name, text) in old where !new.contains(where: { $0.name == name }) {
            changes.append(FieldChange(name, before: text, after: ""))
        }
        self.init(
            kind: after.key.kind, id: after.key.id, name: after.name, isNew: before == nil,
            fields: changes)
    }
}

extension Registry {
    /// What an import does, entry by entry, in the order of its puts; at most `max` entries.
    package func changes(of plan: RegistryImport, max: Int) -> [EntryChange] {
        plan.puts.prefix(max).map { EntryChange(from: self[$0.key], to: $0) }
    }
}
