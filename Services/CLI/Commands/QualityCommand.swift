import ArgumentParser
import Contracts
import Domain

/// How good accessed data are, by enterprise and day.
struct QualityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quality",
        abstract: "See how true, immediate, complete, normative and accurate data are.",
        subcommands: [List.self, Explain.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The five scores of enterprises by day; without days: today so far.")

        @Option(name: .long, help: "The first day, such as 2021-11-01.")
        var from: String = ""

        @Option(name: .long, help: "The last day; without it: the same.")
        var to: String = ""

        @Option(name: .long, help: "Only enterprises under this node.")
        var under: String = ""

        @OptionGroup var page: PageOptions
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let days = try await Connection.with(.ingest, connection) { service in
                try await page.collect { size, token in
                    let answer = try await service.unary(
                        IngestV1.QualityService.listScores,
                        IngestV1.ListScoresRequest(
                            underNodeID: under, fromDay: from, toDay: to, pageSize: size,
                            pageToken: token))
                    return (answer.days, answer.nextPageToken)
                }
            }
            output.print(days.map(\.record), empty: "No enterprise has scores of these days.")
        }
    }

    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Where an enterprise lost on a day, the worst first.")

        @Argument(help: "The enterprise.")
        var enterprise: String

        @Option(name: .long, help: "The day; without it: today so far.")
        var day: String = ""

        @Option(name: .long, help: "Only true, immediate, complete, normative or accurate.")
        var quality: String = ""

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.QualityService.explainScores,
                    IngestV1.ExplainScoresRequest(
                        enterpriseID: enterprise, day: day, quality: quality))
            }
            let scores = answer.day?.scores ?? []
            output.print(
                scores.map { score in
                    score.record(losses: answer.losses.filter { $0.quality == score.quality })
                }, empty: "Nothing was due on this day.")
            if output.output == .table {
                output.print(answer.losses.map(\.record), empty: "Nothing was lost.")
            }
        }
    }
}

extension IngestV1.QualityDay {
    /// One column a quality.
    fileprivate var record: Record {
        Record(
            [
                Field("day", "day", .text(day)),
                Field("enterprise", "enterprise", .text(enterpriseID)),
            ]
                + scores.map { score in
                    Field(
                        score.quality, "\(score.quality) \(score.title)",
                        .word(score.score.map { "\($0)" } ?? "", shown: score.percent))
                })
    }
}

extension IngestV1.QualityScore {
    /// `99.51 %`; of nothing, a dash.
    fileprivate var percent: String {
        guard let score else { return "-" }
        let rest = score % 100
        return "\(score / 100).\(rest < 10 ? "0" : "")\(rest) %"
    }

    fileprivate func record(losses: [IngestV1.QualityLoss]) -> Record {
        Record([
            Field("quality", "quality", .word(quality, shown: "\(quality) \(title)")),
            Field("score", "score", .word(score.map { "\($0)" } ?? "", shown: percent)),
            Field("part", "part", .count(part)), Field("whole", "whole", .count(whole)),
            Field("formula", "formula", .text(formula)),
            Field("losses", nil, .records(losses.map(\.record))),
        ])
    }
}

extension IngestV1.QualityLoss {
    fileprivate var record: Record {
        Record([
            Field("quality", "quality", .text(quality)),
            Field("kind", "kind", .text(entryKind)), Field("id", "id", .text(entryID)),
            Field("amount", "lost", .count(amount)), Field("reason", "why", .text(reason)),
        ])
    }
}
