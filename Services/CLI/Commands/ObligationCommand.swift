import ArgumentParser
import Contracts

/// What people owe.
struct ObligationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "obligation", abstract: "See what is owed, and who could not be told.",
        subcommands: [List.self, Standing.self, Gaps.self, Forecast.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What is owed now under a node: late, due soonest first.")

        @Option(name: .long, help: "Of this node and under it; else that of the token.")
        var node: String = ""

        @OptionGroup var page: PageOptions
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let due = try await page.obligations(.unspecified, node: node, connection)
            output.print(due.map(Record.init), empty: "Nothing is owed.")
        }
    }

    struct Standing: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What has been waiting, and for how long, the oldest first.",
            discussion: """
                warnings: what is owed in warnings that are not over. outages: what is owed of \
                enterprises offline. feedback: what was found, or is over, and of which no result \
                was fed back.
                """)

        @Argument(help: "warnings, outages or feedback.")
        var list: Waiting

        @Option(name: .long, help: "Of this node and under it; else that of the token.")
        var node: String = ""

        @OptionGroup var page: PageOptions
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        enum Waiting: String, ExpressibleByArgument, CaseIterable {
            case warnings, outages, feedback

            var wire: NotificationV1.StandingList {
                switch self {
                case .warnings: .unhandledWarnings
                case .outages: .unconfirmedOutages
                case .feedback: .missingFeedback
                }
            }
        }

        func run() async throws {
            let due = try await page.obligations(list.wire, node: node, connection)
            output.print(due.map(Record.standing), empty: "Nothing is waiting.")
        }
    }

    struct Gaps: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Roles that nobody fills, or whose holder has no verified number.")

        @Option(name: .long, help: "Of this node and under it; else that of the token.")
        var node: String = ""

        @OptionGroup var page: PageOptions
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let gaps = try await Connection.with(.notification, connection) { service in
                try await page.collect { size, token in
                    let answer = try await service.unary(
                        NotificationV1.CaseService.listGaps,
                        NotificationV1.ListGapsRequest(
                            nodeID: node, pageSize: size, pageToken: token))
                    return (answer.gaps, answer.nextPageToken)
                }
            }
            output.print(gaps.map(Record.init), empty: "Everybody can be told.")
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

extension PageOptions {
    /// What is owed, page after page.
    fileprivate func obligations(
        _ list: NotificationV1.StandingList, node: String, _ connection: ConnectionOptions
    ) async throws -> [NotificationV1.Due] {
        try await Connection.with(.notification, connection) { service in
            try await collect { size, token in
                let answer = try await service.unary(
                    NotificationV1.CaseService.listObligations,
                    NotificationV1.ListObligationsRequest(
                        nodeID: node, pageSize: size, standing: list, pageToken: token))
                return (answer.due, answer.nextPageToken)
            }
        }
    }
}
