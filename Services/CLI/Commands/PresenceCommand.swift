import ArgumentParser
import Contracts
import Domain

/// Who is online, offline or filed.
struct PresenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "presence",
        abstract: "See what is connected, what is not, and since when.",
        subcommands: [List.self, Gaps.self, Sources.self, Rates.self, Freshness.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "How things are connected, the longest silent first.")

        @Option(name: .long, help: "Only of what stands under this node.")
        var under: String = ""

        @Option(name: .long, help: "Only enterprise, gateway, camera, point or link.")
        var kind: String = ""

        @Option(name: .long, help: "Only neverHeard, online, offline or filedOutage.")
        var state: String = ""

        @Flag(name: .long, help: "Only what is offline for long.")
        var longTerm = false

        @OptionGroup var page: PageOptions
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let all = try await Connection.with(.ingest, connection) { service in
                try await page.collect { size, token in
                    let answer = try await service.unary(
                        IngestV1.PresenceService.listPresence,
                        IngestV1.ListPresenceRequest(
                            underNodeID: under, kind: kind, state: state, longTermOnly: longTerm,
                            pageSize: size, pageToken: token))
                    return (answer.presence, answer.nextPageToken)
                }
            }
            output.print(all.map(\.record), empty: "Nothing like that is registered.")
        }
    }

    struct Sources: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hazard sources: what is expected, registered and connected.")

        @Option(name: .long, help: "Only of what stands under this node.")
        var under: String = ""

        @Flag(name: .long, help: "Only those of which something is missing or silent.")
        var incomplete = false

        @OptionGroup var page: PageOptions
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let all = try await Connection.with(.ingest, connection) { service in
                try await page.collect { size, token in
                    let answer = try await service.unary(
                        IngestV1.PresenceService.listConnections,
                        IngestV1.ListConnectionsRequest(
                            underNodeID: under, incompleteOnly: incomplete, pageSize: size,
                            pageToken: token))
                    return (answer.connections, answer.nextPageToken)
                }
            }
            output.print(all.map(\.record), empty: "There is no such hazard source.")
        }
    }

    struct Gaps: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Silences, to the millisecond: those that have ended, then those that last.")

        @Option(name: .long, help: "From this time.")
        var from: String

        @Option(name: .long, help: "To before this time; without it: to now.")
        var to: String?

        @Option(name: .long, help: "Only of what stands under this node.")
        var under: String = ""

        @Option(name: .long, help: "Only enterprise, gateway, camera, point or link.")
        var kind: String = ""

        @Option(name: .long, help: "Only of the one with this id.")
        var id: String = ""

        @OptionGroup var page: PageOptions
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let start = try output.instant(from, option: "from")
            let end = try to.map { try output.instant($0, option: "to") }
            let gaps = try await Connection.with(.ingest, connection) { service in
                try await page.collect { size, token in
                    let answer = try await service.unary(
                        IngestV1.PresenceService.listGaps,
                        IngestV1.ListGapsRequest(
                            underNodeID: under, kind: kind, id: id,
                            fromUnixMs: start.unixMilliseconds,
                            toUnixMs: end?.unixMilliseconds ?? 0, pageSize: size,
                            pageToken: token))
                    return (answer.gaps, answer.nextPageToken)
                }
            }
            output.print(gaps.map(\.record), empty: "There was no silence.")
        }
    }

    struct Rates: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Online rates of enterprises, the worst first.")

        @Option(name: .long, help: "From this time.")
        var from: String

        @Option(name: .long, help: "To before this time; without it: to now.")
        var to: String?

        @Option(name: .long, help: "Only enterprises under this node.")
        var under: String = ""

        @OptionGroup var page: PageOptions
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let start = try output.instant(from, option: "from")
            let end = try to.map { try output.instant($0, option: "to") }
            let rates = try await Connection.with(.ingest, connection) { service in
                try await page.collect { size, token in
                    let answer = try await service.unary(
                        IngestV1.PresenceService.listOnlineRates,
                        IngestV1.ListOnlineRatesRequest(
                            underNodeID: under, fromUnixMs: start.unixMilliseconds,
                            toUnixMs: end?.unixMilliseconds ?? 0, pageSize: size,
                            pageToken: token))
                    return (answer.rates, answer.nextPageToken)
                }
            }
            output.print(rates.map(\.record), empty: "No enterprise is registered there.")
        }
    }
}
