import Domain
import Ingest
import Kernel
import Policy
import RiskCore

/// Looks at all that risk has committed, and throws at the first thing that must not be.
///
/// It tells decision 0010 again in the plainest way: what the stored batches say, in their order,
/// and what lasted long enough. What a machine of the platform needs against repeats, restarts and
/// speed is not in it.
struct RiskInspector {
    /// One thing that should be on record, or is.
    fileprivate typealias Mark = String

    fileprivate struct Session {
        var source: HazardSourceID
        var start: Int64
        var state: LimitState
        var worst: LimitState
        var delay: Int64
        /// By rule: since when it has held, and whether it has lasted.
        var holds: [RuleID: (since: Int64, hasLasted: Bool)] = [:]

        var waits: Bool { holds.values.contains { !$0.hasLasted } }
    }

    private let model: LevelModel
    /// The same machine, which no kill ever touches.
    private var twin: RiskMachine?
    private var latest: [PointID: Int64] = [:]
    private var sessions: [PointID: Session] = [:]
    private var levels: [HazardSourceID: WarningLevel] = [:]
    /// The batches that have been judged, up to this one; and the entries of the registry.
    private(set) var judged: UInt64 = 0
    private(set) var registered: UInt64 = 0
    /// When something lasts long enough next.
    private(set) var nextDue: Instant?

    init(profile: PolicyProfile, hasTwin: Bool) {
        model = profile.levelModel
        twin = hasTwin ? RiskMachine(profile: profile) : nil
    }

    mutating func see(_ call: Shell<RiskMachine>.Call, _ disk: ReadingsDisk) throws {
        try follow(call)
        var expected: [Mark] = []
        switch call.input {
        case .refused(_, let refusal): throw Violation("risk refused an event: \(refusal)")
        case .wake(let heard):
            try require(!call.isStillDue, "a wake left undone what is due")
            expected = wake(by: min(call.at, heard).unixMilliseconds)
        case .event(.registered):
            let seq = call.from?.seq ?? 0
            try require(seq > registered, "entry \(seq) of the registry came after \(registered)")
            registered = seq
        case .event(.measured(let batch)):
            let seq = call.from?.seq ?? 0
            try require(seq == judged + 1, "batch \(seq) was judged after \(judged)")
            judged = seq
            let stored = disk.batches[Int(seq) - 1]
            try require(
                batch.receivedAt == stored.receivedAt && batch.count == stored.columns.count,
                "batch \(seq) was judged as another")
            expected = judge(stored, at: call.at.unixMilliseconds)
        }
        let actual = call.effects.map { mark($0) }
        try require(
            actual == expected,
            "decided \(actual), and the readings say \(expected) (\(call.at.unixMilliseconds))")
        nextDue = dues(by: .max).map(\.due).min().map { Instant(unixMilliseconds: $0) }
    }

    /// A restarted machine is the one that was never stopped.
    func compare(_ machine: RiskMachine) throws {
        for (source, level) in levels {
            try require(
                machine.level(of: source)?.level == level, "the level of \(source) has changed")
        }
        try require(
            machine.standingAlarms.map(\.point) == sessions.keys.sorted(),
            "other alarms stand after a restart")
        guard let twin else { return }
        try require(
            twin.standingAlarms == machine.standingAlarms, "alarms differ after a restart")
        try require(twin.allLevels == machine.allLevels, "levels differ after a restart")
        try require(twin.nextDue == machine.nextDue, "the next time differs after a restart")
    }

    private mutating func follow(_ call: Shell<RiskMachine>.Call) throws {
        guard twin != nil else { return }
        var effects: [RiskEffect] = []
        switch call.input {
        case .wake(let heard): effects = twin?.wake(at: call.at, heard: heard) ?? []
        case .event(let event): effects = try twin?.handle(event, at: call.at) ?? []
        case .refused: break
        }
        _ = twin?.takeChanges()
        _ = twin?.takeLazyChanges()
        try require(effects == call.effects, "a restarted machine decides otherwise")
    }

    // MARK: Readings

    private mutating func judge(_ batch: SealedBatch, at now: Int64) -> [Mark] {
        var marks: [Mark] = []
        let (columns, received) = (batch.columns, batch.receivedAt.unixMilliseconds)
        for row in 0..<columns.count where columns.quality(at: row) == 0 {
            let point = columns.pointIDs[Int(columns.point[row])]
            let time = columns.measuredAt[row]
            guard time > latest[point] ?? .min else { continue }
            latest[point] = time
            marks += judge(
                point, City.state(columns.value[row]), measured: time, received: received, now)
        }
        return marks
    }

