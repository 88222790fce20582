import Contracts
package import IngestCore
package import Storage

extension JournalDraft {
    /// The line of the journal that a change of a camera becomes.
    package init(_ effect: CameraEffect) {
        switch effect {
        case .changed(let standing, let node):
            let record = JournalRecord.cameraChanged(IngestV1.CameraChange(standing))
            self.init(
                kind: record.kind.rawValue, subject: standing.camera.text, node: node,
                body: record.body)
        }
    }

    /// The line of the journal that an effect of the registry becomes.
    package init(_ effect: RegistryMachine.Effect) {
        switch effect {
        case .put(let entry, let node):
            let record = JournalRecord(entry)
            self.init(
                kind: record.kind.rawValue, subject: entry.key.id, node: node, body: record.body)
        case .recorded(let one, let node):
            let record = JournalRecord.entryRecorded(IngestV1.EntryRecord(one))
            self.init(
                kind: record.kind.rawValue, subject: one.change.id, node: node, body: record.body)
        case .requested(let request):
            let record = JournalRecord.changeRequested(IngestV1.Change(request, masked: true))
            self.init(
                kind: record.kind.rawValue, subject: request.entry, node: request.node,
                body: record.body)
        case .imported(let summary, let node):
            var response = IngestV1.ImportResponse(summary)
            response.importedBy = summary.by
            let record = JournalRecord.registryImported(response)
            self.init(
                kind: record.kind.rawValue, subject: summary.fileName, node: node,
                body: record.body)
        }
    }
}
