/// A warning level 预警级别, ordered: blue is lowest, red highest (002-WD §2, RSK-01).
package enum WarningLevel: String, CaseIterable, Comparable, Codable, Sendable {
    case blue, yellow, orange, red

    package static func < (left: WarningLevel, right: WarningLevel) -> Bool {
        left.order < right.order
    }

    /// 0 for blue to 3 for red.
    package var order: Int {
        switch self {
        case .blue: 0
        case .yellow: 1
        case .orange: 2
        case .red: 3
        }
    }

    /// The colour in Chinese: 红、橙、黄、蓝.
    package var colour: String {
        switch self {
        case .blue: "蓝"
        case .yellow: "黄"
        case .orange: "橙"
        case .red: "红"
        }
    }

    /// The name of the risk: 重大、较大、一般、低.
    package var risk: String {
        switch self {
        case .blue: "低"
        case .yellow: "一般"
        case .orange: "较大"
        case .red: "重大"
        }
    }
}

/// Which limit 阈值 of a point a value has reached, from low-low to high-high.
package enum LimitState: String, CaseIterable, Codable, Sendable {
    case lowLow, low, normal, high, highHigh

    /// How far from normal: 0 normal, 1 for H and L, 2 for HH and LL.
    package var severity: Int {
        switch self {
        case .normal: 0
        case .low, .high: 1
        case .lowLow, .highHigh: 2
        }
    }

    /// The sign that engineers use: LL, L, -, H, HH.
    package var sign: String {
        switch self {
        case .lowLow: "LL"
        case .low: "L"
        case .normal: "-"
        case .high: "H"
        case .highHigh: "HH"
        }
    }
}

/// The limits 阈值 of a point in its unit: 低低报、低报、高报、高高报; an absent one is never reached.
package struct Limits: Hashable, Codable, Sendable {
    package var lowLow, low, high, highHigh: Double?

    package init(
        lowLow: Double? = nil, low: Double? = nil, high: Double? = nil, highHigh: Double? = nil
    ) {
        (self.lowLow, self.low, self.high, self.highHigh) = (lowLow, low, high, highHigh)
    }

    /// The state of `value`: a limit counts as reached at value >= H or <= L.
    package func state(of value: Double) -> LimitState {
        if let highHigh, value >= highHigh { return .highHigh }
        if let lowLow, value <= lowLow { return .lowLow }
        if let high, value >= high { return .high }
        if let low, value <= low { return .low }
        return .normal
    }

    /// The limit that `state` stands for; nil for normal or where the point has none.
    package func value(of state: LimitState) -> Double? {
        switch state {
        case .lowLow: lowLow
        case .low: low
        case .normal: nil
        case .high: high
        case .highHigh: highHigh
        }
    }
}

/// The grade of a major hazard source 重大危险源级别, 一级 to 四级; fixed, and not a level.
package enum Grade: Int, CaseIterable, Codable, Sendable {
    case first = 1, second, third, fourth
}
