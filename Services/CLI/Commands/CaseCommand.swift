import ArgumentParser
import Contracts

/// What is being done about warnings.
struct CaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case",
        abstract: "See what is being done about warnings and other cases, and do it.",
        subcommands: [
            List.self, Show.self, Timeline.self, Certify.self, Open.self, Fulfil.self,
            Declare.self, Clear.self, Close.self, Drill.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The cases, the newest first.")

        @Flag(name: .long, help: "Also those that are closed.")
        var all = false

        @OptionGroup var page: PageOptions
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let cases = try await Connection.with(.notification, connection) { service in
                try await page.collect { size, token in
                    let answer = try await service.unary(
                        NotificationV1.CaseService.listCases,
                        NotificationV1.ListCasesRequest(
                            includeClosed: all, pageSize: size, pageToken: token))
                    return (answer.cases, answer.nextPageToken)
                }
            }
            output.print(
                cases.map(Record.init),
                empty: all ? "There has been no case." : "No case is open; --all shows closed ones."
            )
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One case: its notices, and what falls due next.")

        @Argument(help: "The case.")
        var id: String

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.notification, connection) {
                try await $0.unary(
                    NotificationV1.CaseService.getCase, NotificationV1.GetCaseRequest(caseID: id))
            }
            output.print(
                Record([
                    Field("case", "case", .record(answer.case.map(Record.init))),
                    Field("notices", "notices", .records(answer.notices.map(Record.init))),
                    Field(
                        "obligations", "obligations",
                        .records(answer.obligations.map(Record.init))),
                    Field("documents", "documents", .records(answer.documents.map(Record.init))),
                    Field(
                        "declarations", "declarations",
                        .records(answer.declarations.map(Record.init))),
                    Field("due", "due next", .records(answer.due.map(Record.init))),
                ]))
        }
    }
}
