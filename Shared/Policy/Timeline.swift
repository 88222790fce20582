package import Domain

/// What becomes of a warning of one level if nobody does anything, by the rules of a profile.
package struct Timeline: Equatable, Sendable {
    package enum What: String, CaseIterable, Codable, Sendable {
        /// Somebody is told of the level.
        case told
        /// Somebody owes something from now on.
        case owed
        /// The system, or an authority, issues a document or tells something.
        case issued
        /// A time has passed.
        case missed
    }

    package struct Entry: Equatable, Sendable {
        package var at: Instant
        /// Since the warning began.
        package var after: Interval
        package var what: What
        /// nil: it is the notice of the level.
        package var rule: RuleID?
        package var title: String
        /// By name: who is told, who owes it, or who issues it.
        package var who: String
        /// By name: to whom a document or a notice goes.
        package var to: String
        package var dueAt: Instant?
        /// How it comes again, if it does.
        package var repeats: Repeat?
        /// Which repetition it is, from 1.
        package var round: Int
        package var isDocument: Bool
        package var clause: Clause
    }

    package private(set) var entries: [Entry] = []
    private let profile: PolicyProfile
    private let startedAt: Instant

    // Of what repeats, and of what goes round, so many are shown.
    private static let roundsMax = 3
    private static let wakesMax = 500

    /// `isIssuing`: authorities issue the documents that they owe as soon as they do.
    package init(
        _ profile: PolicyProfile, level: WarningLevel, _ placement: Placement, from start: Instant,
        isIssuing: Bool
    ) {
        (self.profile, startedAt) = (profile, start)
        var docket = Docket(kind: .warning, placements: [placement])
        var streaks = Streaks()
        tell(level, placement)
        for fact in [Fact.opened(.warning), .entered(level), .noticed(level)] {
            let steps = docket.take(
                fact, at: start, advancing: true, by: profile, &streaks)
            note(steps, &docket, &streaks, isIssuing: isIssuing)
        }
        var wakes = 0
        while let due = docket.nextDue, wakes < Self.wakesMax, isNews(docket) {
            wakes += 1
            let steps = docket.wake(at: due, by: profile, &streaks)
            note(steps, &docket, &streaks, isIssuing: isIssuing)
        }
    }

    private mutating func tell(_ level: WarningLevel, _ placement: Placement) {
        guard let rule = profile.recipients(at: level, placement) else { return }
        let title = profile.levelName(level).colour + "色预警"
        for role in rule.roles {
            entries.append(
                Entry(
                    at: startedAt, after: startedAt - startedAt, what: .told, rule: nil,
                    title: title, who: names([role]), to: "", dueAt: nil, repeats: nil,
                    round: 1, isDocument: false,
                    clause: rule.clause))
        }
    }

    /// True if something waits that was not shown often enough.
    private func isNews(_ docket: Docket) -> Bool {
        docket.runs.contains { run in
            run.wakesAt != nil && (count(run.rule, .missed) < Self.roundsMax)
                && count(run.rule, .issued) < Self.roundsMax
                && count(run.rule, .owed) <= Self.roundsMax
        }
    }

    private func count(_ rule: RuleID, _ what: What) -> Int {
        entries.count { $0.rule == rule && $0.what == what }
    }

    private mutating func note(
        _ steps: [ObligationStep], _ docket: inout Docket, _ streaks: inout Streaks,
        isIssuing: Bool
    ) {
        for step in steps {
            guard let rule = profile.obligation(step.run.rule) else { continue }
            switch step.change {
            case .opened: add(step, rule, .owed)
            case .issued: add(step, rule, .issued)
            case .missed: add(step, rule, .missed)
            case .met, .late, .excused, .superseded, .withdrawn, .ended: break
            }
            guard isIssuing, step.change == .opened, case .document = rule.form else { continue }
            add(step, rule, .issued)
            let done = docket.fulfil(step.run.number, at: step.at, by: profile, &streaks) ?? []
            note(done, &docket, &streaks, isIssuing: isIssuing)
        }
    }

    private mutating func add(_ step: ObligationStep, _ rule: ObligationRule, _ what: What) {
        guard count(rule.id, what) < Self.roundsMax else { return }
        var to = rule.tells
        var isDocument = false
        if case .document(let document) = rule.form { (to, isDocument) = (document.to, true) }
        let who = step.run.owner.map { names([$0]) } ?? "系统"
        let entry = Entry(
            at: step.at, after: step.at - startedAt, what: what, rule: rule.id,
            title: rule.title, who: who, to: names(to),
            dueAt: what == .owed ? step.run.dueAt : nil, repeats: rule.repeats,
            round: step.run.round,
            isDocument: isDocument, clause: rule.clause)
        // Several owners of one thing share a line.
        if let twin = entries.lastIndex(where: { $0.isBeside(entry) }) {
            entries[twin].who += "、" + who
        } else {
            entries.append(entry)
        }
    }

    private func names(_ ids: [RoleID]) -> String {
        ids.map { profile.role($0)?.name ?? $0.text }.joined(separator: "、")
    }
}

extension Timeline.Entry {
    fileprivate func isBeside(_ other: Timeline.Entry) -> Bool {
        rule == other.rule && what == other.what && at == other.at && who != other.who
    }
}
