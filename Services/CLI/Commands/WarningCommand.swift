import ArgumentParser
import Contracts
import Domain

/// How high the risk of each hazard source is.
struct WarningCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "warning", abstract: "See how high the risk of each hazard source is.",
        subcommands: [List.self, Show.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The hazard sources with their levels, the highest first.")

        @Option(name: .long, help: "Only at this level or higher: blue, yellow, orange or red.")
        var level: WarningLevel?

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let request = RiskV1.ListWarningsRequest(
                atLeast: level.map { CommonV1.WarningLevel($0) } ?? .unspecified)
            let answer = try await Connection.with(.risk, connection) {
                try await $0.unary(RiskV1.RiskService.listWarnings, request)
            }
            output.print(
                answer.warnings.map(Record.init),
                empty: level == nil
                    ? "No hazard source is known. Load them with `hazwatch registry import`."
                    : "No hazard source is at this level or higher.")
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One hazard source: its level, and the alarms that it rests on.")

        @Argument(help: "The hazard source.")
        var source: String

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.risk, connection) {
                try await $0.unary(
                    RiskV1.RiskService.getWarning,
                    RiskV1.GetWarningRequest(hazardSourceID: source))
            }
            output.print(
                Record([
                    Field("warning", "warning", .record(answer.warning.map(Record.init))),
                    Field(
                        "alarms", "standing alarms", .records(answer.alarms.map(Record.init))),
                ]))
        }
    }
}

extension WarningLevel: ExpressibleByArgument {}
