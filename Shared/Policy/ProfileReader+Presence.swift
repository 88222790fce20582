import Domain

/// When something counts as offline, and when data look as if nobody had measured them.
extension ProfileReader {
    /// Nil: the regulation gives no minutes, and they are ours.
    mutating func presence(in top: Section) -> PresenceRule? {
        let keys = [
            "pointOffline", "gatewayOffline", "cameraOffline", "longTermOffline",
            "immediateWithin", "clause",
        ]
        guard top.entry("presence") != nil, let row = section("presence", in: top, keys: keys)
        else { return nil }
        let point = interval("pointOffline", in: row)
        let gateway = interval("gatewayOffline", in: row)
        let camera = interval("cameraOffline", in: row)
        let long = interval("longTermOffline", in: row)
        let immediate = interval("immediateWithin", in: row)
        guard let clause = clause(in: row), let point, let gateway, let camera, let long,
            let immediate
        else { return nil }
        if long <= max(point, gateway, camera) {
            complain(
                "what is offline for long is offline for longer than `pointOffline`, "
                    + "`gatewayOffline` and `cameraOffline`; write days.",
                line: row.entry("longTermOffline")?.line ?? row.line,
                path: row.place("longTermOffline"))
            return nil
        }
        return PresenceRule(
            pointOffline: point, gatewayOffline: gateway, cameraOffline: camera,
            longTermOffline: long, immediateWithin: immediate, clause: clause)
    }

    /// Nil: nobody says when data look odd, and the thresholds are ours.
    mutating func detectors(in top: Section) -> DetectorRule? {
        let keys = ["flatLine", "clockSkew", "range", "running", "inspectWithin", "clause"]
        guard top.entry("detectors") != nil, let row = section("detectors", in: top, keys: keys)
        else { return nil }
        let flatLine = flatLine(in: row)
        let clockSkew = clockSkew(in: row)
        let range = section("range", in: row, keys: ["readings"]).flatMap { count(in: $0) }
        let running = running(in: row)
        let inspect = interval("inspectWithin", in: row)
        guard let clause = clause(in: row), let flatLine, let clockSkew, let range, let running,
            let inspect
        else { return nil }
        return DetectorRule(
            flatLine: flatLine, clockSkew: clockSkew, range: .init(readings: range),
            running: running, inspectWithin: inspect, clause: clause)
    }

    private mutating func flatLine(in section: Section) -> DetectorRule.FlatLine? {
        let keys = ["processUnit", "tankFarm", "warehouse", "elsewhere", "readings"]
        guard let row = self.section("flatLine", in: section, keys: keys) else { return nil }
        let process = interval("processUnit", in: row)
        let tank = interval("tankFarm", in: row)
        let warehouse = interval("warehouse", in: row)
        let elsewhere = interval("elsewhere", in: row)
        guard let count = count(in: row), let process, let tank, let warehouse, let elsewhere
        else { return nil }
        return .init(
            processUnit: process, tankFarm: tank, warehouse: warehouse, elsewhere: elsewhere,
            readings: count)
    }

    private mutating func clockSkew(in section: Section) -> DetectorRule.ClockSkew? {
        let keys = ["from", "spread", "over", "readings"]
        guard let row = self.section("clockSkew", in: section, keys: keys) else { return nil }
        let from = interval("from", in: row)
        let spread = interval("spread", in: row)
        let over = interval("over", in: row)
        guard let count = count(in: row), let from, let spread, let over else { return nil }
        return .init(from: from, spread: spread, over: over, readings: count)
    }

    private mutating func running(in section: Section) -> DetectorRule.Running? {
        let keys = ["indicators", "percent", "over"]
        guard let row = self.section("running", in: section, keys: keys) else { return nil }
        // A pack may add indicators, so any word is one.
        let indicators = list("indicators", in: row, example: "`[pressure, flow]`")
            .compactMap { text($0.node, path: $0.path, example: "`pressure`") }
        let percent = number("percent", in: row, range: 1...99)
        let over = interval("over", in: row)
        guard let percent, let over, !indicators.isEmpty else { return nil }
        return .init(indicators: indicators.map { Indicator($0) }, percent: percent, over: over)
    }

    /// One reading alone shows nothing.
    private mutating func count(in row: Section) -> Int64? {
        number("readings", in: row, range: 2...1_000_000)
    }
}
