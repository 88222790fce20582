import ArgumentParser
import Contracts

/// What people owe.
struct ObligationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "obligation", abstract: "See what is owed, and who could not be told.",
        subcommands: [List.self, Gaps.self, Forecast.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What is owed now under a node: late, due soonest first.")

        @Option(name: .long, help: "Of this node and under it; else that of the token.")
        var node: String = ""

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.notification, connection) {
                try await $0.unary(
                    NotificationV1.CaseService.listObligations,
                    NotificationV1.ListObligationsRequest(nodeID: node))
            }
            output.print(answer.due.map(Record.init), empty: "Nothing is owed.")
        }
    }

    struct Gaps: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Roles that nobody fills, or whose holder has no verified number.")

        @Option(name: .long, help: "Of this node and under it; else that of the token.")
        var node: String = ""

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.notification, connection) {
                try await $0.unary(
                    NotificationV1.CaseService.listGaps,
                    NotificationV1.ListGapsRequest(nodeID: node))
            }
            output.print(answer.gaps.map(Record.init), empty: "Everybody can be told.")
        }
    }

    struct Forecast: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Whose number will have had as many messages as it may get, and when.")

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.notification, connection) {
                try await $0.unary(
                    NotificationV1.CaseService.forecast, NotificationV1.ForecastRequest())
            }
            output.print(answer.limits.map(Record.init), empty: "No number reaches its limit.")
        }
    }
}
