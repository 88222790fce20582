import ArgumentParser
import Contracts
import Domain

/// What is wrong with accessed data, and what is done about it.
struct FindingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "finding",
        abstract: "See what is wrong with accessed data, and have it put right.",
        subcommands: [List.self, Record.self, Assign.self, Correct.self, Verify.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The findings, the earliest first; the closed ones if they are asked for.")

        @Option(name: .long, help: "Only of what stands under this node.")
        var under: String = ""

        @Option(name: .long, help: "Only of this kind, such as flatLine.")
        var kind: String = ""

        @Option(
            name: .long,
            help: "Only those that are open, assigned, corrected, verified, ended or reviewed.")
        var state: String = ""

        @Flag(name: .long, help: "Those that are closed as well.")
        var closed = false

        @OptionGroup var page: PageOptions
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let findings = try await Connection.with(.ingest, connection) { service in
                try await page.collect { size, token in
                    let answer = try await service.unary(
                        IngestV1.FindingService.listFindings,
                        IngestV1.ListFindingsRequest(
                            underNodeID: under, kind: kind, state: state, withClosed: closed,
                            pageSize: size, pageToken: token))
                    return (answer.findings, answer.nextPageToken)
                }
            }
            output.print(findings.map(\.row), empty: "There is no finding.")
        }
    }

    struct Record: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write down what was seen done, such as a camera that was covered.")

        @Argument(help: "alarmClosed, dataTampered, deviceRemoved, deviceMoved, powerCut, ...")
        var kind: String

        @Argument(help: "The kind of the entry that it was done to, such as camera.")
        var entryKind: String

        @Argument(help: "Its id.")
        var id: String

        @Option(name: .long, help: "What shows it, as NAME=TEXT; repeat it.")
        var clue: [String]

        @Option(name: .long, help: "Since when; without it: now.")
        var since: String?

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            if let wrong = clue.first(where: { !$0.contains("=") }) {
                throw ValidationError("--clue \"\(wrong)\" has no =. Write it like photo=IMG-7.")
            }
        }

        func run() async throws {
            let first = try since.map { try output.instant($0, option: "since") }
            let clues = clue.map { text in
                let parts = text.split(
                    separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return IngestV1.Clue(name: String(parts[0]), text: String(parts[1]))
            }
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.FindingService.recordFinding,
                    IngestV1.RecordFindingRequest(
                        kind: kind, entryKind: entryKind, entryID: id,
                        firstUnixMs: first?.unixMilliseconds ?? 0, clues: clues))
            }
            if let finding = answer.finding { output.print(finding.record) }
        }
    }

    struct Assign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell the enterprise to put it right.")

        @Argument(help: "The finding.")
        var id: String

        @Option(name: .long, help: "What is to be done.")
        var text: String

        @Option(name: .long, help: "By when.")
        var due: String

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let dueAt = try output.instant(due, option: "due")
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.FindingService.assignFinding,
                    IngestV1.AssignFindingRequest(
                        id: id, text: text, dueUnixMs: dueAt.unixMilliseconds))
            }
            if let finding = answer.finding { output.print(finding.record) }
        }
    }

    struct Correct: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say what was done about it.")

        @Argument(help: "The finding.")
        var id: String

        @Option(name: .long, help: "What was done.")
        var text: String

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.FindingService.correctFinding,
                    IngestV1.CorrectFindingRequest(id: id, text: text))
            }
            if let finding = answer.finding { output.print(finding.record) }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Accept a correction, or send it back.")

        @Argument(help: "The finding.")
        var id: String

        @Flag(name: .long, help: "It is right now.")
        var accept = false

        @Option(name: .long, help: "It is not: what is still to be done.")
        var refuse: String?

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            if accept == (refuse != nil) {
                throw ValidationError("Write --accept, or --refuse with what is still to be done.")
            }
        }

        func run() async throws {
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.FindingService.verifyFinding,
                    IngestV1.VerifyFindingRequest(
                        id: id, isAccepted: accept, text: refuse ?? ""))
            }
            if let finding = answer.finding { output.print(finding.record) }
        }
    }
}
