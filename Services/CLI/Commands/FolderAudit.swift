import Foundation
import Storage

/// The audit of a whole data folder: every journal in it, and whether they fit together.
struct FolderAudit {
    let folder: DataFolder

    /// The report on each store with a journal, in the order of their paths.
    func reports() throws -> [(path: String, report: AuditReport)] {
        var reports: [(path: String, report: AuditReport)] = []
        var heard: [Heard] = []
        for path in try stores() {
            guard let report = try report(path) else { continue }
            reports.append((path, report))
            guard report.findings != [.storeMissing] else { continue }
            for (service, cursor) in try JournalAudit.heard(path: path) {
                heard.append(Heard(by: Self.service(path), service: service, cursor: cursor))
            }
        }
        heard.sort { $0.by < $1.by }
        for index in reports.indices {
            // The store is missing: that says it all.
            guard reports[index].report.findings != [.storeMissing] else { continue }
            let (path, head) = (reports[index].path, reports[index].report.head)
            for heard in heard where heard.service == Self.service(path) {
                if let finding = try Self.finding(heard, path, head) {
                    reports[index].report.findings.append(finding)
                }
            }
        }
        return reports
    }

    /// How far one service has heard the journal of another.
    private struct Heard {
        var by, service: String
        var cursor: Cursor
    }

    private static func finding(
        _ heard: Heard, _ path: String, _ head: JournalHead
    ) throws -> AuditFinding? {
        let seq = heard.cursor.seq
        if seq > head.seq { return .heardFurther(by: heard.by, heard: seq, found: head) }
        guard let hash = heard.cursor.hash,
            let found = try JournalAudit.entry(at: seq, path: path), found.hash != hash
        else { return nil }
        let told = JournalHead(seq: seq, hash: hash)
        return .heardAnother(by: heard.by, heard: told, found: found)
    }

    private func stores() throws -> [String] {
        let names =
            FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        var paths = Set(names.filter { $0.hasSuffix(".sqlite") })
        for service in ServiceName.allCases where names.contains(service.rawValue) {
            paths.insert("\(service)/\(service).sqlite")
        }
        guard !paths.isEmpty else {
            throw Failure.refused(
                "There is no journal under \(folder.path).",
                next: "Name the file of a store, or the folder with --data.")
        }
        return paths.sorted().map { folder.path + "/" + $0 }
    }

    // Batches of readings are stores as well, but hold no journal. A file that cannot be read at
    // all is a finding, never passed over.
    private func report(_ path: String) throws -> AuditReport? {
        guard FileManager.default.fileExists(atPath: path) else {
            return AuditReport(
                entryCount: 0, head: .empty, findings: [.storeMissing], isCutOff: false)
        }
        do {
            return try JournalAudit.verify(path: path)
        } catch StoreFailure.cannotOpen(_, reason: "it has no journal") {
            return nil
        } catch {
            throw Failure.refused(
                "\(path) cannot be read: \(error)",
                next: "Keep the file as evidence and restore a copy.")
        }
    }

    private static func service(_ path: String) -> String {
        URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    }
}
