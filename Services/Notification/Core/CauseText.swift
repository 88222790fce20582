import Domain

/// What caused a level, in Chinese: point, value with unit, limit, time; worst first.
func causeText(_ causes: [LevelNews.Cause], zone: Zone) -> String {
    let named = causes.prefix(NotificationLimits.causesNamedMax).map { cause in
        // Many a point bears the name of its device.
        let isNamed = cause.pointName.hasPrefix(cause.deviceName)
        let place = isNamed ? cause.pointName : cause.deviceName + cause.pointName
        let value = decimalText(cause.value) + cause.unit
        let time = zone.text(cause.measuredAt)
        // Nobody knows whether what it showed is over.
        if let removedAt = cause.removedAt {
            return "\(place)点位已拆除（\(zone.text(removedAt))），拆除前\(value)，未见恢复正常"
        }
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
