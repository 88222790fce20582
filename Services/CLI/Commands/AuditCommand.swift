import ArgumentParser
import Storage

/// Checks that nobody has edited a journal.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Check that no journal was edited.",
        subcommands: [Verify.self, CheckCertificate.self])

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check the hash chain of journals; exit code 1 if anything is wrong.",
            discussion: """
                Reads the stores without changing them, also while the services run. Without FILE \
                it takes every journal under the data folder, and looks whether they fit together.
                """)

        @Argument(help: "Stores with a journal.")
        var files: [String] = []

        @Option(
            name: .long,
            help: """
                A head that was written down earlier, SEQ:HASH as this command prints it: the only \
                proof against a journal that was made anew as a whole. For one file.
                """)
        var head: String?

        @OptionGroup var folder: DataFolder
        @OptionGroup var output: OutputOptions

        func run() throws {
            let expected = try head.map(Self.head)
            if expected != nil, files.count != 1 {
                throw ValidationError("--head belongs to one journal. Name its file.")
            }
            var records: [Record] = []
            var findingCount = 0
            for (path, report) in try files.isEmpty ? whole() : named(expected) {
                findingCount += report.findings.count
                records.append(Self.record(path, report))
            }
            print(records)
            if findingCount > 0 {
                throw Failure.refused(
                    "\(findingCount) findings: these journals cannot be trusted as a whole.",
                    next: "Stop the services, keep the files as evidence, restore a copy.")
            }
        }

        private func print(_ records: [Record]) {
            if output.output == .table {
                for record in records {
                    Table.details(record, zone: output.zone).forEach(Terminal.out)
                }
            } else {
                output.print(records, empty: "")
            }
        }

        private func whole() throws -> [(String, AuditReport)] {
            try FolderAudit(folder: folder).reports().map { ($0.path, $0.report) }
        }

        private func named(_ expected: JournalHead?) throws -> [(String, AuditReport)] {
            try files.map { path in
                do {
                    return (path, try JournalAudit.verify(path: path, expected: expected))
                } catch let failure as StoreFailure {
                    throw Failure.refused("\(failure)", next: "Name the file of a store.")
                }
            }
        }

        private static func head(_ text: String) throws -> JournalHead {
            if let head = JournalHead(text) { return head }
            throw ValidationError("--head \"\(text)\" is not a head. Write SEQ:HASH.")
        }

        private static func record(_ path: String, _ report: AuditReport) -> Record {
            let findings = report.findings.map {
                Record([Field("finding", "finding", .text($0.description))])
            }
            return Record([
                Field("file", "journal", .text(path)),
                Field("clean", "clean", .flag(report.isClean)),
                Field("entry_count", "entries", .count(Int64(report.entryCount))),
                Field("head", "head", .text(report.head.description)),
                Field("findings", "findings", .records(findings)),
                Field("cut_off", "cut off", .flag(report.isCutOff)),
            ])
        }
    }
}
