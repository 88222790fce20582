import Domain
import Kernel
import Policy
import RiskCore
import Runtime

/// 2021-11-01 08:00 +08:00.
let t0 = Instant(unixMilliseconds: 1_635_724_800_000)

/// The profile of the ministry, read once.
let ministry = Result { try ProfileSource.load("mem-2021") }

extension RiskMachine {
    /// One enterprise with source `tank-farm` (points `p` and `q`) and source `plant` (point `r`);
    /// all points have LL 10, L 20, H 80, HH 90.
    static func city(
        limits: Limits = .init(lowLow: 10, low: 20, high: 80, highHigh: 90),
        by profile: PolicyProfile? = nil
    ) throws -> RiskMachine {
        var machine = RiskMachine(profile: try profile ?? ministry.get())
        try machine.hear(
            .node(.init(id: NodeID("nation"), parent: nil, kind: .nation, name: "国")),
            .node(
                .init(id: NodeID("county"), parent: NodeID("nation"), kind: .county, name: "县")),
            .enterprise(.init(id: EnterpriseID("e"), parent: NodeID("county"), name: "示范化工")))
        for (source, points) in [("tank-farm", ["p", "q"]), ("plant", ["r"])] {
            try machine.hear(
                .source(
                    .init(
                        id: HazardSourceID(source), enterprise: EnterpriseID("e"),
                        name: "\(source)源")),
                .device(
                    .init(
                        id: DeviceID("\(source)-device"), source: HazardSourceID(source),
                        name: "罐")))
            for point in points {
                try machine.hear(
                    .point(
                        .init(
                            id: PointID(point), device: DeviceID("\(source)-device"),
                            name: "\(point)点", unit: "kPa", limits: limits)))
            }
        }
        _ = machine.takeChanges()
        return machine
    }

    mutating func hear(_ facts: RegistryFact...) throws {
        for fact in facts { _ = try handle(.registered(fact), at: t0) }
    }

    /// Readings of one point as `(minute, value)`, in one batch, at the time of the last.
    mutating func measure(
        _ point: String, _ readings: (minute: Int64, value: Double)..., at now: Instant? = nil,
        quality: [UInt32] = []
    ) throws -> [RiskEffect] {
        let batch = ReadingBatch.of(point, readings, quality: quality)
        return try handle(.measured(batch), at: now ?? t0 + .minutes(readings.last?.minute ?? 0))
    }

    /// Everything that would be stored.
    var stored: [PartChange<RiskPart>] {
        var copy = self
        return copy.takeChanges() + copy.takeLazyChanges()
    }
}

/// What a store holds of a machine of the city.
struct Shelf {
    private var parts: [String: RiskPart] = [:]

    mutating func keep(_ machine: inout RiskMachine) {
        for change in machine.takeChanges() + machine.takeLazyChanges() {
            parts[change.key] = change.part
        }
    }

    /// The machine as it is after a restart.
    func load() throws -> RiskMachine {
        var machine = try RiskMachine.city()
        for key in parts.keys.sorted() {
            if let part = parts[key] { machine.restore(part, key: key) }
        }
        return machine
    }
}

extension ReadingBatch {
    static func of(
        _ point: String, _ readings: [(minute: Int64, value: Double)], quality: [UInt32] = [],
        receivedAt: Instant? = nil
    ) -> ReadingBatch {
        var before = t0
        let deltas = readings.map { reading in
            let time = t0 + .minutes(reading.minute)
            defer { before = time }
            return (time - before).milliseconds
        }
        return ReadingBatch(
            receivedAt: receivedAt ?? t0 + .minutes(readings.last?.minute ?? 0),
            table: [PointID(point)],
            point: readings.map { _ in 0 }, base: t0, measuredDelta: deltas,
            value: readings.map(\.value), quality: quality)
    }
}

/// What happened, in short: `raised p HH`, `level tank-farm orange`.
func words(_ effects: [RiskEffect]) -> [String] {
    effects.map { effect in
        switch effect {
        case .publishAlarm(let alarm, let news):
            "\(news) \(alarm.point) \(alarm.currentState.sign)"
        case .publishLevel(let level): "\(level.source) \(level.level)"
        }
    }
}

/// The levels among the effects.
func levels(_ effects: [RiskEffect]) -> [SourceLevel] {
    effects.compactMap { effect in
        switch effect {
        case .publishLevel(let level): level
        case .publishAlarm: nil
        }
    }
}

/// The alarms among the effects.
func alarms(_ effects: [RiskEffect]) -> [Alarm] {
    effects.compactMap { effect in
        switch effect {
        case .publishAlarm(let alarm, _): alarm
        case .publishLevel: nil
        }
    }
}
