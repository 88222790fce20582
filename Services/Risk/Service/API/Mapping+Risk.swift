package import Contracts
import Domain
package import RiskCore

extension RiskV1.Alarm {
    package init(_ alarm: Alarm) {
        self.init(
            id: alarm.id.text, pointID: alarm.point.text, hazardSourceID: alarm.source.text,
            enterpriseID: alarm.enterprise.text, startState: .init(alarm.startState),
            worstState: .init(alarm.worstState), currentState: .init(alarm.currentState),
            startReading: .init(alarm.start, of: alarm.point),
            worstReading: .init(alarm.worst, of: alarm.point),
            changedReading: .init(alarm.changed, of: alarm.point), worstLimit: alarm.worstLimit,
            raisedAtUnixMs: alarm.raisedAt.unixMilliseconds,
            clearedAtUnixMs: alarm.clearedAt.unixMillisecondsOrZero, pointName: alarm.pointName,
            deviceName: alarm.deviceName, unit: alarm.unit,
            changedLimit: alarm.changedLimit ?? 0,
            removedAtUnixMs: alarm.removedAt.unixMillisecondsOrZero)
    }
}

extension RiskV1.Warning {
    package init(_ level: SourceLevel) {
        self.init(
            hazardSourceID: level.source.text, enterpriseID: level.enterprise.text,
            level: .init(level.level), previousLevel: .init(level.previous),
            changedAtUnixMs: level.changedAt.unixMilliseconds,
            measuredAtUnixMs: level.measuredAt.unixMilliseconds,
            causes: level.causes.map(RiskV1.Alarm.init), ruleID: level.rule.text,
            clause: level.clause.text, profile: level.profile,
            hazardSourceName: level.sourceName, enterpriseName: level.enterpriseName,
            knownAtUnixMs: level.knownAt.unixMilliseconds)
    }
}

extension CommonV1.Reading {
    // Only good readings become part of an alarm.
    fileprivate init(_ reading: AlarmReading, of point: PointID) {
        self.init(
            pointID: point.text, measuredAtUnixMs: reading.measuredAt.unixMilliseconds,
            receivedAtUnixMs: reading.receivedAt.unixMilliseconds, value: reading.value,
            quality: .good)
    }
}
