import ArgumentParser
import Contracts
import Domain
import Foundation

/// Who and what is watched.
struct RegistryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "registry", abstract: "Load and give out who and what is watched.",
        subcommands: [
            Import.self, Export.self, Packs.self, Thresholds.self, Coverage.self, Scope.self,
            Propose.self, Review.self, Requests.self, History.self,
        ])

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Load a file as a whole: all of it, or nothing and every mistake.")

        @Argument(help: "A YAML or CSV file.")
        var file: String

        @Flag(name: .customLong("dry-run"), help: "Say what would change, and change nothing.")
        var isDryRun = false

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            guard let content = try? Data(contentsOf: URL(fileURLWithPath: file)) else {
                throw Failure.refused(
                    "\(file) cannot be read.", next: "Look at its name and its permissions.")
            }
            let name = URL(fileURLWithPath: file).lastPathComponent
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.RegistryService.import,
                    IngestV1.ImportRequest(
                        fileName: name, content: Array(content), dryRun: isDryRun),
                    timeout: .seconds(120))
            }
            print(answer, of: name)
        }

        private func print(_ answer: IngestV1.ImportResponse, of name: String) {
            var record = Record([
                Field("file", "file", .text(name)),
                Field("dry_run", "dry run", .flag(isDryRun)),
                Field("added", "added", .count(Int64(answer.added))),
                Field("changed", "changed", .count(Int64(answer.changed))),
                Field("unchanged", "unchanged", .count(Int64(answer.unchanged))),
            ])
            guard output.output == .json else {
                output.print(record)
                return RegistryText.lines(of: answer).forEach(Terminal.out)
            }
            record.fields += [
                Field("changes", nil, .records(answer.changes.map(\.record))),
                Field("changes_left_out", nil, .count(Int64(answer.changesLeftOut))),
                Field("remarks", nil, .records(answer.remarks.map(\.record))),
            ]
            output.print(record)
        }
    }

    struct Export: AsyncParsableCommand {
        enum Format: String, ExpressibleByArgument, CaseIterable { case yaml, csv }

        static let configuration = CommandConfiguration(
            abstract: "Give out the registry that the token may see as a file that import takes.")

        @Option(name: .long, help: "yaml or csv.")
        var format: Format = .yaml

        @Option(name: .long, help: "The file to write; without it, standard output.")
        var to: String?

        @OptionGroup var connection: ConnectionOptions

        func run() async throws {
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.RegistryService.export,
                    IngestV1.ExportRequest(format: format.rawValue), timeout: .seconds(120))
            }
            guard let to else {
                let text = String(decoding: answer.content, as: UTF8.self)
                return Terminal.out(text.hasSuffix("\n") ? String(text.dropLast()) : text)
            }
            do {
                try Data(answer.content).write(to: URL(fileURLWithPath: to), options: .atomic)
            } catch {
                throw Failure.refused(
                    "\(to) cannot be written: \(error.localizedDescription)",
                    next: "Look at the folder and the space left on the disk.")
            }
        }
    }
}
