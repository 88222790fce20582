import ArgumentParser
import Domain
import Ingest

extension ReadingCommand {
    /// Checks that stored readings are whole.
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check every stored chunk and segment; exit code 1 if anything is damaged.",
            discussion: """
                Reads the folder of readings without changing it and says which point, day and \
                position is damaged. Stop ingest first, or name a copy: while it runs, files come \
                and go. docs/READINGS-FORMAT.md says what is checked.
                """)

        @Argument(help: "The folder of readings. Default: ingest/readings of the data folder.")
        var readings: String?

        @OptionGroup var folder: DataFolder
        @OptionGroup var output: OutputOptions

        func run() throws {
            let path = readings ?? folder.path + "/ingest/readings"
            let report: ReadingsAudit.Report
            do {
                report = try ReadingsAudit.verify(folder: path)
            } catch let failure as ReadingsFailure {
                throw Failure.refused("\(failure)", next: "Name the folder of readings.")
            }
            output.print(Self.record(path, report))
            if !report.findings.isEmpty {
                throw Failure.refused(
                    "\(report.findings.count) findings: these readings are not whole.",
                    next: "Keep the folder as evidence and restore a copy.")
            }
        }

        static func record(_ path: String, _ report: ReadingsAudit.Report) -> Record {
            let findings = report.findings.map { finding in
                Record([
                    Field("file", "file", .text(finding.file)),
                    Field("point_id", "point", finding.point.map { .text($0.text) } ?? .none),
                    Field("day", "day", .time(finding.day)),
                    Field("position", "position", finding.position.map(Cell.position) ?? .none),
                    Field("finding", "finding", .text(finding.what)),
                ])
            }
            return Record([
                Field("folder", "readings", .text(path)),
                Field("clean", "clean", .flag(report.findings.isEmpty)),
                Field("segment_count", "segments", .count(Int64(report.segmentCount))),
                Field("batch_count", "batches", .count(Int64(report.batchCount))),
                Field("day_count", "days", .count(Int64(report.dayCount))),
                Field("chunk_count", "chunks", .count(Int64(report.chunkCount))),
                Field("reading_count", "readings", .count(Int64(report.readingCount))),
                Field("findings", "findings", .records(findings)),
                Field("cut_off", "cut off", .flag(report.isCutOff)),
            ])
        }
    }
}
