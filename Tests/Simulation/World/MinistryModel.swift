import Domain
import Kernel
import NotificationCore

/// Articles 8 to 13 of the ministry's rules on warnings, told again in the plainest way.
///
/// It knows neither profile nor docket: what the text demands stands here as numbers, and each call
/// is compared with what it should have brought about.
struct MinistryModel {
    /// One thing on record: `yellow-circular 3 met 1635728400000`.
    fileprivate typealias Mark = String

    fileprivate struct Owed {
        var rule: String
        var owner: String
        var level: WarningLevel?
        var startedAt: Instant
        /// When it came to what it is: nothing ends before that.
        var beganAt: Instant?
        /// When it opens, is issued or falls due next; nil: it is open without an end.
        var next: Instant?
        var isOpen: Bool
        var round = 1
        var number = 0
    }

    fileprivate struct One {
        var level: WarningLevel
        var levelAt: Instant
        var isCleared = false
        var owed: [Owed] = []
        /// Which obligation has which number, as the records say.
        var numbers: [Int: (rule: String, owner: String)] = [:]
    }

    private var cases: [CaseID: One] = [:]
    private var current: [HazardSourceID: CaseID] = [:]
    /// When something falls due next by the rules themselves.
    private(set) var nextDue: Instant?

    mutating func see(_ call: Shell<NotificationMachine>.Call) throws {
        var expected: [CaseID: [Mark]] = [:]
        switch call.input {
        case .wake(let heard):
            let end = min(call.at, heard)
            for id in cases.keys.sorted() {
                guard var one = cases[id] else { continue }
                expected[id] = one.pass(to: end, including: true)
                cases[id] = one
            }
        case .event(.levelChanged(let news)): take(news, at: call.at, &expected)
        case .event(.fulfilled(let id, let number, _, _, _)):
            expected[id] = cases[id]?.fulfil(number, at: call.at) ?? []
        case .event, .refused: break
        }
        // Whom a confirmation came from is told by the notice that it was of.
        for effect in call.effects {
            guard case .publishDelivery(let notice) = effect, notice.state == .confirmed else {
                continue
            }
            for role in notice.roles {
                expected[notice.caseID, default: []] +=
                    cases[notice.caseID]?.confirm(role.text, at: call.at) ?? []
            }
        }
        try compare(call, expected)
        nextDue = cases.values.flatMap { $0.owed.compactMap(\.next) }.min()
    }

    private mutating func compare(
        _ call: Shell<NotificationMachine>.Call, _ expected: [CaseID: [Mark]]
    ) throws {
        var actual: [CaseID: [Mark]] = [:]
        for effect in call.effects {
            switch effect {
            case .publishObligation(let record):
                guard cases[record.caseID] != nil else { continue }
                let owner = record.owner?.text ?? ""
                actual[record.caseID, default: []].append(
                    mark(
                        record.rule.text, owner, record.round, record.state.rawValue, record.stateAt
                    ))
                cases[record.caseID]?.numbers[record.number] = (record.rule.text, owner)
            case .publishCase(let one, .closed): cases[one.id] = nil
            case .publishCase, .showCase, .publishDocument, .publishDeclaration, .publishProfile,
                .publishNotice, .publishDelivery, .handOver, .settleHandOver:
                break
            }
        }
        for id in Set(actual.keys).union(expected.keys).sorted() {
            let (should, are) = ((expected[id] ?? []).sorted(), (actual[id] ?? []).sorted())
            try require(
                should == are,
                """
                case \(id): the ministry's rules demand
                  missing: \(should.filter { !are.contains($0) })
                  too many: \(are.filter { !should.contains($0) })
                  by \(String(describing: call.input).prefix(300)) at \(call.at.unixMilliseconds)
                """)
        }
    }

    // MARK: Levels

    private mutating func take(
        _ news: LevelNews, at now: Instant, _ expected: inout [CaseID: [Mark]]
    ) {
        // Risk's clock may be ahead of ours; what we hear of has happened.
        var news = news
        news.changedAt = min(news.changedAt, now)
        news.knownAt = min(news.knownAt, now)
        guard let id = current[news.source], var one = cases[id] else {
            if news.level == .blue { return }
            var one = One(level: news.level, levelAt: news.changedAt)
            expected[news.caseID] = one.enter(news.level, at: now)
            cases[news.caseID] = one
            current[news.source] = news.caseID
            return
        }
        var marks = one.pass(to: news.knownAt, including: false)
        if news.level != one.level {
            marks += one.change(to: news, at: now)
            if one.isCleared { current[news.source] = nil }
        }
        cases[id] = one
        expected[id] = marks
    }
}

private func mark(_ rule: String, _ owner: String, _ round: Int, _ state: String, _ at: Instant)
    -> String
{
    "\(rule) \(owner) \(round) \(state) \(at.unixMilliseconds)"
}

