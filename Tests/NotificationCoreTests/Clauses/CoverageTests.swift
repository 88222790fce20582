import Domain
import NotificationCore
import Policy
import Testing

/// Every clause with an obligation has a scenario, with both sides of each of its times.
@Suite struct CoverageTests {
    private static let played: [(scenario: Scenario, evidence: Evidence)] =
        ((try? ScenarioTests.all.get()) ?? []).compactMap { scenario in
            // One that does not hold fails where it is played.
            (try? ScenarioRun.play(scenario)).map { (scenario, $0) }
        }

    private static func load(_ name: String) throws -> PolicyProfile {
        try NotificationMachine.city(name).profile
    }

    /// The scenarios of a profile, and those of others for what they have in common with it.
    private static func played(
        for profile: PolicyProfile, isSame: (PolicyProfile) -> Bool
    ) throws -> [(scenario: Scenario, evidence: Evidence)] {
        var known: [String: Bool] = [:]
        return try played.filter { one in
            let name = one.scenario.profile
            if let answer = known[name] { return answer }
            let other = try load(name)
            let answer = other.id == profile.id || isSame(other)
            known[name] = answer
            return answer
        }
    }

    /// The articles of a clause that no scenario of those given cites; decisions of ours are none.
    private static func uncited(_ clause: Clause, in scenarios: [Scenario]) -> [String] {
        let cited = scenarios.flatMap(\.clauses)
        return ClauseIndex.references(in: clause).filter {
            !$0.hasPrefix("ours ") && !cited.contains($0)
        }
    }

    @Test(arguments: FiveProfilesTests.profiles)
    func everyObligationDocumentAndNoticeIsClaimedUnderItsClause(name: String) throws {
        let profile = try Self.load(name)
        var missing: [String] = []
        for rule in profile.obligations {
            let all = try Self.played(for: profile) { $0.obligation(rule.id) == rule }
                .filter { $0.evidence.claimed[rule.id.text] != nil }
            if all.isEmpty {
                missing.append(
                    "\(name): no scenario claims anything of \(rule.id) (\(rule.clause))")
            }
            for clause in Self.uncited(rule.clause, in: all.map(\.scenario)) where !all.isEmpty {
                missing.append("\(name): no scenario of \(rule.id) cites \(clause)")
            }
        }
        #expect(missing.isEmpty, "\n\(missing.joined(separator: "\n"))")
    }

    @Test(arguments: FiveProfilesTests.profiles)
    func everyTimeHasAClaimJustBeforeItAndOneAtIt(name: String) throws {
        let profile = try Self.load(name)
        var missing: [String] = []
        for rule in profile.obligations {
            let all = try Self.played(for: profile) { $0.obligation(rule.id) == rule }
                .map(\.evidence)
            let id = rule.id.text
            if rule.opens != nil {
                missing += Self.sides(of: "opens", rule, all.map { ($0.claimed[id], $0.opens[id]) })
            }
            if rule.due != nil {
                missing += Self.sides(
                    of: "falls due", rule, all.map { ($0.claimed[id], $0.dues[id]) })
            }
        }
        #expect(missing.isEmpty, "\n\(missing.map { "\(name): \($0)" }.joined(separator: "\n"))")
    }

    /// Which side of a time no scenario shows; a minute is just before, and just after.
    private static func sides(
        of verb: String, _ rule: ObligationRule,
        _ all: [(claims: Set<Instant>?, times: Set<Instant>?)]
    ) -> [String] {
        var (isBefore, isAfter) = (false, false)
        for one in all {
            for time in one.times ?? [] {
                for claim in one.claims ?? [] {
                    if claim < time, claim >= time - .minutes(1) { isBefore = true }
                    if claim >= time, claim <= time + .minutes(1) { isAfter = true }
                }
            }
        }
        let before = "nothing is claimed of \(rule.id) just before it \(verb) (\(rule.clause))"
        let after = "nothing is claimed of \(rule.id) when it \(verb) (\(rule.clause))"
        return (isBefore ? [] : [before]) + (isAfter ? [] : [after])
    }

    @Test(arguments: FiveProfilesTests.profiles)
    func everyDeclarationIsMadeUnderItsClause(name: String) throws {
        let profile = try Self.load(name)
        var missing: [String] = []
        for rule in profile.declarations {
            let all = try Self.played(for: profile) { $0.declarations.contains(rule) }
                .filter { $0.evidence.declared.contains(rule.id.text) }
            if all.isEmpty {
                missing.append("\(name): nobody declares \(rule.id) (\(rule.clause))")
            }
            for clause in Self.uncited(rule.clause, in: all.map(\.scenario)) where !all.isEmpty {
                missing.append("\(name): no scenario that declares \(rule.id) cites \(clause)")
            }
        }
        #expect(missing.isEmpty, "\n\(missing.joined(separator: "\n"))")
    }

    @Test(arguments: FiveProfilesTests.profiles)
    func whoIsToldAndWhoPursuesIsClaimedAtEveryLevelAndPlacement(name: String) throws {
        let profile = try Self.load(name)
        var missing: [String] = []
        for rule in profile.recipients {
            let roles = Set(rule.roles.map(\.text))
            let all = try Self.played(for: profile) {
                $0.recipients(at: rule.level, rule.placement)?.roles == rule.roles
            }.filter { one in
                one.evidence.told.contains { told in
                    // Blue is come down to, so whoever was told before hears of it too.
                    told.level == rule.level
                        && (told.roles == roles
                            || rule.level == .blue && !roles.isEmpty
                                && told.roles.isSuperset(of: roles))
                }
            }
            if all.isEmpty {
                missing.append("\(name): nobody is told at \(rule.level) \(rule.placement)")
            }
            for clause in Self.uncited(rule.clause, in: all.map(\.scenario)) where !all.isEmpty {
                missing.append("\(name): who is told at \(rule.level) lacks \(clause)")
            }
        }
        for rule in profile.tracking {
            let told = Evidence.Told(level: rule.level, roles: ["pursued by \(rule.role)"])
            let all = try Self.played(for: profile) { $0.tracking.contains(rule) }
            if !all.contains(where: { $0.evidence.told.contains(told) }) {
                missing.append("\(name): no scenario says that \(rule.role) pursues \(rule.level)")
            }
        }
        #expect(missing.isEmpty, "\n\(missing.joined(separator: "\n"))")
    }
}
