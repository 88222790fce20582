import Domain

/// Finds what the facts of a file refer to and the registry does not have.
struct FactCheck {
    let registry: Registry
    let reading: DocumentReading

    func mistakes() -> [Mistake] { reading.entries.flatMap { mistakes(of: $0) } }

    private func mistakes(of entry: RegistryEntry) -> [Mistake] {
        entry.facts.all.flatMap { fact -> [Mistake] in
            guard fact.kind == .reference, let target = target(of: fact, in: entry) else {
                return []
            }
            return fact.words.filter { registry[EntryKey(target, $0)] == nil }
                .filter { !reading.isBroken(EntryKey(target, $0)) }
                .map { id in
                    Mistake(
                        file: reading.document.fileName,
                        line: reading.line(of: entry.key, field: fact.id) ?? 0,
                        text: "\(entry.key.kind.words) \(entry.key.id): there is no "
                            + "\(target.words) \(id); add it to the file, or write the id of one "
                            + "that is registered.")
                }
        }
    }

    private func target(of fact: Fact, in entry: RegistryEntry) -> EntryKind? {
        reading.packs.form(entry.key.kind, entry.kindName)?.fact(fact.id)?.target
    }
}

extension RegistryEntry {
    /// The kind that a pack declares of a device or object; empty for all others.
    package var kindName: String {
        switch self {
        case .device(let device): device.kind
        case .object(let object): object.kind
        case .node, .enterprise, .hazardSource, .point, .person, .officer, .gateway, .camera: ""
        }
    }
}
