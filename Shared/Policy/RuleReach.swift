package import Domain

/// Which rules can come to apply in a case, whatever people do in it.
package struct RuleReach: Equatable, Sendable {
    /// In the order of the file.
    package let rules: [ObligationRule]

    /// What can come of a warning at `level`; of its levels only this one is reached.
    package init(_ profile: PolicyProfile, level: WarningLevel, _ placement: Placement) {
        self.init(
            profile, .warning, placement,
            from: [
                .opened(.warning), .entered(level), .noticed(level), .lowered(level), .cleared,
                .closed,
            ])
    }

    /// What can come of a case of another kind.
    package init(_ profile: PolicyProfile, kind: CaseKind, _ placement: Placement) {
        self.init(profile, kind, placement, from: [.opened(kind), .cleared, .closed])
    }

    private init(
        _ profile: PolicyProfile, _ kind: CaseKind, _ placement: Placement, from start: [Fact]
    ) {
        let declarations = profile.declarations.filter { $0.kinds.contains(kind) }
        var facts = start + declarations.map { .declared($0.id) }
        var reached: [RuleID] = []
        var isGrowing = true
        while isGrowing {
            isGrowing = false
            for rule in profile.obligations
            where !reached.contains(rule.id) && rule.placements.contains(placement) {
                guard rule.starts.contains(where: { Self.canHappen($0.fact, facts) }),
                    rule.given.allSatisfy({ Self.canHappen($0, facts) })
                else { continue }
                reached.append(rule.id)
                facts += rule.outcomes
                isGrowing = true
            }
        }
        rules = profile.obligations.filter { reached.contains($0.id) }
    }

    private static func canHappen(_ fact: Fact, _ facts: [Fact]) -> Bool {
        switch fact {
        case .confirmed: true
        case .opened, .entered, .noticed, .lowered, .cleared, .issued, .done, .missed, .declared,
            .closed:
            facts.contains(fact)
        }
    }
}

extension ObligationRule {
    /// The facts that it can bring about.
    package var outcomes: [Fact] {
        var facts: [Fact] = [.done(id)]
        if due != nil { facts.append(.missed(id)) }
        switch form {
        case .task: break
        case .document, .notice: facts.append(.issued(id))
        }
        return facts
    }
}
