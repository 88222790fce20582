package import Domain
import Kernel
package import Policy

/// What may be asked of the machine.
extension NotificationMachine {
    /// A case that is not closed; nil if there is none of this id.
    package func openCase(_ id: CaseID) -> Case? { cases[id] }

    /// A copy that knows cases and registry, and no notices.
    package var casesAlone: NotificationMachine {
        var copy = self
        (copy.notices, copy.noticesOfCase, copy.noticesOfNumber) = ([:], [:], [:])
        (copy.noticeOfProvider, copy.underWay, copy.changes) = ([:], [], [:])
        copy.othersDue = Deadlines()
        return copy
    }

    /// All cases that are not closed, the newest first.
    package var openCases: [Case] {
        cases.keys.sorted().compactMap { cases[$0] }
            .sorted { ($1.openedAt, $0.id) < ($0.openedAt, $1.id) }
    }

    /// What is owed, or will be if nothing changes.
    package struct Due: Equatable, Sendable {
        package var caseID: CaseID
        /// Which obligation of the case.
        package var obligation: Int
        package var rule: RuleID
        package var title: String
        /// nil: it is owed at once, and its time cannot pass.
        package var dueAt: Instant?
        /// Since when it is owed; in a standing list of cases, since when there is the case.
        package var since: Instant
        package var state: ObligationRun.State
        /// Which circular it will be; 0: it is none.
        package var circularNumber: Int
        /// The names of those to whom it will go, or who owe it.
        package var to: String
        package var node: NodeID
        package var level: WarningLevel?
        package var proof: [ProofPart]
        package var isDemanded: Bool
        package var isDrill: Bool
        package var clause: Clause
        /// Which repetition it is, from 1.
        package var round: Int

        /// Where it stands in a list: the same for as long as it is the same.
        package struct Place: Comparable, Sendable {
            package var time: Instant
            package var caseID: CaseID
            package var obligation: Int

            package init(time: Instant, caseID: CaseID, obligation: Int) {
                (self.time, self.caseID, self.obligation) = (time, caseID, obligation)
            }

            package static func < (left: Self, right: Self) -> Bool {
                (left.time, left.caseID.text, left.obligation)
                    < (right.time, right.caseID.text, right.obligation)
            }
        }

        /// Soonest first in the list of all, the oldest first in a standing list.
        package func place(in list: StandingList?) -> Place {
            Place(
                time: list == nil ? dueAt ?? .distantFuture : since, caseID: caseID,
                obligation: obligation)
        }
    }

    /// What is owed in a case and what comes if nothing changes, soonest first.
    package func due(of id: CaseID) -> [Due] {
        guard let one = cases[id] else { return [] }
        let profile = rules(of: one)
        return one.docket.runs.compactMap { run in
            guard let rule = profile.obligation(run.rule) else { return nil }
            var number = 0
            var to = run.owner.map { holderName(of: $0, in: one) } ?? ""
            if case .document(let document) = rule.form {
                if document.kind == .circular { number = run.round }
                if run.owner == nil {
                    to = document.to.map { holderName(of: $0, in: one) }.joined(separator: "、")
                }
            }
            return Due(
                caseID: id, obligation: run.number, rule: rule.id, title: rule.title,
                dueAt: run.state == .pending ? run.opensAt : run.dueAt, since: run.opensAt,
                state: run.state,
                circularNumber: number, to: to, node: ownerNode(of: run, in: one),
                level: one.level, proof: rule.proof, isDemanded: rule.isDemanded,
                isDrill: one.isDrill, clause: rule.clause, round: run.round)
        }.sorted { left, right in
            let (first, second) = (left.dueAt ?? .distantFuture, right.dueAt ?? .distantFuture)
            return (first, left.obligation) < (second, right.obligation)
        }
    }

    /// What people owe now at `node` and under it, soonest first.
    package func board(under node: NodeID) -> [Due] {
        let all = openCases.flatMap { due(of: $0.id) }.filter { due in
            due.state != .pending && (node.text.isEmpty || tree.stands(due.node, under: node))
        }
        return all.sorted { $0.place(in: nil) < $1.place(in: nil) }
    }

    /// True if an obligation of a case that is not closed comes again after it was done.
    package func repeats(_ number: Int, of id: CaseID) -> Bool {
        guard let one = cases[id], let run = one.docket.run(number) else { return false }
        return rules(of: one).obligation(run.rule)?.repeats != nil
    }

    /// A role that nobody could be told for if it came to it 无有效接收人.
    package struct Gap: Equatable, Sendable {
        package var enterprise: EnterpriseID
        package var source: HazardSourceID?
        package var node: NodeID
        package var role: RoleID
        package var level: WarningLevel
        /// What is missing and what to do.
        package var text: String
    }

    /// All roles whom nobody fills, or whose holder has no verified number, before it matters.
    package func gaps(under node: NodeID) -> [Gap] {
        let verified = registry.verifiedNumbers
        return registry.sources.keys.sorted().flatMap { id -> [Gap] in
            guard let source = registry.sources[id] else { return [] }
            let place = NodeID(source.enterprise.text)
            guard node.text.isEmpty || tree.stands(place, under: node) else { return [] }
            let one = sample(source)
            var seen: [RoleID] = []
            return WarningLevel.allCases.reversed().flatMap { level in
                recipients(of: one, at: level).flatMap { named -> [Gap] in
                    if seen.contains(named.role) { return [] }
                    seen.append(named.role)
                    return holders(of: named.role, in: one).compactMap { holder in
                        lack(holder, verified).map {
                            Gap(
                                enterprise: source.enterprise, source: id, node: place,
                                role: named.role, level: level, text: $0)
                        }
                    }
                }
            }
        }
    }

    private func lack(_ holder: Notice.Holder, _ verified: Set<RegistryCopy.Number>) -> String? {
        switch holder {
        case .nobody(let text): return text
        case .body: return nil
        case .person(let id, _, let telephone, _):
            return verified.contains(.init(person: id, telephone: telephone))
                ? nil : "The number of \(id) was never verified; import verifiedOn once it was."
        }
    }

    /// What a warning of a source would be, to ask who would be told of it.
    package func sample(_ source: RegistryFact.HazardSource) -> Case {
        let enterprise = registry.enterprises[source.enterprise]
        let start = Instant(unixMilliseconds: 0)
        return Case(
            id: CaseID("\(source.id)-0"), kind: .warning, isDrill: false,
            node: NodeID(source.enterprise.text), source: source.id,
            enterprise: source.enterprise, sourceName: source.name,
            enterpriseName: enterprise?.name ?? "", level: .blue, highest: .blue,
            openedAt: start, levelAt: start, clearedAt: nil, closedAt: nil, cause: "",
            openedBy: "", profile: profile.name,
            docket: Docket(
                kind: .warning,
                placements: registry.placements(of: source.enterprise, by: profile)),
            told: [], noticeCount: 0, circularCount: 0, documentCount: 0)
    }

    package func source(_ id: HazardSourceID) -> RegistryFact.HazardSource? { registry.sources[id] }

    /// True if the copy of the registry holds the source, its enterprise and all its persons.
    package func knows(_ source: HazardSourceID) -> Bool {
        registry.knows(source, for: profile)
    }
}