    private mutating func judge(
        _ point: PointID, _ state: LimitState, measured: Int64, received: Int64, _ now: Int64
    ) -> [Mark] {
        let known = min(received, now)
        guard var one = sessions[point] else {
            if state == .normal { return [] }
            let source = HazardSourceID(String(point.text.prefix { $0 != "-" }))
            var new = Session(
                source: source, start: measured, state: state, worst: state,
                delay: received - measured)
            new.hold(model.rules, since: measured)
            sessions[point] = new
            return [mark(point, new, .raised, measured)] + assess(source, measured, known)
        }
        if state == one.state {
            if one.waits { one.delay = received - measured }
            sessions[point] = one
            var marks: [Mark] = []
            for rule in model.rules {
                guard let hold = one.holds[rule.id], !hold.hasLasted, let lasting = rule.lasting,
                    hold.since + lasting.milliseconds <= measured
                else { continue }
                sessions[point]?.holds[rule.id]?.hasLasted = true
                marks += assess(one.source, hold.since + lasting.milliseconds, known)
            }
            return marks
        }
        (one.state, one.delay) = (state, received - measured)
        if state.severity > one.worst.severity { one.worst = state }
        one.hold(model.rules, since: measured)
        sessions[point] = state == .normal ? nil : one
        let news: AlarmNews = state == .normal ? .cleared : .changed
        return [mark(point, one, news, measured)] + assess(one.source, measured, known)
    }

    private mutating func assess(
        _ source: HazardSourceID, _ measured: Int64, _ known: Int64
    ) -> [Mark] {
        let standing = sessions.values.filter { $0.source == source }
        let given = model.rules.filter { rule in
            standing.contains { one in
                rule.states.contains(one.state)
                    && (rule.lasting == nil || one.holds[rule.id]?.hasLasted == true)
            }
        }
        let level = given.map(\.level).max() ?? model.resting.level
        let before = levels.updateValue(level, forKey: source) ?? model.resting.level
        return level == before ? [] : [mark(source, before, level, measured, known)]
    }

    // MARK: Time

    private func dues(
        by end: Int64
    ) -> [(due: Int64, point: PointID, rule: RuleID, lasted: Int64)] {
        var all: [(due: Int64, point: PointID, rule: RuleID, lasted: Int64)] = []
        for (point, one) in sessions {
            for rule in model.rules {
                guard let hold = one.holds[rule.id], !hold.hasLasted, let lasting = rule.lasting
                else { continue }
                let lasted = hold.since + lasting.milliseconds
                let due = lasted + one.delay
                if due <= end { all.append((due, point, rule.id, lasted)) }
            }
        }
        return all.sorted { ($0.due, $0.point, $0.rule) < ($1.due, $1.point, $1.rule) }
    }

    private mutating func wake(by end: Int64) -> [Mark] {
        dues(by: end).flatMap { one -> [Mark] in
            sessions[one.point]?.holds[one.rule]?.hasLasted = true
            guard let source = sessions[one.point]?.source else { return [] }
            return assess(source, one.lasted, one.due)
        }
    }

    // MARK: Marks

    private func mark(_ effect: RiskEffect) -> Mark {
        switch effect {
        case .publishAlarm(let alarm, let news):
            var one = Session(
                source: alarm.source, start: alarm.start.measuredAt.unixMilliseconds,
                state: alarm.currentState, worst: alarm.worstState, delay: 0)
            one.holds = [:]
            return mark(alarm.point, one, news, alarm.changed.measuredAt.unixMilliseconds)
        case .publishLevel(let level):
            return mark(
                level.source, level.previous, level.level, level.measuredAt.unixMilliseconds,
                level.knownAt.unixMilliseconds)
        }
    }

    private func mark(
        _ point: PointID, _ one: Session, _ news: AlarmNews, _ measured: Int64
    ) -> Mark {
        "\(point)@\(one.start) \(news) \(one.state) worst \(one.worst) \(measured)"
    }

    private func mark(
        _ source: HazardSourceID, _ before: WarningLevel, _ level: WarningLevel, _ measured: Int64,
        _ known: Int64
    ) -> Mark {
        "\(source) \(before) to \(level), measured \(measured), known \(known)"
    }
}

extension RiskInspector.Session {
    /// Rules with a duration begin with a state of theirs, and end with another.
    fileprivate mutating func hold(_ rules: [LevelRule], since: Int64) {
        for rule in rules where rule.lasting != nil {
            if !rule.states.contains(state) {
                holds[rule.id] = nil
            } else if holds[rule.id] == nil {
                holds[rule.id] = (since, false)
            }
        }
    }
}
