import ArgumentParser
import Domain
import Foundation
import Policy
import Runtime

/// The regulation as data.
struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Check what a policy profile makes the system do.",
        subcommands: [Check.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a profile; exit code 1 and every mistake with its line if it is wrong."
        )

        @Argument(help: "A profile file, or the id of a profile that comes with the program.")
        var profile: String

        @Flag(name: .long, help: "Also say who is told at each level, and under which clause.")
        var explain = false

        @OptionGroup var output: OutputOptions

        func run() throws {
            let checked = try load()
            var fields: [Field] = [
                Field("id", "profile", .text(checked.id.text)),
                Field("version", "version", .text(checked.version)),
                Field("title", "title", .text(checked.title)),
                Field("zone", "zone", .text(checked.zone.name)),
                Field("provisional", "level model provisional", .flag(isProvisional(checked))),
            ]
            if explain {
                fields.append(Field("rules", "rules", .records(Self.rules(of: checked))))
            }
            output.print(Record(fields))
        }

        private func load() throws -> PolicyProfile {
            let isFile = FileManager.default.fileExists(atPath: profile)
            do {
                return try isFile
                    ? ProfileSource.load(path: profile) : ProfileSource.load(profile)
            } catch let failure as ProfileFailure {
                throw Failure.refused(
                    failure.description, next: "Mend the profile; nothing was changed.")
            }
        }

        private func isProvisional(_ profile: PolicyProfile) -> Bool {
            profile.levelModel.isProvisional
        }

        private static func rules(of profile: PolicyProfile) -> [Record] {
            WarningLevel.allCases.reversed().flatMap { level in
                Placement.allCases.flatMap { placement in
                    profile.explanation(at: level, placement).map { rule in
                        Record([
                            Field(
                                "level", "level",
                                .word(level.rawValue, shown: profile.levelName(level).colour)),
                            Field("placement", "placement", .text(placement.rawValue)),
                            Field("rule", "what happens", .text(rule.text)),
                            Field("clause", "clause", .text(rule.clause.text)),
                        ])
                    }
                }
            }
        }
    }
}
