import Domain
import Policy
import Runtime
import Testing

/// What `mem-2021` says, article by article (002-WD, rows NTF-09 to NTF-15).
@Suite struct MinistryProfileTests {
    let profile: PolicyProfile

    init() throws {
        profile = try ProfileSource.load("mem-2021")
    }

    static let persons = ["principal", "technical", "operating"]
    static let recipients: [(level: WarningLevel, roles: [String], clause: String)] = [
        (.blue, [], "002-WD §5; 002-WD §6; 002-WD §7"),
        (.yellow, persons + ["county"], "002-WD §5"),
        (.orange, persons + ["county", "city"], "002-WD §6"),
        (.red, persons + ["county", "city", "province", "nationalCentre"], "002-WD §7"),
    ]

    @Test(arguments: recipients, Placement.allCases)
    func eachLevelTellsWhomItsArticleNames(
        row: (level: WarningLevel, roles: [String], clause: String), placement: Placement
    ) throws {
        let rule = try #require(profile.recipients(at: row.level, placement))
        #expect(rule.roles.map(\.text) == row.roles)
        #expect(rule.clause.text == row.clause)
    }

    @Test func everyRecipientIsARoleThatIsReachedOverAChannel() {
        for rule in profile.recipients {
            for id in rule.roles {
                let role = profile.role(id)
                #expect(role != nil)
                #expect(role.map { profile.channels(of: $0).channels.isEmpty } == false)
            }
        }
        #expect(profile.recipients.count == 12)
    }

    static let circulars: [(level: WarningLevel, after: Interval, to: String, clause: String)] = [
        (.yellow, .hours(1), "enterprise", "002-WD §10"),
        (.orange, .hours(1), "county", "002-WD §11"),
        (.red, .minutes(30), "city", "002-WD §12"),
    ]

    @Test(arguments: circulars)
    func circularsFollowTheirArticle(
        row: (level: WarningLevel, after: Interval, to: String, clause: String)
    ) throws {
        let rules = circularRules(at: row.level)
        let rule = try #require(rules.first)
        #expect(rules.count == 1)
        #expect(rule.opens == .after(row.after))
        #expect(rule.repeats == .every(row.after))
        #expect(rule.form == .document(DocumentRule(kind: .circular, to: [RoleID(row.to)])))
        #expect(rule.owners.isEmpty && rule.clause.text == row.clause)
    }

    @Test func blueHasNoCircular() {
        #expect(circularRules(at: .blue).isEmpty)
    }

    /// The circulars that start with the notices of `level`.
    private func circularRules(at level: WarningLevel) -> [ObligationRule] {
        profile.obligations.filter { rule in
            guard case .document(let document) = rule.form, document.kind == .circular else {
                return false
            }
            return rule.starts.contains(Trigger(.noticed(level)))
        }
    }

    @Test func inAParkTheParkIsToldAndElsewhereTheCounty() throws {
        let county = try #require(profile.role(RoleID("county")))
        #expect(county.holder == .body([.park, .county]))
    }

    @Test func levelsAreRankedByTheProvisionalRule() throws {
        let model = profile.levelModel
        #expect(model.isProvisional)
        let now = model.rules.filter { $0.lasting == nil }
        for state in LimitState.allCases where state != .normal {
            let level = now.filter { $0.states.contains(state) }.map(\.level).max()
            #expect(level == (state.severity == 2 ? .orange : .yellow))
        }
        let red = try #require(model.rules.first { $0.level == .red })
        #expect(red.lasting == .minutes(30))
        #expect(red.states == [.highHigh, .lowLow])
        #expect(model.resting.level == .blue)
        #expect((model.rules + [model.resting]).allSatisfy { $0.clause.text == "ours 0010" })
    }

    @Test func explanationNamesWhoWhenAndByWhichClause() throws {
        let lines = profile.explanation(at: .yellow, .inPark)
        #expect(lines[0].text.contains("主要负责人"))
        #expect(lines[0].clause.text == "002-WD §5")
        let circular = try #require(lines.first { $0.rule == RuleID("yellow-circular") })
        #expect(circular.text.contains("1小时 later the system issues 警示通报 to 企业"))
        #expect(circular.text.contains("again 每1小时, until lowered yellow"))
        #expect(circular.clause.text == "002-WD §10")
        let copy = try #require(lines.last { $0.rule == RuleID("yellow-circular") })
        #expect(copy.clause.text == "ours 0012")
        #expect(!lines.contains { $0.rule == RuleID("orange-circular") })
        #expect(!lines.contains { $0.rule == RuleID("finding-outcome") })
        let blue = profile.explanation(at: .blue, .inPark)
        #expect(blue.first?.text == "nobody is told")
    }

    @Test func everyDecisionThatAClauseMayNameIsWritten() throws {
        let files = try Repository.files(in: "docs/decisions")
        let ours = try #require(ClauseIndex.known.documents.first { $0.code == "ours" })
        for number in ours.articles {
            #expect(files.contains { $0.hasPrefix("\(number)-") }, "docs/decisions/\(number)-….md")
        }
    }
}
