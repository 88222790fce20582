import ArgumentParser
import Domain
import Foundation
import Policy
import Runtime

/// When what falls due.
struct PolicyTimeline: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timeline",
        abstract: "All due times of a warning if nobody does anything.")

    @OptionGroup var source: ProfileArgument
    @OptionGroup var warning: WarningOptions
    @OptionGroup var start: StartOptions

    @Flag(
        name: .customLong("authorities-issue"),
        help: "As if authorities issued their circulars, talks and checks at once.")
    var isIssuing = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        let profile = try source.load()
        let timeline = Timeline(
            profile, level: warning.level, warning.placement, from: try start.instant(output),
            isIssuing: isIssuing)
        let records = timeline.entries.map { entry in
            Record([
                Field("at", "at", .time(entry.at)),
                Field(
                    "after", "after",
                    .text(entry.after.milliseconds == 0 ? "" : entry.after.words)),
                Field("what", "what", .word(entry.what.rawValue, shown: Self.shown(entry.what))),
                Field("rule", "rule", entry.rule.map { .text($0.text) } ?? .none),
                Field("title", "title", .text(entry.title)),
                Field("who", "who", .text(entry.who)),
                Field("to", "to", .text(entry.to)),
                Field("due_at", "due", .time(entry.dueAt)),
                Field("repeats", "again", entry.repeats.map { .text($0.words) } ?? .none),
                Field("clause", "clause", .text(entry.clause.text)),
            ])
        }
        output.print(records, empty: "Nobody is told, and nothing falls due.")
    }

    private static func shown(_ what: Timeline.What) -> String {
        switch what {
        case .told: "is told"
        case .owed: "owes"
        case .issued: "issues"
        case .missed: "is late"
        }
    }
}

/// One warning under several profiles.
struct PolicyCompare: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "One warning under several profiles side by side, if nobody does anything.",
        discussion: "Authorities are taken to issue their documents at once.")

    @Argument(help: "Files or ids; without any, all profiles of the program that are complete.")
    var profiles: [String] = []

    @OptionGroup var warning: WarningOptions
    @OptionGroup var start: StartOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let compared = try profiles.isEmpty ? Self.complete() : profiles.map(PolicyCommand.load)
        let comparison = Comparison(
            compared, level: warning.level, warning.placement, from: try start.instant(output))
        switch output.output {
        case .json:
            let records = comparison.rows.map { row in
                Record(
                    [Field("time", "time", .text(row.name))]
                        + zip(compared, row.cells).map { profile, cell in
                            Field(
                                profile.id.text, profile.id.text, .text(cell.joined(separator: "；"))
                            )
                        })
            }
            output.print(records, empty: "")
        case .table:
            output.print(Self.lines(comparison, compared), empty: "Nothing happens.")
        }
    }

    /// What happens at one time stands one below the other.
    private static func lines(_ comparison: Comparison, _ profiles: [PolicyProfile]) -> [Record] {
        comparison.rows.flatMap { row in
            (0..<(row.cells.map(\.count).max() ?? 0)).map { number in
                Record(
                    [Field("time", "time", .text(number == 0 ? row.name : " "))]
                        + zip(profiles, row.cells).map { profile, cell in
                            Field(
                                profile.id.text, profile.id.text,
                                .text(number < cell.count ? cell[number] : " "))
                        })
            }
        }
    }

    private static func complete() throws -> [PolicyProfile] {
        BundledProfiles.files.compactMap { try? ProfileSource.load($0.id.text) }
    }
}

/// From when.
struct StartOptions: ParsableArguments {
    @Option(name: .long, help: "When the warning begins; today at 08:00 if left out.")
    var from: String?

    func instant(_ output: OutputOptions) throws -> Instant {
        if let from { return try output.instant(from, option: "from") }
        let now = Instant(unixMilliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        return output.zone.midnight(before: now) + .hours(8)
    }
}
