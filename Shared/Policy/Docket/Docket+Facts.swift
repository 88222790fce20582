import Domain

/// A fact, and when it happened.
struct Happening: Equatable, Sendable {
    var fact: Fact
    /// The last time; of declarations each has its own entry. nil: a store of before times were
    /// kept holds it, and it counts as it did then: for ever.
    var at: Instant?
}

extension Happening: Codable {
    private enum Key: String, CodingKey {
        case fact, at
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if container.contains(.fact) {
            fact = try container.decode(Fact.self, forKey: .fact)
            at = try container.decodeIfPresent(Instant.self, forKey: .at)
        } else {
            (fact, at) = (try Fact(from: decoder), nil)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(fact, forKey: .fact)
        try container.encodeIfPresent(at, forKey: .at)
    }
}

/// What has happened, and what of it counts when a rule would start.
extension Docket {
    // Whoever explains more often than this between a due time and its being worked off is heard
    // by the latest ones.
    private static let declarationsKeptMax = 16

    package func has(_ fact: Fact) -> Bool { facts.contains { $0.fact == fact } }

    mutating func remember(_ fact: Fact, at instant: Instant) {
        let known = facts.indices.filter { facts[$0].fact == fact }
        if case .declared = fact {
            if known.count >= Self.declarationsKeptMax { facts.remove(at: known[0]) }
        } else if let index = known.first {
            facts[index].at = instant
            return
        }
        facts.append(Happening(fact: fact, at: instant))
    }

    /// Since when declarations speak of what `fact` starts; nil: since the case began.
    ///
    /// What follows a miss, or something done, looks at the round that was missed or done: the
    /// first one began with its start, a later one when it opened, and one of a time of day with
    /// that day, since the duty is of each day. What a level starts looks at that level.
    func occasion(of fact: Fact, about run: ObligationRun?, _ work: Work) -> Instant? {
        switch fact {
        case .issued, .done, .missed:
            guard let run else { return nil }
            if run.round == 1 { return run.since ?? run.startedAt }
            // What came at that very time spoke of the round before.
            let opened = Instant(unixMilliseconds: run.opensAt.unixMilliseconds + 1)
            guard case .timeOfDay = work.rule(run.rule)?.due, let dueAt = run.dueAt else {
                return opened
            }
            let last = Instant(unixMilliseconds: dueAt.unixMilliseconds - 1)
            return max(opened, work.profile.zone.midnight(before: last))
        case .entered, .noticed, .lowered, .confirmed, .declared: return levelSince
        case .opened, .cleared, .closed: return nil
        }
    }

    /// True if `fact` has happened; if it is a declaration, since `occasion` and by `instant`.
    func holds(_ fact: Fact, since occasion: Instant?, by instant: Instant) -> Bool {
        facts.contains { one in
            guard one.fact == fact else { return false }
            guard case .declared = fact, let at = one.at else { return true }
            return at <= instant && occasion.map { at >= $0 } ?? true
        }
    }

    /// True if what ends `rule` is so already: what is to bring about a clearing is not owed after
    /// it.
    func isOver(_ rule: ObligationRule) -> Bool {
        (rule.metBy + rule.until).contains { fact in
            switch fact {
            case .lowered, .cleared: has(fact)
            case .opened, .entered, .noticed, .issued, .done, .missed, .confirmed, .declared,
                .closed:
                false
            }
        }
    }

    /// What was declared after `instant` and heard before what began then was worked off.
    func declarations(after instant: Instant) -> [(fact: Fact, at: Instant)] {
        facts.compactMap { one in
            guard case .declared = one.fact, let at = one.at, at > instant else { return nil }
            return (one.fact, at)
        }
    }
}
