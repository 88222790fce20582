package import Domain

/// Every course that a warning of one level can take, if the level itself does not change.
///
/// A course is a row of rules, each started by what became of the one before; it ends where nothing
/// follows, or repeats until a fact ends it. The reader refuses profiles with any other course.
package struct Courses: Equatable, Sendable {
    /// One rule and what became of it.
    package struct Step: Equatable, Sendable {
        package var rule: RuleID
        package var outcome: Fact
    }

    package enum End: Equatable, Sendable {
        /// Nothing follows.
        case ends
        /// It is owed, or comes again, until one of these.
        case repeats(until: [Fact])
    }

    package struct Course: Equatable, Sendable {
        package var steps: [Step]
        package var end: End
    }

    package let level: WarningLevel
    package let placement: Placement
    package private(set) var all: [Course] = []

    // A profile with more than this is looked at no further.
    private static let countMax = 10_000

    package init(_ profile: PolicyProfile, level: WarningLevel, _ placement: Placement) {
        (self.level, self.placement) = (level, placement)
        let rules = RuleReach(profile, level: level, placement).rules
        var paths: [[Step]] = rules.filter { rule in
            rule.starts.contains { Self.isFirst($0.fact) }
        }.flatMap { rule in rule.outcomes.map { [Step(rule: rule.id, outcome: $0)] } }
        paths.reverse()
        while let path = paths.popLast(), all.count < Self.countMax {
            guard let last = path.last, let rule = profile.obligation(last.rule) else { continue }
            if rule.repeats != nil {
                all.append(Course(steps: path, end: .repeats(until: rule.metBy + rule.until)))
            }
            let followers = rules.filter { $0.starts.contains { $0.fact == last.outcome } }
            if followers.isEmpty, rule.repeats == nil {
                all.append(Course(steps: path, end: .ends))
            }
            for follower in followers.reversed() {
                if path.contains(where: { $0.rule == follower.id }) {
                    let loop = path.drop { $0.rule != follower.id }.map(\.rule)
                    let ends = loop.compactMap(profile.obligation)
                        .flatMap { $0.unless + $0.until + $0.metBy }.filter { $0.rule == nil }
                    all.append(Course(steps: path, end: .repeats(until: ends.distinct)))
                } else {
                    paths += follower.outcomes.reversed().map {
                        path + [Step(rule: follower.id, outcome: $0)]
                    }
                }
            }
        }
    }

    private static func isFirst(_ fact: Fact) -> Bool { fact.rule == nil }
}

extension Courses.Course {
    /// `missed red-lowered, issued red-circular, missed red-effective: ends`.
    package var words: String {
        let path = steps.map(\.outcome.words).joined(separator: ", ")
        switch end {
        case .ends: return "\(path): ends"
        case .repeats(let until):
            return "\(path): repeats until \(until.map(\.words).joined(separator: " or "))"
        }
    }
}

extension Array where Element: Equatable {
    /// Each once, in the order of its first place.
    var distinct: [Element] {
        reduce(into: []) { rest, element in
            if !rest.contains(element) { rest.append(element) }
        }
    }
}
