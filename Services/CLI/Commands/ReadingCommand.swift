import ArgumentParser
import Contracts
import Domain

/// What was measured.
struct ReadingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reading", abstract: "Read what was measured.",
        subcommands: [Latest.self, Range.self, Verify.self])

    struct Latest: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The latest reading of each point.")

        @Argument(help: "Points; none: all that the token may see.")
        var points: [String] = []

        @Option(name: .long, help: "Only the points of this hazard source.")
        var source: String = ""

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let request = IngestV1.LatestRequest(pointIDs: points, hazardSourceID: source)
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(IngestV1.ReadingsService.latest, request)
            }
            output.print(
                answer.readings.map(Record.init),
                empty: "No readings yet. Is the gateway running, and do its point ids match?")
        }
    }

    struct Range: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The readings of one point in a span of time.",
            discussion: """
                With --every it gives the least, highest and mean value of each bucket of that \
                length instead, and how many readings it has. Bad readings are counted and enter \
                no other figure. Buckets begin at --from.
                """)

        @Argument(help: "The point.")
        var point: String

        @Option(name: .long, help: "From this time on, such as \"2021-11-01 08:00:00 +08:00\".")
        var from: String?

        @Option(name: .long, help: "Up to this time, itself not included.")
        var to: String?

        @Option(name: .long, help: "The length of a bucket, such as 10s, 1m, 4h or 1d.")
        var every: String?

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let request = IngestV1.RangeRequest(
                pointID: point,
                fromUnixMs: try from.map { try output.instant($0, option: "from") }?
                    .unixMilliseconds ?? 0,
                toUnixMs: try to.map { try output.instant($0, option: "to") }?
                    .unixMilliseconds ?? 0,
                everyMs: try every.map(Self.length)?.milliseconds ?? 0)
            let records = try await Connection.with(.ingest, connection) { service in
                var records: [Record] = []
                let parts = try await service.stream(IngestV1.ReadingsService.range, request)
                for try await part in parts {
                    records += part.readings.map(Record.init) + part.buckets.map(Record.init)
                }
                return records
            }
            output.print(records, empty: "No readings of \(point) in that time.")
        }

        /// A length of time such as 10s, 1m, 4h or 1d.
        static func length(_ text: String) throws -> Interval {
            let units: [Character: Interval] = [
                "s": .seconds(1), "m": .minutes(1), "h": .hours(1), "d": .day,
            ]
            guard let unit = text.last.flatMap({ units[$0] }),
                let count = Int64(text.dropLast()), (1...100_000).contains(count)
            else {
                throw ValidationError(
                    "--every \"\(text)\" is not a length. Write it like 10s, 1m, 4h or 1d.")
            }
            return unit * count
        }
    }
}
