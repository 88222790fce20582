package import Domain

extension CommonV1.WarningLevel {
    package init(_ level: WarningLevel) {
        switch level {
        case .blue: self = .blue
        case .yellow: self = .yellow
        case .orange: self = .orange
        case .red: self = .red
        }
    }
}

extension WarningLevel {
    /// Refuses unspecified and levels that this version does not know.
    package init(_ level: CommonV1.WarningLevel, field: String = "level") throws(MappingError) {
        self = try oneOf(Self.allCases, field, level, name: level.name) {
            CommonV1.WarningLevel($0)
        }
    }
}

extension CommonV1.LimitState {
    package init(_ state: LimitState) {
        switch state {
        case .lowLow: self = .lowLow
        case .low: self = .low
        case .normal: self = .normal
        case .high: self = .high
        case .highHigh: self = .highHigh
        }
    }
}

extension LimitState {
    /// Refuses unspecified and states that this version does not know.
    package init(_ state: CommonV1.LimitState, field: String = "state") throws(MappingError) {
        self = try oneOf(Self.allCases, field, state, name: state.name) { CommonV1.LimitState($0) }
    }
}

extension NotificationV1.DeliveryState {
    package init(_ delivery: Delivery) {
        switch delivery {
        case .queued: self = .queued
        case .sent: self = .sent
        case .unknown: self = .unknown
        case .delivered: self = .delivered
        case .seen: self = .seen
        case .confirmed: self = .confirmed
        case .failed: self = .failed
        case .merged: self = .merged
        }
    }
}

extension Delivery {
    /// Refuses unspecified and states that this version does not know.
    package init(
        _ state: NotificationV1.DeliveryState, field: String = "state"
    ) throws(MappingError) {
        self = try oneOf(Self.allCases, field, state, name: state.name) {
            NotificationV1.DeliveryState($0)
        }
    }
}

extension IngestV1.PointLimits {
    package init(_ limits: Limits) {
        self.init(
            lowLow: limits.lowLow, low: limits.low, high: limits.high, highHigh: limits.highHigh)
    }
}

extension Limits {
    package init(_ limits: IngestV1.PointLimits) {
        self.init(
            lowLow: limits.lowLow, low: limits.low, high: limits.high, highHigh: limits.highHigh)
    }
}

/// The case whose wire value is `value`.
private func oneOf<Case: RawRepresentable<String>, Wire: RawRepresentable<Int32>>(
    _ cases: [Case], _ field: String, _ value: Wire, name: String?, wire: (Case) -> Wire
) throws(MappingError) -> Case {
    guard let found = cases.first(where: { wire($0).rawValue == value.rawValue }) else {
        throw MappingError(
            field: field, value: name ?? String(value.rawValue), allowed: cases.map(\.rawValue))
    }
    return found
}
