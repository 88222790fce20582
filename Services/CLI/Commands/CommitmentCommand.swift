import ArgumentParser
import Contracts
import Foundation

/// What enterprises commit themselves to each day.
struct CommitmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "commitment",
        abstract: "Send daily safety commitments, see who did not, and what was done about it.",
        subcommands: [
            Form.self, File.self, Show.self, List.self, Board.self, Statistics.self,
            Delegate.self, Undelegate.self, Delegations.self, Handle.self,
        ])

    struct Form: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what a commitment must say, and by when.")

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let form = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.CommitmentService.getForm, IngestV1.GetFormRequest())
            }
            output.print(form.items.map(\.record), empty: "The form has no items.")
            guard output.output == .table else { return }
            Terminal.out("works: \(form.works.map(\.id).joined(separator: ", "))")
            Terminal.out("late reasons: \(form.lateReasons.map(\.id).joined(separator: ", "))")
            Terminal.out("measures: \(form.measures.map(\.id).joined(separator: ", "))")
            Terminal.out(form.due.isEmpty ? "due: never" : "due: \(form.due)  [\(form.clause)]")
        }
    }

    struct File: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send the commitment of today, or correct it, from a YAML file.",
            discussion: """
                The token is that of the principal, or of somebody whom the principal lets sign. \
                The file has enterprise, day, items, works, late (reason, text) and correction. \
                The same file again changes nothing.
                """)

        @Argument(help: "The file.", completion: .file())
        var path: String

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw Failure.refused(
                    "\(path) cannot be read as text in UTF-8.", next: "Look whether it is there.")
            }
            let answer = try await Connection.with(.ingest, connection) { service in
                let form = try await service.unary(
                    IngestV1.CommitmentService.getForm, IngestV1.GetFormRequest())
                let request = try CommitmentFile.read(
                    text, file: path, form: form, zone: output.zone)
                return try await service.unary(
                    IngestV1.CommitmentService.fileCommitment, request)
            }
            if let commitment = answer.commitment { output.print(commitment.record) }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one day of one enterprise: what was sent, or that it was missed.")

        @Argument(help: "The enterprise.")
        var enterprise: String

        @Option(name: .long, help: "The day, such as 2021-11-01; else today.")
        var day: String = ""

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.CommitmentService.getCommitment,
                    IngestV1.GetCommitmentRequest(enterpriseID: enterprise, day: day))
            }
            if let commitment = answer.day?.commitment { output.print(commitment.record) }
            if let missed = answer.day?.missed { output.print(missed.record) }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List days of enterprises: in time, late, missed.")

        @Option(name: .long, help: "Only what stands under this node.")
        var under: String = ""

        @Option(name: .long, help: "The first day; else today.")
        var from: String = ""

        @Option(name: .long, help: "The last day; else the first.")
        var to: String = ""

        @Option(name: .long, help: "inTime, late or missed.")
        var standing: String = ""

        @Flag(name: .long, help: "Only missed days that nobody has dealt with.")
        var unhandled = false

        @OptionGroup var page: PageOptions
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let days = try await Connection.with(.ingest, connection) { service in
                try await page.collect { size, token in
                    let answer = try await service.unary(
                        IngestV1.CommitmentService.listCommitments,
                        IngestV1.ListCommitmentsRequest(
                            underNodeID: under, fromDay: from, toDay: to, standing: standing,
                            unhandledOnly: unhandled, pageSize: size, pageToken: token))
                    return (answer.days, answer.nextPageToken)
                }
            }
            output.print(days.map(\.record), empty: "There is no such day.")
        }
    }

    struct Board: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what is published of today's commitments.")

        @Option(name: .long, help: "Only what stands under this node.")
        var under: String = ""

        @OptionGroup var page: PageOptions
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let entries = try await Connection.with(.ingest, connection) { service in
                try await page.collect { size, token in
                    let answer = try await service.unary(
                        IngestV1.CommitmentService.readBoard,
                        IngestV1.ReadBoardRequest(
                            underNodeID: under, pageSize: size, pageToken: token))
                    return (answer.entries, answer.nextPageToken)
                }
            }
            output.print(entries.map(\.record), empty: "No enterprise is registered.")
        }
    }

    struct Statistics: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Count how many were due, in time, late and missed.")

        @Option(name: .long, help: "The first day.")
        var from: String

        @Option(name: .long, help: "The last day.")
        var to: String

        @Option(name: .long, help: "day, month, quarter or year.")
        var period: String = "month"

        @Option(name: .long, help: "enterprise, or the kind of area, such as county.")
        var by: String = "enterprise"

        @Option(name: .long, help: "Only what stands under this node.")
        var under: String = ""

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.CommitmentService.countCommitments,
                    IngestV1.CountCommitmentsRequest(
                        underNodeID: under, fromDay: from, toDay: to, period: period, by: by))
            }
            output.print(answer.counts.map(\.record), empty: "None was due in these days.")
        }
    }
}
