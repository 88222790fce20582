import ArgumentParser
import Contracts

/// Points beyond their limits.
struct AlarmCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alarm", abstract: "See which points are beyond their limits.",
        subcommands: [List.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The alarms, the newest first.")

        @Flag(name: .long, help: "Also those that have cleared.")
        var all = false

        @Option(name: .long, help: "Only of this hazard source.")
        var source: String = ""

        @OptionGroup var page: PageOptions
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let alarms = try await Connection.with(.risk, connection) { service in
                try await page.collect { size, token in
                    let answer = try await service.unary(
                        RiskV1.RiskService.listAlarms,
                        RiskV1.ListAlarmsRequest(
                            includeCleared: all, hazardSourceID: source, pageSize: size,
                            pageToken: token))
                    return (answer.alarms, answer.nextPageToken)
                }
            }
            output.print(
                alarms.map(Record.init),
                empty: all
                    ? "There has been no alarm." : "No alarm stands; --all shows cleared ones.")
        }
    }
}
