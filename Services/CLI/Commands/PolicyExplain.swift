import ArgumentParser
import Domain
import Foundation
import Policy
import Runtime

/// Who is told and who owes what, for one level.
struct PolicyExplain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Who is told, when, and by which clause; nothing is sent.",
        discussion: """
            Either of a warning (--level), or of another case (--kind): an emergency, an enterprise \
            offline, a finding, planned work.
            """)

    @OptionGroup var source: ProfileArgument

    @Option(name: .long, help: "A warning at this level: blue, yellow, orange or red.")
    var level: WarningLevel?

    @Option(name: .long, help: "A case of this kind: emergency, offline, finding or plannedWork.")
    var kind: CaseKind?

    @Option(name: .long, help: "Where the enterprise stands: inPark, outsidePark or cityManaged.")
    var placement: Placement = .inPark

    @Option(name: .long, help: "Name the persons and bodies of this enterprise; needs --registry.")
    var enterprise: String?

    @Option(name: .long, help: "The registry file that has the enterprise.")
    var registry: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let profile = try source.load()
        guard (enterprise == nil) == (registry == nil) else {
            throw Failure.usage(
                "--enterprise and --registry go together.",
                next: "Give both, or neither for the roles without names.")
        }
        switch (level, kind) {
        case (let level?, nil): try explain(level, by: profile)
        case (nil, let kind?): try explain(kind, by: profile)
        case (nil, nil), (_?, _?):
            throw Failure.usage(
                "Of what? Give either --level or --kind.",
                next: "Write --level red for a warning, or --kind finding for another case.")
        }
    }

    private func explain(_ kind: CaseKind, by profile: PolicyProfile) throws {
        guard enterprise == nil else {
            throw Failure.usage(
                "--enterprise names who is told of a warning.",
                next: "Give --level with it, or leave it out.")
        }
        output.print(
            Record([
                Field("profile", "profile", .text(profile.name)),
                Field("kind", "kind", .text(kind.rawValue)),
                Field("placement", "placement", .text(placement.rawValue)),
                Field(
                    "rules", "rules",
                    .records(
                        profile.explanation(of: kind, placement).map { record($0, profile) })),
            ]))
    }

    private func explain(_ level: WarningLevel, by profile: PolicyProfile) throws {
        var placements = [placement]
        var holders: [Record] = []
        if let enterprise, let registry {
            let people = try RegistryGaps(path: registry)
            placements = try people.placements(of: EnterpriseID(enterprise), by: profile)
            holders = try people.holders(
                of: profile, EnterpriseID(enterprise), at: level, placements)
        }
        let explained = placements.reduce(into: [PolicyProfile.Explanation]()) { all, placement in
            for rule in profile.explanation(at: level, placement) where !all.contains(rule) {
                all.append(rule)
            }
        }
        var fields = [
            Field("profile", "profile", .text(profile.name)),
            Field(
                "level", "level",
                .word(level.rawValue, shown: profile.levelName(level).colour)),
            Field(
                "placement", "placement",
                .text(placements.map(\.rawValue).joined(separator: " and "))),
        ]
        if enterprise != nil {
            fields.append(Field("holders", "who fills the roles", .records(holders)))
        }
        fields.append(Field("rules", "rules", .records(explained.map { record($0, profile) })))
        output.print(Record(fields))
    }

    private func record(
        _ rule: PolicyProfile.Explanation, _ profile: PolicyProfile
    ) -> Record {
        Record([
            Field("rule", "rule", rule.rule.map { .text($0.text) } ?? .none),
            Field("text", "what happens", .text(rule.text)),
            Field("clause", "clause", .text(rule.clause.text)),
            Field(
                "source", "stands in",
                .text(
                    ClauseIndex.references(in: rule.clause).map(profile.title)
                        .joined(separator: "；"))),
        ])
    }
}

extension CaseKind: ExpressibleByArgument {}