extension MinistryModel.One {
    /// What time alone brings about.
    fileprivate mutating func pass(to end: Instant, including: Bool) -> [String] {
        var marks: [String] = []
        for index in owed.indices {
            while let next = owed[index].next, next < end || (including && next == end) {
                marks.append(owed[index].pass(next))
            }
        }
        return marks
    }

    fileprivate mutating func change(to news: LevelNews, at now: Instant) -> [String] {
        var marks: [String] = []
        let isRise = news.level > level
        // What waited at a level that is over is not owed any more; what is owed stays.
        owed.removeAll { one in
            guard let bound = one.level, !one.isOpen, news.level < bound else { return false }
            return true
        }
        level = news.level
        if news.level == .blue {
            isCleared = true
            for one in owed where one.rule == "confirm" || one.rule == "rectify" {
                marks.append(
                    mark(
                        one.rule, one.owner, 1, one.rule == "confirm" ? "excused" : "met",
                        max(news.knownAt, one.beganAt ?? news.knownAt)))
            }
            owed.removeAll { $0.rule == "confirm" || $0.rule == "rectify" }
            // Nobody could know of the end before it was decided.
            marks.append(mark("feedback", "enterprise", 1, "open", now))
            owed.append(
                .init(
                    rule: "feedback", owner: "enterprise", startedAt: now, beganAt: now,
                    next: now + .hours(1), isOpen: true))
            return marks
        }
        levelAt = news.changedAt
        if isRise {
            // What began at a higher level than the new one is pursued further.
            let isPassed = { (one: MinistryModel.Owed) in one.level.map { $0 < news.level } ?? false
            }
            for one in owed where one.isOpen && isPassed(one) {
                let at = max(news.changedAt, one.beganAt ?? news.changedAt)
                marks.append(mark(one.rule, one.owner, 1, "superseded", at))
            }
            owed.removeAll(where: isPassed)
        }
        return marks + enter(news.level, at: now)
    }

    /// Articles 8 and 10 to 13: what begins with the receipt of a level's notices.
    fileprivate mutating func enter(_ level: WarningLevel, at now: Instant) -> [String] {
        let (first, visit, tracker): (Interval, Interval, String)
        switch level {
        case .red: (first, visit, tracker) = (.minutes(30), .hours(2), "province")
        case .orange: (first, visit, tracker) = (.hours(1), .hours(12), "city")
        case .yellow: (first, visit, tracker) = (.hours(1), .hours(24), "county")
        case .blue: return []
        }
        let colour = "\(level)"
        var marks: [String] = []
        for role in ["principal", "technical", "operating"] {
            marks += begin("confirm", role, level, at: now, opens: nil)
        }
        marks += begin("rectify", "enterprise", level, at: now, opens: nil)
        marks += begin("\(colour)-circular", "", level, at: now, opens: now + first)
        marks += begin("\(colour)-site", tracker, level, at: now, opens: now + visit)
        return marks + begin("\(colour)-verified", tracker, level, at: now, opens: nil)
    }

    private mutating func begin(
        _ rule: String, _ owner: String, _ level: WarningLevel, at now: Instant, opens: Instant?
    ) -> [String] {
        if owed.contains(where: { $0.rule == rule && $0.owner == owner }) { return [] }
        owed.append(
            .init(
                rule: rule, owner: owner, level: level, startedAt: now,
                beganAt: opens == nil ? now : nil, next: opens, isOpen: opens == nil))
        return opens == nil ? [mark(rule, owner, 1, "open", now)] : []
    }

    // MARK: People

    fileprivate mutating func fulfil(_ number: Int, at now: Instant) -> [String] {
        guard let (rule, owner) = numbers[number],
            let index = owed.firstIndex(where: { $0.rule == rule && $0.owner == owner })
        else { return [] }
        var marks: [String] = []
        if let due = owed[index].next, due < now { marks.append(owed[index].pass(due)) }
        let isLate = rule == "feedback" && owed[index].next == nil
        owed.remove(at: index)
        marks.append(mark(rule, owner, 1, isLate ? "late" : "met", now))
        // What came of verifying goes to the body above (002-P 二).
        if rule.hasSuffix("-verified") { marks.append(mark("\(rule)-told", "", 1, "met", now)) }
        return marks
    }

    fileprivate mutating func confirm(_ role: String, at now: Instant) -> [String] {
        guard let index = owed.firstIndex(where: { $0.rule == "confirm" && $0.owner == role })
        else { return [] }
        owed.remove(at: index)
        return [mark("confirm", role, 1, "met", now)]
    }
}

extension MinistryModel.Owed {
    /// Its time has come: a circular goes out, a visit is owed, or a report is overdue.
    fileprivate mutating func pass(_ at: Instant) -> String {
        if rule.hasSuffix("-circular") {
            defer {
                round += 1
                next = at + (rule == "red-circular" ? .minutes(30) : .hours(1))
            }
            return mark(rule, owner, round, "met", at)
        }
        next = nil
        beganAt = at
        if rule.hasSuffix("-site") {
            isOpen = true
            return mark(rule, owner, round, "open", at)
        }
        return mark(rule, owner, round, "missed", at)
    }
}
