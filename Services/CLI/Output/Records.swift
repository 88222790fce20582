import Contracts
import Domain

// How the messages of the services are printed. The keys are a contract with programs.

extension Record {
    init(_ reading: CommonV1.Reading) {
        self.init([
            Field("point_id", "point", .text(reading.pointID)),
            Field("measured_at", "measured at", .at(reading.measuredAtUnixMs)),
            Field("value", "value", .number(reading.value)),
            Field("quality", "quality", .quality(reading.quality)),
            Field("received_at", "received at", .at(reading.receivedAtUnixMs)),
        ])
    }

    init(_ bucket: IngestV1.Bucket) {
        let figure = { (value: Double) in bucket.count == 0 ? Cell.none : .number(value) }
        self.init([
            Field("start", "from", .at(bucket.startUnixMs)),
            Field("min", "least", figure(bucket.min)),
            Field("max", "highest", figure(bucket.max)),
            Field("mean", "mean", figure(bucket.mean)),
            Field("count", "readings", .count(Int64(bucket.count))),
            Field("bad_count", "bad", .count(Int64(bucket.badCount))),
        ])
    }

    init(_ alarm: RiskV1.Alarm) {
        self.init([
            Field("id", "alarm", .text(alarm.id)),
            Field("hazard_source_id", "source", .text(alarm.hazardSourceID)),
            Field("device_name", "device", .text(alarm.deviceName)),
            Field("point_id", "point", .text(alarm.pointID)),
            Field("point_name", "name", .text(alarm.pointName)),
            Field("current_state", "now", .state(alarm.currentState)),
            Field("worst_state", "worst", .state(alarm.worstState)),
            Field(
                "worst_value", "worst value",
                alarm.worstReading.map { .number($0.value) } ?? .none),
            Field("worst_limit", "limit", .number(alarm.worstLimit)),
            Field("unit", "unit", .text(alarm.unit)),
            Field("raised_at", "raised at", .at(alarm.raisedAtUnixMs)),
            Field("cleared_at", "cleared at", .at(alarm.clearedAtUnixMs)),
            Field("removed_at", "point removed at", .at(alarm.removedAtUnixMs)),
            Field("enterprise_id", nil, .text(alarm.enterpriseID)),
            Field("start_state", nil, .state(alarm.startState)),
            Field("start_reading", nil, .record(alarm.startReading.map(Record.init))),
            Field("worst_reading", nil, .record(alarm.worstReading.map(Record.init))),
            Field("changed_reading", nil, .record(alarm.changedReading.map(Record.init))),
        ])
    }

    init(_ warning: RiskV1.Warning) {
        self.init([
            Field("hazard_source_id", "source", .text(warning.hazardSourceID)),
            Field("hazard_source_name", "name", .text(warning.hazardSourceName)),
            Field("enterprise_name", "enterprise", .text(warning.enterpriseName)),
            Field("level", "level", .level(warning.level)),
            Field("previous_level", "before", .level(warning.previousLevel)),
            Field("changed_at", "since", .at(warning.changedAtUnixMs)),
            Field("clause", "clause", .text(warning.clause)),
            Field("measured_at", nil, .at(warning.measuredAtUnixMs)),
            Field("rule_id", nil, .text(warning.ruleID)),
            Field("profile", nil, .text(warning.profile)),
            Field("enterprise_id", nil, .text(warning.enterpriseID)),
            Field("causes", nil, .records(warning.causes.map(Record.init))),
        ])
    }

