import ArgumentParser
import Domain
import Foundation
import NotificationChannels
import NotificationCore
import Policy
import Runtime

/// Whether a profile can be used, and what it makes happen.
struct PolicyCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a profile; exit code 1 and every mistake with its line if it is wrong.",
        discussion: """
            A profile is refused where a level tells nobody and is not declared silent, where nobody \
            can be found who owes something, where something repeats too late or never ends, where a \
            number has no clause, and where a rule names what does not exist. With --registry also \
            where a role is filled by nobody with a verified number.
            """)

    @OptionGroup var source: ProfileArgument

    @Flag(
        name: .long, help: "Also say who is told and who owes what at each level, by which clause.")
    var explain = false

    @Flag(name: .long, help: "Also print every course that a warning can take, and how it ends.")
    var courses = false

    @Option(name: .long, help: "A registry file: who fills each role of each enterprise?")
    var registry: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let profile = try source.load()
        var fields: [Field] = [
            Field("id", "profile", .text(profile.id.text)),
            Field("version", "version", .text(profile.version)),
            Field("title", "title", .text(profile.title)),
            Field("zone", "zone", .text(profile.zone.name)),
            Field(
                "provisional", "level model provisional", .flag(profile.levelModel.isProvisional)),
            Field("obligation_count", "obligations", .count(Int64(profile.obligations.count))),
            Field("kinds", "what each kind of case can ask for", .records(Self.kinds(profile))),
            Field(
                "messages", "length of a warning by short message",
                .records(Self.messages(profile))
            ),
            Field("walks", "courses, all of which end or repeat", .records(Self.walks(profile))),
        ]
        fields.append(Field("watch", "presence and detectors", .records(Self.watch(profile))))
        if courses {
            fields.append(Field("courses", "courses", .records(Self.courses(profile))))
        }
        if explain {
            fields.append(Field("rules", "rules", .records(Self.rules(of: profile))))
        }
        let gaps = try registry.map { try RegistryGaps(path: $0).gaps(of: profile) } ?? []
        if registry != nil {
            fields.append(Field("gaps", "roles that nobody fills", .records(gaps.map(\.record))))
        }
        output.print(Record(fields))
        guard gaps.isEmpty else {
            throw Failure.refused(
                "\(gaps.count) roles have no living person with a verified number.",
                next: "Name them in the registry, and write verifiedOn once the number was tried.")
        }
    }

    /// How many rules can come to apply in each kind of case; 0: nobody owes anything in one.
    private static func kinds(_ profile: PolicyProfile) -> [Record] {
        CaseKind.allCases.map { kind in
            let rules = profile.rules(of: kind)
            return Record([
                Field("kind", "kind", .text(kind.rawValue)),
                Field("rules", "rules", .count(Int64(rules.count))),
                Field(
                    "demanded", "demanded before closing",
                    .count(Int64(rules.count(where: \.isDemanded)))),
            ])
        }
    }

    /// For each level and placement how many courses there are.
    private static func walks(_ profile: PolicyProfile) -> [Record] {
        each { level, placement in
            let all = Courses(profile, level: level, placement).all
            let repeating = all.count { $0.end != .ends }
            return [
                Record([
                    Field(
                        "level", "level",
                        .word(level.rawValue, shown: profile.levelName(level).colour)),
                    Field("placement", "placement", .text(placement.rawValue)),
                    Field("courses", "courses", .count(Int64(all.count))),
                    Field("end", "end", .count(Int64(all.count - repeating))),
                    Field("repeat", "repeat", .count(Int64(repeating))),
                ])
            ]
        }
    }

    /// The longest text of a warning at each level that goes by short message: 70 characters fit
    /// into one, 67 into each of several.
    private static func messages(_ profile: PolicyProfile) -> [Record] {
        WarningLevel.allCases.reversed().compactMap { level in
            let texts = Placement.allCases.flatMap {
                NotificationMachine.examples(of: profile, at: level, $0)
            }.filter { $0.channel == .sms }.map { SMSText($0.text) }
            guard let longest = texts.max(by: { $0.unitCount < $1.unitCount }) else { return nil }
            return Record([
                Field(
                    "level", "level",
                    .word(level.rawValue, shown: profile.levelName(level).colour)),
                Field("characters", "characters at most", .count(Int64(longest.unitCount))),
                Field("parts", "short messages", .count(Int64(longest.parts.count))),
            ])
        }
    }

    /// When something is offline, and when data look odd: the values of the text, else ours.
    private static func watch(_ profile: PolicyProfile) -> [Record] {
        profile.statements.filter {
            $0.path.hasPrefix("presence.") || $0.path.hasPrefix("detectors.")
        }.map { statement in
            Record([
                Field("value", "value", .text(statement.path)),
                Field("says", "says", .text(statement.text)),
                Field("clause", "clause", .text(statement.clause.text)),
            ])
        }
    }

    private static func courses(_ profile: PolicyProfile) -> [Record] {
        each { level, placement in
            Courses(profile, level: level, placement).all.map { course in
                Record([
                    Field(
                        "level", "level",
                        .word(level.rawValue, shown: profile.levelName(level).colour)),
                    Field("placement", "placement", .text(placement.rawValue)),
                    Field("course", "course", .text(course.words)),
                ])
            }
        }
    }

    private static func rules(of profile: PolicyProfile) -> [Record] {
        each { level, placement in
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

    private static func each(_ records: (WarningLevel, Placement) -> [Record]) -> [Record] {
        WarningLevel.allCases.reversed().flatMap { level in
            Placement.allCases.flatMap { records(level, $0) }
        }
    }
}
