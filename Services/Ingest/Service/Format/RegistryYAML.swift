import IngestCore
import Yams

/// A registry as YAML: a list for each kind, `nodes:` to `gateways:`, of entries with their fields.
enum RegistryYAML {
    /// More than any kind has; more is a mistake, or an attempt to make us work.
    private static let fieldsMax = 64

    static func read(_ text: String, into document: inout RegistryDocument) {
        let root: Yams.Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            let (line, reason) = place(of: error)
            document.add(line, "this is not YAML: \(reason). Correct the line or the one before.")
            return
        }
        guard let root, root.scalar?.string != "" else { return }
        guard let lists = root.mapping else {
            document.add(1, "the file must hold lists; write \(listNames)")
            return
        }
        for (name, list) in lists {
            let line = name.mark?.line ?? 1
            guard
                let kind = EntryKind.allCases.first(where: { $0.listName == name.scalar?.string })
            else {
                document.add(
                    line, "there is no list \"\(name.scalar?.string ?? "")\"; write \(listNames)")
                continue
            }
            read(list, of: kind, line: line, into: &document)
        }
    }

    private static func read(
        _ list: Yams.Node, of kind: EntryKind, line: Int, into document: inout RegistryDocument
    ) {
        // A list without entries is written as nothing at all.
        if list.scalar?.string == "" { return }
        guard let items = list.sequence else {
            document.add(
                line, "\(kind.listName) must be a list; begin each \(kind.words) with \"- id:\".")
            return
        }
        for item in items {
            let line = item.mark?.line ?? line
            guard document.rows.count <= RegistryLimits.rowsMax else { return }
            guard let fields = item.mapping, fields.count <= fieldsMax else {
                document.add(
                    line, "a \(kind.words) must be written as fields, \"- id: …\" and the others.")
                continue
            }
            var row = RegistryRow(kind: kind.rawValue, line: line, fields: [])
            for (name, value) in fields {
                let line = name.mark?.line ?? line
                guard let name = name.scalar?.string, let text = value.scalar?.string else {
                    document.add(
                        line, "a field of a \(kind.words) must be one name and one plain value.")
                    continue
                }
                row.fields.append(RegistryField(name, trimmed(text), line: line))
            }
            document.rows.append(row)
        }
    }

    private static var listNames: String {
        EntryKind.allCases.map { $0.listName + ":" }.joined(separator: ", ")
    }

    private static func place(of error: any Error) -> (line: Int, reason: String) {
        guard let error = error as? YamlError else { return (1, "\(error)") }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return (mark.line, problem)
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.joined(separator: ", ")
            return (context.mark.line, "\(names) is written twice in one entry")
        case .reader, .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return (1, "the file cannot be read")
        }
    }

    static func write(_ entries: [RegistryEntry]) -> String {
        var text = ""
        for kind in EntryKind.allCases {
            let ofKind = entries.filter { $0.key.kind == kind }
            if ofKind.isEmpty { continue }
            text += "\(kind.listName):\n"
            for entry in ofKind {
                for (index, field) in entry.fields.enumerated() {
                    text += index == 0 ? "  - " : "    "
                    text += "\(field.name): \(scalar(field.text))\n"
                }
            }
        }
        return text
    }

    /// Plain where nothing in it can be taken for a sign of YAML, else quoted.
    private static func scalar(_ text: String) -> String {
        let isPlain = text.unicodeScalars.enumerated().allSatisfy { index, scalar in
            scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                || (index > 0 && "-_.%°()（）/".unicodeScalars.contains(scalar))
                || (scalar == "-" && text.dropFirst().first?.isNumber == true)
        }
        if isPlain, !text.isEmpty { return text }
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }
}

extension RegistryDocument {
    mutating func add(_ line: Int, _ text: String) {
        mistakes.append(Mistake(file: fileName, line: line, text: text))
    }
}