    init(_ one: NotificationV1.Case) {
        self.init([
            Field("id", "case", .text(one.id)),
            Field("kind", "kind", .caseKind(one)),
            Field("enterprise_name", "enterprise", .text(one.enterpriseName)),
            Field("hazard_source_name", "source", .text(one.hazardSourceName)),
            Field("level", "level", .level(one.level)),
            Field("highest_level", "highest", .level(one.highestLevel)),
            Field("opened_at", "opened at", .at(one.openedAtUnixMs)),
            Field("level_at", "level since", .at(one.levelAtUnixMs)),
            Field("cleared_at", "cleared at", .at(one.clearedAtUnixMs)),
            Field("closed_at", "closed at", .at(one.closedAtUnixMs)),
            Field("circular_count", "circulars", .count(Int64(one.circulars))),
            Field("cause", "cause", .text(one.cause)),
            Field("enterprise_id", nil, .text(one.enterpriseID)),
            Field("hazard_source_id", nil, .text(one.hazardSourceID)),
            Field("profile", nil, .text(one.profile)),
            Field("is_drill", nil, .flag(one.isDrill)),
            Field("opened_by", nil, .text(one.openedBy)),
        ])
    }

    init(_ notice: NotificationV1.Notice) {
        let recipient = notice.personName.isEmpty ? notice.nodeName : notice.personName
        let circular = notice.circularNumber
        self.init([
            Field("id", "notice", .text(notice.id)),
            Field("decided_at", "decided at", .at(notice.decidedAtUnixMs)),
            Field("level", "level", .level(notice.level)),
            Field("reason", "reason", .reason(notice.reason)),
            Field("circular_number", "no.", circular == 0 ? .none : .count(Int64(circular))),
            Field("recipient", "to", .text(recipient)),
            Field("role", "role", .text(notice.role)),
            Field("channel", "channel", .text(notice.channel)),
            Field("state", "state", .delivery(notice.state)),
            Field("clause", "clause", .text(notice.clause)),
            Field("state_at", nil, .at(notice.stateAtUnixMs)),
            Field("due_at", nil, .at(notice.dueAtUnixMs)),
            Field("attempts", nil, .count(Int64(notice.attempts))),
            Field("channel_message", nil, .text(notice.channelMessage)),
            Field("text", nil, .text(notice.text)),
            Field("case_id", nil, .text(notice.caseID)),
            Field("person_id", nil, .text(notice.personID)),
            Field("person_name", nil, .text(notice.personName)),
            Field("node_id", nil, .text(notice.nodeID)),
            Field("node_name", nil, .text(notice.nodeName)),
            Field("enterprise_id", nil, .text(notice.enterpriseID)),
            Field("hazard_source_id", nil, .text(notice.hazardSourceID)),
        ])
    }

}

extension Cell {
    /// A time field of the wire, where 0 means that there is none.
    static func at(_ unixMilliseconds: Int64) -> Cell {
        .time(Instant(unlessZero: unixMilliseconds))
    }

    static func level(_ level: CommonV1.WarningLevel) -> Cell {
        guard let known = try? WarningLevel(level) else { return unknown(level.rawValue) }
        return .word(known.rawValue, shown: known.colour + " " + known.rawValue)
    }

    static func state(_ state: CommonV1.LimitState) -> Cell {
        guard let known = try? LimitState(state) else { return unknown(state.rawValue) }
        return .word(known.rawValue, shown: known.sign)
    }

    static func quality(_ quality: CommonV1.Quality) -> Cell {
        switch quality {
        case .good: .text("good")
        case .uncertain: .text("uncertain")
        case .bad: .text("bad")
        default: unknown(quality.rawValue)
        }
    }

    static func delivery(_ state: NotificationV1.DeliveryState) -> Cell {
        guard let known = try? Delivery(state) else { return unknown(state.rawValue) }
        return .text(known.rawValue)
    }

    static func reason(_ reason: NotificationV1.NoticeReason) -> Cell {
        switch reason {
        case .levelRaised: .word("levelRaised", shown: "raised")
        case .levelLowered: .word("levelLowered", shown: "lowered")
        case .closed: .text("closed")
        case .circular: .text("circular")
        case .document: .text("document")
        case .obligation: .word("obligation", shown: "task")
        case .event: .word("event", shown: "told")
        default: unknown(reason.rawValue)
        }
    }

    /// A number that a newer service gave; unspecified is no value at all.
    private static func unknown(_ number: Int32) -> Cell {
        number == 0 ? .none : .text("unknown \(number)")
    }
}
