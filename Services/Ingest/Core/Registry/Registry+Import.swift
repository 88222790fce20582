package import Domain

/// What an import would change.
package struct RegistryImport: Sendable, Equatable {
    /// The entries that are new or differ now, parents before children.
    package var puts: [RegistryEntry]
    package var summary: ImportSummary
    /// What is unusual in the file and was taken nevertheless.
    package var remarks: [Mistake]
    /// The registry after it.
    package var result: Registry
}

/// What an import does, in numbers of entries.
package struct ImportSummary: Sendable, Equatable {
    package var fileName: String
    package var added = 0
    package var changed = 0
    package var unchanged = 0
    /// Who imported it, for the journal.
    package var by = ""

    package init(fileName: String) { self.fileName = fileName }
}

/// Why an import was refused as a whole.
package enum ImportRefusal: Error, Sendable, Equatable {
    /// The file is wrong; everything found, in the order of its lines.
    case mistakes([Mistake])
    /// An entry stands outside of what the importer may write.
    case outside(scope: NodeID, entry: EntryKey)
}

extension Registry {
    /// What `document` would change: all of it, or nothing and every mistake.
    ///
    /// Rows are put beside what is registered: a new id adds, a known id replaces the entry as a
    /// whole. Entries that the file does not name stay as they are; an import never removes.
    /// A `scope` limits the importer to entries under that node.
    package func importing(
        _ document: RegistryDocument, within scope: NodeID? = nil, packs: Packs = .none
    ) throws(ImportRefusal) -> RegistryImport {
        var reading = DocumentReading(document, packs: packs)
        reading.readRows()
        reading.restoreAddresses(from: self)
        var result = self
        result.put(reading.entries)
        let check = RegistryCheck(registry: result, reading: reading)
        let facts = FactCheck(registry: result, reading: reading)
        let mistakes = reading.mistakes + check.mistakes() + facts.mistakes()
        guard mistakes.isEmpty else {
            throw .mistakes(shortened(mistakes, file: document.fileName))
        }
        var changes = changes(to: result, of: reading.entries, in: document.fileName)
        changes.remarks = shortened(
            reading.remarks + Remarks(before: self, after: result, reading: reading).all(),
            file: document.fileName)
        if let scope { try checkScope(scope, of: changes) }
        return changes
    }

    private func changes(
        to result: Registry, of entries: [RegistryEntry], in file: String
    ) -> RegistryImport {
        // Read back in the order of the registry, parents first.
        var touched = Registry()
        touched.put(entries)
        var puts: [RegistryEntry] = []
        var summary = ImportSummary(fileName: file)
        for entry in touched.entries {
            let before = self[entry.key]
            if before == entry {
                summary.unchanged += 1
                continue
            }
            puts.append(entry)
            if before == nil { summary.added += 1 } else { summary.changed += 1 }
        }
        return RegistryImport(puts: puts, summary: summary, remarks: [], result: result)
    }

    /// Refuses entries that are, or were, outside of `scope`; unchanged ones do no harm.
    private func checkScope(
        _ scope: NodeID, of plan: RegistryImport
    ) throws(ImportRefusal) {
        for entry in plan.puts {
            let isInside = plan.result.isWritable(entry, within: scope)
            let wasInside = self[entry.key].map { isWritable($0, within: scope) } ?? true
            if !isInside || !wasInside { throw .outside(scope: scope, entry: entry.key) }
        }
    }

    private func isWritable(_ entry: RegistryEntry, within scope: NodeID) -> Bool {
        node(of: entry).map { stands($0, under: scope) } ?? false
    }
}

private func shortened(_ mistakes: [Mistake], file: String) -> [Mistake] {
    let sorted = mistakes.enumerated().sorted {
        ($0.element.line, $0.offset) < ($1.element.line, $1.offset)
    }.map(\.element)
    guard sorted.count > RegistryLimits.mistakesMax else { return sorted }
    let rest = sorted.count - RegistryLimits.mistakesMax
    return sorted.prefix(RegistryLimits.mistakesMax)
        + [Mistake(file: file, line: 0, text: "\(rest) more; correct these first.")]
}
