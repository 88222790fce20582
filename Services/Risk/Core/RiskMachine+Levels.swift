package import Domain
import Policy

extension RiskMachine {
    /// Finds the level of a source anew and says so if it has changed.
    ///
    /// `alarm` is the one that gave the occasion, `measuredAt` the measured time of that, and
    /// `knownAt` when the platform had it.
    mutating func assess(
        _ source: HazardSourceID, after alarm: Alarm, measuredAt: Instant, knownAt: Instant,
        at now: Instant
    ) -> [RiskEffect] {
        let alarms = standingAlarms(of: source)
        let model = profile.levelModel
        let rules = model.rules.filter { rule in alarms.contains { $0.meets(rule) } }
        // The first of the highest, so that equal levels always name the same rule.
        let top = rules.map(\.level).max() ?? model.resting.level
        let rule = rules.first { $0.level == top } ?? model.resting
        let before = levels[source]?.level ?? model.resting.level
        guard rule.level != before || isNewBlue(source, isByRule: !rules.isEmpty) else {
            return []
        }
        let causes =
            rules.isEmpty
            ? [alarm]
            : alarms.filter { alarm in rules.contains { $0.level == top && alarm.meets($0) } }
        let level = SourceLevel(
            source: source, enterprise: alarm.enterprise,
            sourceName: sources[source]?.name ?? source.text,
            enterpriseName: enterprises[alarm.enterprise]?.name ?? alarm.enterprise.text,
            level: rule.level, previous: before, changedAt: now,
            knownAt: min(knownAt, now), measuredAt: measuredAt, causes: causes, rule: rule.id,
            clause: rule.clause, profile: profile.name)
        levels[source] = level
        changes["level/\(source)"] = .level(level)
        return [.publishLevel(level)]
    }

    /// True if blue begins or ends to be a warning while the level stays: where blue is one
    /// (000 §14), an alarm that gives it is news, and so is its end (decision 0025).
    private func isNewBlue(_ source: HazardSourceID, isByRule: Bool) -> Bool {
        guard profile.blue.meaning == .warning else { return false }
        let before = levels[source]
        guard (before?.level ?? profile.levelModel.resting.level) == .blue else { return false }
        let wasByRule = before?.causes.contains { $0.currentState != .normal } ?? false
        return isByRule != wasByRule
    }

    /// The standing alarms of a source, worst first.
    package func standingAlarms(of source: HazardSourceID) -> [Alarm] {
        (standing[source] ?? []).compactMap { sessions[$0] }.sorted {
            ($1.currentState.severity, $0.start.measuredAt, $0.id)
                < ($0.currentState.severity, $1.start.measuredAt, $1.id)
        }
    }

    /// The standing alarm of a point.
    package func standingAlarm(of point: PointID) -> Alarm? { sessions[point] }

    /// The machine without its points, for questions: whoever held on to the points would make
    /// the next reading copy them all.
    package var forQuestions: RiskMachine {
        var copy = self
        copy.table = PointTable()
        return copy
    }

    /// All standing alarms in the order of their ids.
    package var standingAlarms: [Alarm] {
        sessions.keys.sorted().compactMap { sessions[$0] }
    }

    /// The level of a source; nil if the source is not known.
    package func level(of source: HazardSourceID) -> SourceLevel? {
        if let level = levels[source] { return level }
        guard let known = sources[source] else { return nil }
        let resting = profile.levelModel.resting
        let never = Instant(unixMilliseconds: 0)
        return SourceLevel(
            source: source, enterprise: known.enterprise, sourceName: known.name,
            enterpriseName: enterprises[known.enterprise]?.name ?? known.enterprise.text,
            level: resting.level, previous: resting.level, changedAt: never, knownAt: never,
            measuredAt: never, causes: [], rule: resting.id, clause: resting.clause,
            profile: profile.name)
    }

    /// The levels of all sources, the highest first, then by id.
    package var allLevels: [SourceLevel] {
        sources.keys.sorted().compactMap { level(of: $0) }.sorted {
            ($1.level, $0.source) < ($0.level, $1.source)
        }
    }

    /// The points of `table` that the registry copy does not hold.
    package func unknownPoints(in table: [PointID]) -> [PointID] {
        table.filter { self.table.index(of: $0) == nil }
    }
}
