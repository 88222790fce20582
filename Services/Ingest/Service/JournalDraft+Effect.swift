import Contracts
package import IngestCore
package import Storage

extension JournalDraft {
    /// The line of the journal that an effect of the registry becomes.
    package init(_ effect: RegistryMachine.Effect) {
        switch effect {
        case .put(let entry, let node):
            let record = JournalRecord(entry)
            self.init(
                kind: record.kind.rawValue, subject: entry.key.id, node: node, body: record.body)
        case .imported(let summary, let node):
            let record = JournalRecord.registryImported(IngestV1.ImportResponse(summary))
            self.init(
                kind: record.kind.rawValue, subject: summary.fileName, node: node,
                body: record.body)
        }
    }
}
