package import Domain

/// Whose limits are verified 阈值核定 (ING-06): the devices whose kind a pack names, with four limits
/// for each of its indicators.
package struct DeviceThresholds: Sendable, Equatable {
    package var device: DeviceID
    package var name: String
    package var node: NodeID?
    package var indicators: [IndicatorThresholds]

    package var expected: Int { 4 * indicators.count }
    package var present: Int { indicators.map(\.present).reduce(0, +) }
    package var verified: Int { indicators.filter { $0.lack.isEmpty }.count * 4 }
    package var isVerified: Bool { indicators.allSatisfy { $0.lack.isEmpty } }
}

/// The limits of one indicator of a device.
package struct IndicatorThresholds: Sendable, Equatable {
    package var indicator: String
    package var point: PointID?
    package var present = 0
    package var verifiedBy = ""
    package var verifiedOn = ""
    package var evidence = ""
    package var reason = ""
    /// What is missing, as a sentence; empty: nothing.
    package var lack = ""
}

extension Registry {
    /// The devices whose limits must be verified, in the order of their ids.
    ///
    /// A device without a kind in a tank farm counts as a tank.
    package func thresholds(by packs: Packs) -> [DeviceThresholds] {
        let points = pointsByDevice
        return devices.values.compactMap { device in
            let isTank =
                device.kind.isEmpty
                && device.hazardSource.flatMap { hazardSources[$0] }?.unitKind == .tankFarm
            let verified = packs.form(.device, isTank ? "tank" : device.kind)?.verified ?? []
            if verified.isEmpty { return nil }
            let own = points[device.id] ?? []
            return DeviceThresholds(
                device: device.id, name: device.name, node: node(of: device),
                indicators: verified.map { indicator in
                    let of = own.filter { $0.indicator.text == indicator }
                    return thresholds(of: indicator, of, missing: device.facts["missing"])
                })
        }
    }

    /// The points of each device; in the order of their ids.
    var pointsByDevice: [DeviceID: [Point]] {
        Dictionary(grouping: points.values, by: \.device)
    }

    /// Of several points of one indicator the one that lacks least speaks for it.
    private func thresholds(
        of indicator: String, _ points: [Point], missing: Fact?
    ) -> IndicatorThresholds {
        let found = points.map { IndicatorThresholds($0) }
        if let whole = found.first(where: { $0.lack.isEmpty }) ?? found.first { return whole }
        var none = IndicatorThresholds(indicator: indicator)
        if let reason = missing?.reason(of: indicator) {
            none.reason = reason
        } else {
            none.lack = "no point, and no reason under missing"
        }
        return none
    }
}

extension IndicatorThresholds {
    fileprivate init(_ point: Point) {
        let limits = [
            point.limits.lowLow, point.limits.low, point.limits.high, point.limits.highHigh,
        ]
        self.init(
            indicator: point.indicator.text, point: point.id,
            present: limits.compactMap { $0 }.count,
            verifiedBy: point.facts.text("limitsVerifiedBy"),
            verifiedOn: point.facts.text("limitsVerifiedOn"),
            evidence: point.facts.text("limitsEvidence"),
            reason: point.facts.text("limitsReason"))
        var lacks: [String] = []
        if present < 4, reason.isEmpty { lacks.append("\(4 - present) limits or limitsReason") }
        if verifiedBy.isEmpty { lacks.append("limitsVerifiedBy") }
        if verifiedOn.isEmpty { lacks.append("limitsVerifiedOn") }
        if evidence.isEmpty { lacks.append("limitsEvidence") }
        lack = lacks.isEmpty ? "" : "lacks " + lacks.joined(separator: ", ")
    }
}

extension Fact {
    /// The reason that a fact `missing` gives for one thing: `pressure=常压储罐; camera=…`.
    func reason(of what: String) -> String? {
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0] == what { return String(parts[1]) }
        }
        return nil
    }
}
