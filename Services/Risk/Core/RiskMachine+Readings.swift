import Domain
import Policy

extension RiskMachine {
    /// Compares each reading of `batch` with the limits of its point.
    mutating func judge(_ batch: ReadingBatch, at now: Instant) -> [RiskEffect] {
        let indices = table.indices(of: batch.table)
        let areAllGood = batch.quality.isEmpty
        var effects: [RiskEffect] = []
        var time = batch.base.unixMilliseconds
        for row in 0..<batch.count {
            time &+= batch.measuredDelta[row]
            guard areAllGood || batch.quality[row] == 0 else { continue }
            let index = indices[Int(batch.point[row])]
            let value = batch.value[row]
            guard index >= 0 else {
                readingsOfUnknownPoints += 1
                continue
            }
            // Not newer than what is known: late, or the same once more.
            guard time > table.slots[index].latest, value.isFinite else { continue }
            table.slots[index].latest = time
            table.markChanged(index)
            if table.slots[index].isQuiet, table.slots[index].isInside(value) { continue }
            let reading = AlarmReading(
                measuredAt: Instant(unixMilliseconds: time), receivedAt: batch.receivedAt,
                value: value)
            effects += judge(reading, of: table.points[index], index: index, at: now)
        }
        return effects
    }

    /// Moves the alarm of a point: the slow path, for readings that matter.
    private mutating func judge(
        _ reading: AlarmReading, of point: RegistryFact.Point, index: Int, at now: Instant
    ) -> [RiskEffect] {
        let state = point.limits.state(of: reading.value)
        let limit = point.limits.value(of: state)
        guard var alarm = sessions[point.id] else {
            return raise(state, reading, limit: limit ?? 0, of: point, index: index, at: now)
        }
        if state == alarm.currentState {
            return stay(&alarm, reading, limit: limit ?? 0, at: now)
        }
        alarm.currentState = state
        (alarm.changed, alarm.changedLimit) = (reading, limit)
        (alarm.pointName, alarm.unit) = (point.name, point.unit)
        if state.severity > alarm.worstState.severity {
            (alarm.worstState, alarm.worst, alarm.worstLimit) = (state, reading, limit ?? 0)
        } else if state == alarm.worstState {
            _ = alarm.widen(reading, limit: limit ?? 0)
        }
        if state == .normal {
            alarm.clearedAt = now
            end(alarm, index: index)
        } else {
            keep(&alarm, since: reading.measuredAt)
        }
        let news: AlarmNews = state == .normal ? .cleared : .changed
        return [.publishAlarm(alarm, news)]
            + assess(alarm.source, after: alarm, measuredAt: reading.measuredAt, at: now)
    }

    private mutating func raise(
        _ state: LimitState, _ reading: AlarmReading, limit: Double,
        of point: RegistryFact.Point, index: Int, at now: Instant
    ) -> [RiskEffect] {
        // Quiet and inside by the point's limits: nothing to open.
        guard state != .normal, let device = devices[point.device],
            let source = sources[device.source]
        else { return [] }
        var alarm = Alarm(
            id: AlarmID("\(point.id)@\(reading.measuredAt.unixMilliseconds)"),
            point: point.id, source: source.id, enterprise: source.enterprise,
            pointName: point.name, deviceName: device.name, unit: point.unit, startState: state,
            worstState: state, currentState: state, start: reading, worst: reading,
            changed: reading, worstLimit: limit, changedLimit: limit, raisedAt: now, clearedAt: nil,
            holds: [])
        table.slots[index].isQuiet = false
        keep(&alarm, since: reading.measuredAt)
        return [.publishAlarm(alarm, .raised)]
            + assess(source.id, after: alarm, measuredAt: reading.measuredAt, at: now)
    }

    /// A reading in the same state: it may be further beyond, or prove that the state has lasted.
    private mutating func stay(
        _ alarm: inout Alarm, _ reading: AlarmReading, limit: Double, at now: Instant
    ) -> [RiskEffect] {
        if alarm.currentState == alarm.worstState, alarm.widen(reading, limit: limit) {
            sessions[alarm.point] = alarm
            widened.insert(alarm.point)
        }
        var effects: [RiskEffect] = []
        for hold in alarm.holds where !hold.hasLasted {
            let key = HoldKey(point: alarm.point, rule: hold.rule)
            guard let dueAt = holds.dueAt(key), dueAt <= reading.measuredAt else { continue }
            holds.remove(key)
            effects += lasted(key, since: dueAt, at: now)
        }
        return effects
    }

    /// Stores a standing alarm and makes its rules with a duration wait.
    private mutating func keep(_ alarm: inout Alarm, since: Instant) {
        alarm.updateHolds(by: profile.levelModel.rules, since: since)
        store(alarm)
        adopt(alarm.point)
    }

    private mutating func store(_ alarm: Alarm) {
        sessions[alarm.point] = alarm
        changes["session/\(alarm.point)"] = .session(alarm)
    }

    /// Puts a standing alarm among those of its source and makes its holds wait.
    mutating func adopt(_ point: PointID) {
        guard let alarm = sessions[point] else { return }
        var points = standing[alarm.source] ?? []
        if !points.contains(point) {
            points.append(point)
            points.sort()
            standing[alarm.source] = points
        }
        for rule in profile.levelModel.rules {
            let key = HoldKey(point: point, rule: rule.id)
            let hold = alarm.holds.first { $0.rule == rule.id && !$0.hasLasted }
            if let hold, let lasting = rule.lasting {
                holds.set(key, dueAt: hold.since + lasting)
            } else {
                holds.remove(key)
            }
        }
    }

    private mutating func end(_ alarm: Alarm, index: Int) {
        for hold in alarm.holds { holds.remove(HoldKey(point: alarm.point, rule: hold.rule)) }
        sessions[alarm.point] = nil
        standing[alarm.source]?.removeAll { $0 == alarm.point }
        table.slots[index].isQuiet = true
        changes["session/\(alarm.point)"] = .some(nil)
    }

    /// A state has lasted as long as a rule asks, at `dueAt`.
    mutating func lasted(_ key: HoldKey, since dueAt: Instant, at now: Instant) -> [RiskEffect] {
        guard var alarm = sessions[key.point],
            let place = alarm.holds.firstIndex(where: { $0.rule == key.rule })
        else { return [] }
        alarm.holds[place].hasLasted = true
        store(alarm)
        return assess(alarm.source, after: alarm, measuredAt: dueAt, at: now)
    }
}
