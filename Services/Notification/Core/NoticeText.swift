import Domain
import Policy

/// Fills in the texts of a profile for one case.
struct NoticeText {
    let profile: PolicyProfile
    let warningCase: WarningCase
    /// Who fills a role, by name.
    let holderName: (RoleID) -> String

    /// A warning began, rose or fell.
    func warning(previous: WarningLevel?, clause: Clause) -> String {
        let isLowered = previous.map { $0 > warningCase.level } ?? false
        let template = isLowered ? profile.templates[.lowered] : profile.templates[.warning]
        return template.filled { name in
            switch name {
            case .previous: previous.map { profile.levelName($0).colour } ?? ""
            case .duty: duty
            case .clause: clause.text
            case _: common(name)
            }
        }
    }

    func closed(previous: WarningLevel, at closedAt: Instant, clause: Clause) -> String {
        profile.templates[.closed].filled { name in
            switch name {
            case .previous: profile.levelName(previous).colour
            case .duty: feedback(closedAt: closedAt)
            case .clause: clause.text
            case _: common(name)
            }
        }
    }

    /// Circular `number` of `run`; `next` is when the one after it is due.
    func circular(_ run: CircularRun, number: Int, next: Instant, clause: Clause) -> String {
        profile.templates[.circular].filled { name in
            switch name {
            case .number: "\(number)"
            case .addressee: addressee(of: run.rule)
            case .due: profile.zone.text(next)
            case .late: late(run, number: number)
            case .clause: clause.text
            case _: common(name)
            }
        }
    }

    private func common(_ name: NoticeTemplate.Name) -> String {
        switch name {
        case .enterprise: warningCase.enterpriseName
        case .source: warningCase.sourceName
        case .colour: profile.levelName(warningCase.level).colour
        case .risk: profile.levelName(warningCase.level).risk
        case .time, .since: profile.zone.text(warningCase.levelAt)
        case .cause: warningCase.cause
        case _: ""
        }
    }

    /// What is due if the level does not fall, for each circular that runs.
    private var duty: String {
        let running = warningCase.runs.filter { $0.stoppedAt == nil }
        return running.map { run in
            profile.templates[.duty].filled { name in
                switch name {
                case .due: run.dueAt.map(profile.zone.text) ?? ""
                case .addressee: addressee(of: run.rule)
                case .every: run.rule.every.words
                case .clause: run.rule.clause.text
                case _: common(name)
                }
            }
        }.joined()
    }

    private func feedback(closedAt: Instant) -> String {
        profile.templates[.owed].filled { name in
            switch name {
            case .title: "报送处置情况、原因和整改措施"
            case .due: profile.zone.text(closedAt + profile.feedback.within)
            case .clause: profile.feedback.clause.text
            case _: common(name)
            }
        }
    }

    /// That earlier ones are said by this one; nothing if there are none.
    private func late(_ run: CircularRun, number: Int) -> String {
        guard let first = run.mergedFrom else { return "" }
        let firstDue = run.startedAt + run.rule.after + run.rule.every * Int64(first - 1)
        return profile.templates[.late].filled { name in
            switch name {
            case .numbers: "\(first)—\(number)"
            case .due: profile.zone.text(firstDue)
            case _: common(name)
            }
        }
    }

    private func addressee(of rule: CircularRule) -> String {
        rule.to.map(holderName).joined(separator: "、")
    }
}

/// What caused a level, in Chinese: point, value with unit, limit, time; worst first.
func causeText(_ causes: [LevelNews.Cause], zone: Zone) -> String {
    let named = causes.prefix(NotificationLimits.causesNamedMax).map { cause in
        // Many a point bears the name of its device.
        let isNamed = cause.pointName.hasPrefix(cause.deviceName)
        let place = isNamed ? cause.pointName : cause.deviceName + cause.pointName
        let value = decimalText(cause.value) + cause.unit
        let time = zone.text(cause.measuredAt)
        if cause.state == .normal { return "\(place)\(value)，已恢复正常（\(time)）" }
        let limit = decimalText(cause.limit) + cause.unit
        return "\(place)\(value)，达到\(cause.state.limitName)限值\(limit)（\(time)）"
    }
    let rest = causes.count - named.count
    return named.joined(separator: "；") + (rest > 0 ? "；另有\(rest)处报警" : "")
}

extension LimitState {
    /// 高高报、高报、低报、低低报.
    fileprivate var limitName: String {
        switch self {
        case .highHigh: "高高报"
        case .high: "高报"
        case .normal: "正常"
        case .low: "低报"
        case .lowLow: "低低报"
        }
    }
}

/// A measured value as people write it: at most four decimals, no trailing zeros.
func decimalText(_ value: Double) -> String {
    let scaled = (value * 10_000).rounded()
    guard scaled.magnitude < 9_007_199_254_740_992 else { return "\(value)" }
    let number = Int64(scaled)
    let (whole, rest) = (number.magnitude / 10_000, number.magnitude % 10_000)
    let sign = number < 0 ? "-" : ""
    if rest == 0 { return "\(sign)\(whole)" }
    var digits = String(rest)
    digits = String(repeating: "0", count: 4 - digits.count) + digits
    while digits.last == "0" { digits.removeLast() }
    return "\(sign)\(whole).\(digits)"
}
