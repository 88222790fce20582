import Domain
import Foundation
import Policy
import Runtime
import Testing

/// What holds for every profile that comes with the program.
@Suite struct FiveProfilesTests {
    /// The five; the last one as the example completes it.
    static func load(_ id: String) throws -> PolicyProfile {
        guard id == "licheng-dust-2023" else { return try ProfileSource.load(id) }
        return try ProfileSource.load(path: Repository.path("docs/examples/licheng-supplied.yaml"))
    }

    static let ids = BundledProfiles.files.map(\.id.text)

    @Test func thereAreFive() {
        #expect(
            Self.ids == ["mem-2021", "changzhou-2020", "beijing", "zibo-2020", "licheng-dust-2023"])
    }

    @Test(arguments: ids)
    func everyLevelTellsSomebodyOrIsDeclaredSilent(id: String) throws {
        let profile = try Self.load(id)
        let silent = profile.recipients.filter(\.roles.isEmpty)
        #expect(profile.recipients.count == 12)
        // Only blue, and only where the text names nobody.
        #expect(silent.allSatisfy { $0.level == .blue })
        #expect(silent.count == (profile.blue.meaning == .baseState ? 3 : 0))
    }

    @Test(arguments: ids)
    func everyLevelThatIsToldHasSomebodyWhoPursuesIt(id: String) throws {
        let profile = try Self.load(id)
        for rule in profile.recipients where !rule.roles.isEmpty {
            let tracking = profile.tracking.first {
                $0.level == rule.level && $0.placement == rule.placement
            }
            #expect(tracking.flatMap { profile.role($0.role) } != nil, "\(rule.level)")
        }
    }

    @Test(arguments: ids)
    func everyClauseNamesAnArticleThatExists(id: String) throws {
        let profile = try Self.load(id)
        var index = ClauseIndex.known
        index.documents += profile.sources
        let clauses =
            profile.obligations.map(\.clause) + profile.recipients.map(\.clause)
            + profile.declarations.map(\.clause) + profile.tracking.map(\.clause)
            + profile.choices.entries.map(\.clause)
        for clause in clauses {
            #expect(index.complaints(about: clause).isEmpty, "\(clause)")
        }
    }

    @Test func eachOfTheFourteenQuestionsIsAnsweredWithItsAlternative() throws {
        let entries = try Self.ids.flatMap { try Self.load($0).choices.entries }
        let numbers = Set(entries.compactMap(\.name.number))
        #expect(numbers == Set(1...14))
        for entry in entries {
            #expect(!entry.value.isEmpty)
            #expect(entry.alternative.contains("`"))
        }
    }

    /// NTF-43: no number is guessed.
    @Test func aRegulationWithoutNumbersIsRefusedAndSaysWhatToSupply() throws {
        let failure = try #require(throws: ProfileFailure.self) {
            try ProfileSource.load("licheng-dust-2023")
        }
        let mistakes = failure.mistakes.mistakes
        #expect(mistakes.count == 8, "\(failure.reason)")
        #expect(mistakes.contains { $0.path == "roles[5].body" })
        for mistake in mistakes {
            #expect(mistake.text.contains("nobody may guess one"))
            #expect(mistake.text.contains("`inherits: licheng-dust-2023`"))
            #expect(mistake.text.contains("docs/examples/licheng-supplied.yaml"))
        }
    }

    @Test func theExampleSuppliesEachOpenValueWithItsOrigin() throws {
        let profile = try Self.load("licheng-dust-2023")
        #expect(profile.id == ProfileID("licheng-supplied"))
        let red = try #require(profile.obligation(RuleID("red-cleared")))
        #expect(red.due == .after(.hours(2)))
        #expect(red.clause.text == "004 三(三); EXAMPLE-2024 §2")
        #expect(red.title == "红色预警在规定时限内消警")
        #expect(profile.role(RoleID("redBody"))?.holder == .body([.city]))
    }

    /// NTF-19
    @Test func zibosProfileIsTheMinistrysAndWhatItsPlanAdds() throws {
        let ministry = try Self.load("mem-2021")
        let zibo = try Self.load("zibo-2020")
        #expect(zibo.name == "zibo-2020/2020-10-21")
        #expect(zibo.recipients == ministry.recipients)
        #expect(Array(zibo.obligations.prefix(ministry.obligations.count)) == ministry.obligations)
        let added = zibo.obligations.dropFirst(ministry.obligations.count)
        #expect(added.map(\.clause.text) == Array(repeating: "003 四(三)", count: 4))
    }
}
