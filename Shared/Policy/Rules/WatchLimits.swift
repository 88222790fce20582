import Domain

// No regulation that is public says when something is offline or a line is flat. These are ours,
// for profiles that say nothing; a profile states its own under `presence` and `detectors`.

extension PresenceRule {
    /// The nation receives a reading of a point each 47 s on average; ten minutes miss a dozen. A
    /// camera is tried each ten minutes.
    package static let ours = PresenceRule(
        pointOffline: .minutes(10), gatewayOffline: .minutes(10), cameraOffline: .minutes(30),
        longTermOffline: .hours(7 * 24), immediateWithin: .minutes(1), clause: Clause("ours"))
}

extension DetectorRule {
    /// A process is never still to the last digit for hours; a tank at rest follows the day.
    package static let ours = DetectorRule(
        flatLine: FlatLine(
            processUnit: .hours(2), tankFarm: .hours(24), warehouse: .hours(72),
            elsewhere: .hours(72), readings: 30),
        clockSkew: ClockSkew(
            from: .minutes(5), spread: .minutes(1), over: .minutes(30), readings: 10),
        range: Range(readings: 5),
        running: Running(
            indicators: [.pressure, Indicator("flow"), Indicator("stirring")], percent: 20,
            over: .hours(1)),
        inspectWithin: .hours(24), clause: Clause("ours"))
}
