import ArgumentParser
import Domain
import Foundation
import Policy
import Runtime

/// The regulation as data.
struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Check what a policy profile makes the system do.",
        discussion: "docs/POLICY.md says how to write a profile. Nothing is sent by any of these.",
        subcommands: [
            PolicyCheck.self, PolicyExplain.self, PolicyTimeline.self, PolicyCompare.self,
            PolicyChoices.self, PolicyDiff.self,
        ])

    /// The profile in a file, or the one of this id that comes with the program.
    static func load(_ profile: String) throws -> PolicyProfile {
        do {
            return try ProfileSource.load(profile)
        } catch let failure as ProfileFailure {
            throw Failure.refused(
                failure.description, next: "Mend the profile; nothing was changed.")
        }
    }
}

/// A profile file, or the id of a profile that comes with the program.
struct ProfileArgument: ParsableArguments {
    @Argument(help: "A profile file, or the id of a profile that comes with the program.")
    var profile: String

    func load() throws -> PolicyProfile { try PolicyCommand.load(profile) }
}

/// Of which warning.
struct WarningOptions: ParsableArguments {
    @Option(name: .long, help: "blue, yellow, orange or red.")
    var level: WarningLevel

    @Option(name: .long, help: "Where the enterprise stands: inPark, outsidePark or cityManaged.")
    var placement: Placement = .inPark
}

extension Placement: ExpressibleByArgument {}

/// What a profile leaves open or reads in one of two ways.
struct PolicyChoices: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "choices",
        abstract: "The questions that a regulation leaves, answered, and what to write instead.")

    @OptionGroup var source: ProfileArgument
    @OptionGroup var output: OutputOptions

    func run() throws {
        let profile = try source.load()
        let records = profile.choices.entries.map { entry in
            Record([
                Field("number", "no.", entry.name.number.map { .count(Int64($0)) } ?? .none),
                Field("choice", "choice", .text(entry.name.rawValue)),
                Field("question", "question", .text(entry.name.question)),
                Field("value", "read as", .text(entry.value)),
                Field("alternative", "or write", .text(entry.alternative)),
                Field("clause", "clause", .text(entry.clause.text)),
            ])
        }
        output.print(records, empty: "The profile leaves no question.")
    }
}

/// Two profiles, or two versions of one.
struct PolicyDiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "What one profile says and another says otherwise.")

    @Argument(help: "A profile file, or the id of a profile.")
    var first: String

    @Argument(help: "The one to compare it with.")
    var second: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        let (first, second) = (try PolicyCommand.load(first), try PolicyCommand.load(second))
        let records = first.differences(from: second).map { difference in
            Record([
                Field("path", "where", .text(difference.path)),
                Field("first", first.id.text, Self.cell(difference.first?.text)),
                Field(
                    "second", second.id == first.id ? second.version : second.id.text,
                    Self.cell(difference.second?.text)),
                Field("first_clause", "clause", Self.cell(difference.first?.clause.text)),
                Field("second_clause", "clause", Self.cell(difference.second?.clause.text)),
            ])
        }
        output.print(records, empty: "Both say the same.")
    }

    private static func cell(_ text: String?) -> Cell {
        text.map { .text($0) } ?? .none
    }
}
