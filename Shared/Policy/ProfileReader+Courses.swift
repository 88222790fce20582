import Domain

/// What rules start each other must come to an end, or repeat in good order.
extension ProfileReader {
    mutating func checkCourses(
        of rules: [ObligationRule], recipients: [RecipientRule], in top: Section
    ) {
        checkStarts(of: rules, recipients: recipients, in: top)
        checkCircles(of: rules, in: top)
        checkRepeats(of: rules, in: top)
    }

    private mutating func complain(
        of rule: ObligationRule, _ key: String, in top: Section, _ text: String
    ) {
        guard case .list(let rows) = top.entry("obligations")?.value.content,
            let index = rows.firstIndex(where: { $0.value("id")?.text == rule.id.text })
        else { return }
        let row = rows[index]
        complain(
            text, line: row.value(key)?.line ?? row.line,
            path: "obligations[\(index + 1)].\(key)")
    }

    // MARK: What can never begin

    private mutating func checkStarts(
        of rules: [ObligationRule], recipients: [RecipientRule], in top: Section
    ) {
        for rule in rules {
            for trigger in rule.starts {
                guard let level = trigger.fact.startLevel else { continue }
                let told = recipients.filter { $0.level == level }
                if !told.isEmpty, told.allSatisfy(\.roles.isEmpty) {
                    complain(
                        of: rule, "from", in: top,
                        "`\(level)` is declared silent, so no case is open that this could be "
                            + "about; name recipients under `recipients.\(level)`, or start it "
                            + "from another fact.")
                }
            }
            for fact in rule.unless + rule.metBy
            where rule.starts.contains(Trigger(fact)) {
                complain(
                    of: rule, "from", in: top,
                    "`\(fact.words)` starts it and takes it back at the same time; keep one of "
                        + "the two.")
            }
        }
    }

    // MARK: What never ends

    private mutating func checkCircles(of rules: [ObligationRule], in top: Section) {
        // By themselves and in no time.
        let atOnce = rules.filter { $0.owners.isEmpty && $0.opens == nil && $0.form != .task }
        if let circle = circle(in: atOnce, leading: { $0.outcomesAtOnce }) {
            complain(
                of: circle[0], "from", in: top,
                "\(names(circle)) start each other without any time between, so that the system "
                    + "would never stop issuing; give one of them `opens:`, or another start.")
            return
        }
        // Over and over, with nothing that could end it.
        let endless = rules.filter { rule in
            !(rule.unless + rule.until + rule.metBy).contains { $0.rule == nil }
        }
        guard let circle = circle(in: endless, leading: { $0.outcomes }) else { return }
        complain(
            of: circle[0], "from", in: top,
            "\(names(circle)) start each other for ever, and no fact ends it; give one of them "
                + "`until:` or `unless:`, such as `until: [cleared]`.")
    }

    private func names(_ circle: [ObligationRule]) -> String {
        circle.count == 1
            ? "`\(circle[0].id)` and itself"
            : circle.map { "`\($0.id)`" }.joined(separator: " and ")
    }

    /// Rules each of which starts the next and the last one the first; nil if there are none.
    private func circle(
        in rules: [ObligationRule], leading: (ObligationRule) -> [Fact]
    ) -> [ObligationRule]? {
        for rule in rules {
            var paths = [[rule]]
            var seen: [RuleID] = []
            while let path = paths.popLast() {
                guard let last = path.last else { continue }
                let facts = leading(last)
                for next in rules where next.starts.contains(where: { facts.contains($0.fact) }) {
                    if next.id == rule.id { return path }
                    if seen.contains(next.id) { continue }
                    seen.append(next.id)
                    paths.append(path + [next])
                }
            }
        }
        return nil
    }

    // MARK: What repeats too slowly

    private mutating func checkRepeats(of rules: [ObligationRule], in top: Section) {
        for rule in rules {
            guard case .every(let every)? = rule.repeats else { continue }
            let first = rule.firstAt ?? Interval(milliseconds: 0)
            let later = rules.filter { other in
                other.id != rule.id && other.repeats == nil
                    && other.starts.contains(where: rule.starts.contains)
                    && other.placements.contains(where: rule.placements.contains)
            }
            let next = later.compactMap { stage in stage.firstAt.map { ($0, stage.id) } }
                .filter { $0.0 > first }.min { $0 < $1 }
            guard let next, first.milliseconds + every.milliseconds > next.0.milliseconds else {
                continue
            }
            complain(
                of: rule, "every", in: top,
                "it repeats each \(every.words) from \(first.words) on, and `\(next.1)` follows "
                    + "after \(next.0.words) already: it would never repeat before the next stage. "
                    + "Write a shorter `every`.")
        }
    }
}

extension Fact {
    /// The level that it is the beginning of.
    var startLevel: WarningLevel? {
        switch self {
        case .entered(let level), .noticed(let level): level
        case .opened, .lowered, .cleared, .issued, .done, .missed, .confirmed, .declared, .closed:
            nil
        }
    }
}

extension ObligationRule {
    /// When it is first due or opens, if that is so long after its start.
    var firstAt: Interval? {
        switch (opens, due) {
        case (.after(let opens)?, .after(let due)?):
            Interval(milliseconds: opens.milliseconds + due.milliseconds)
        case (.after(let opens)?, _): opens
        case (nil, .after(let due)?): due
        case (nil, _), (.timeOfDay?, _), (.workingDays?, _), (.windows?, _): nil
        }
    }

    /// What the system itself makes happen as soon as it opens.
    var outcomesAtOnce: [Fact] { [.issued(id), .done(id)] }
}
