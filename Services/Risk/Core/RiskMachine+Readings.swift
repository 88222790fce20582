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
        (alarm.currentState, alarm.delay) = (state, reading.delay)
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
            + assess(
                alarm.source, after: alarm, measuredAt: reading.measuredAt,
                knownAt: reading.receivedAt, at: now)
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
            delay: reading.delay, holds: [])
        table.slots[index].isQuiet = false
        keep(&alarm, since: reading.measuredAt)
        return [.publishAlarm(alarm, .raised)]
            + assess(
                source.id, after: alarm, measuredAt: reading.measuredAt,
                knownAt: reading.receivedAt, at: now)
    }

    /// A reading in the same state: it may be further beyond, or prove that the state has lasted.
    private mutating func stay(
        _ alarm: inout Alarm, _ reading: AlarmReading, limit: Double, at now: Instant
    ) -> [RiskEffect] {
        let isFurther = alarm.currentState == alarm.worstState && alarm.widen(reading, limit: limit)
        let waits = alarm.holds.contains { !$0.hasLasted }
        if isFurther || (waits && alarm.delay != reading.delay) {
            alarm.delay = reading.delay
            sessions[alarm.point] = alarm
            moved.insert(alarm.point)
            wait(for: alarm)
        }
        var effects: [RiskEffect] = []
        for rule in profile.levelModel.rules {
            guard let hold = alarm.holds.first(where: { $0.rule == rule.id && !$0.hasLasted }),
                let lastsAt = hold.lastsAt(rule), lastsAt <= reading.measuredAt
            else { continue }
            let key = HoldKey(point: alarm.point, rule: rule.id)
            holds.remove(key)
            effects += lasted(key, knownAt: reading.receivedAt, at: now)
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
        wait(for: alarm)
    }

    /// Makes the holds of an alarm wait until the platform would have heard that they are over.
    ///
    /// What is measured arrives as late as the point's last reading did: a gateway that sends an
    /// hour's buffer has the end of the alarm still on its way, an hour after it was measured.
    private mutating func wait(for alarm: Alarm) {
        for rule in profile.levelModel.rules {
            let key = HoldKey(point: alarm.point, rule: rule.id)
            let hold = alarm.holds.first { $0.rule == rule.id && !$0.hasLasted }
            if let lastsAt = hold?.lastsAt(rule) {
                holds.set(key, dueAt: lastsAt + alarm.delay)
            } else {
                holds.remove(key)
            }
        }
    }

    mutating func end(_ alarm: Alarm, index: Int) {
        for hold in alarm.holds { holds.remove(HoldKey(point: alarm.point, rule: hold.rule)) }
        sessions[alarm.point] = nil
        standing[alarm.source]?.removeAll { $0 == alarm.point }
        table.slots[index].isQuiet = true
        changes["session/\(alarm.point)"] = .some(nil)
    }

    /// A state has lasted as long as a rule asks, which the platform could know at `knownAt`.
    mutating func lasted(
        _ key: HoldKey, knownAt: Instant, at now: Instant
    ) -> [RiskEffect] {
        guard var alarm = sessions[key.point],
            let rule = profile.levelModel.rules.first(where: { $0.id == key.rule }),
            let place = alarm.holds.firstIndex(where: { $0.rule == key.rule }),
            let lastsAt = alarm.holds[place].lastsAt(rule)
        else { return [] }
        alarm.holds[place].hasLasted = true
        store(alarm)
        return assess(alarm.source, after: alarm, measuredAt: lastsAt, knownAt: knownAt, at: now)
    }
}
