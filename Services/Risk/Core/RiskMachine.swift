package import Domain
package import Kernel
package import Policy

/// Turns readings into alarms of points, and alarms into the warning level of hazard sources.
///
/// *What it owns*: standing alarms, levels, and the latest measured time of each point; beside
/// them copies of the registry.
/// *How it moves*: a good reading that is newer than its point's latest is compared with the
/// limits. The first one beyond them opens a session, a change of state moves it, one inside
/// ends it. The level of a source is the highest that the profile's rules give any of its
/// standing alarms; a rule with a duration becomes true by a reading that proves it, or by time
/// once the readings have been heard.
/// *The odd case*: bad, missing, late or repeated readings move nothing, so an alarm never ends
/// because data stopped. Changed limits take effect with the next reading.
package struct RiskMachine: Machine {
    package typealias Event = RiskEvent
    package typealias Effect = RiskEffect
    package typealias Part = RiskPart
    package typealias Refusal = RiskRefusal

    /// A rule with a duration that an alarm has begun to meet.
    struct HoldKey: Hashable, Comparable, Sendable {
        var point: PointID
        var rule: RuleID

        static func < (left: HoldKey, right: HoldKey) -> Bool {
            (left.point, left.rule) < (right.point, right.rule)
        }
    }

    package let profile: PolicyProfile
    package private(set) var tree = OrganisationTree()
    package private(set) var enterprises: [EnterpriseID: RegistryFact.Enterprise] = [:]
    package private(set) var sources: [HazardSourceID: RegistryFact.HazardSource] = [:]
    private(set) var devices: [DeviceID: RegistryFact.Device] = [:]
    var table = PointTable()
    var sessions: [PointID: Alarm] = [:]
    /// The points with a standing alarm, in order, by source.
    var standing: [HazardSourceID: [PointID]] = [:]
    var levels: [HazardSourceID: SourceLevel] = [:]
    var holds = Deadlines<HoldKey>()
    var changes: [String: RiskPart?] = [:]
    /// Alarms that a reading moved without a change of state: further beyond, or later on its way.
    var moved: Set<PointID> = []
    /// Good readings of points that the registry does not know: counted, as they cannot be judged.
    package var readingsOfUnknownPoints = 0

    package init(profile: PolicyProfile) {
        self.profile = profile
    }

    /// Every hold waits for news: the reading that ends it may be on its way.
    package func nextDue(heard: Instant) -> Instant? { holds.nextDue(by: heard) }

    package mutating func handle(
        _ event: RiskEvent, at now: Instant
    ) throws(RiskRefusal) -> [RiskEffect] {
        switch event {
        case .registered(.removed(let entry)): return remove(entry, at: now)
        case .registered(let fact):
            put(fact)
            return []
        case .measured(let batch):
            guard batch.isWellFormed else {
                throw .columnsDoNotFit(receivedAt: batch.receivedAt)
            }
            return judge(batch, at: now)
        }
    }

    package mutating func wake(at now: Instant, heard: Instant) -> [RiskEffect] {
        var effects: [RiskEffect] = []
        while let entry = holds.popDue(at: min(now, heard)) {
            effects += lasted(entry.key, knownAt: entry.dueAt, at: now)
        }
        return effects
    }

    // MARK: Registry

    private mutating func put(_ fact: RegistryFact) {
        if case .point(let point) = fact {
            let index = table.put(point)
            changes["fact/point/\(point.id)"] = .point(point, index: index)
            return
        }
        apply(fact)
        changes[Self.key(of: fact)] = .fact(fact)
    }

    private mutating func apply(_ fact: RegistryFact) {
        switch fact {
        case .node(let node): tree.put(node)
        case .enterprise(let enterprise):
            enterprises[enterprise.id] = enterprise
            tree.put(
                .init(
                    id: enterprise.node, parent: enterprise.parent, kind: .enterprise,
                    name: enterprise.name))
        case .source(let source): sources[source.id] = source
        case .device(let device): devices[device.id] = device
        case .point(let point): _ = table.put(point)
        case .removed: break
        }
    }

    /// Drops what is not registered any more. An alarm that stands ends as removed, not as
    /// cleared: what it showed may still be so, and nobody measures it.
    private mutating func remove(
        _ entry: RegistryFact.Removal, at now: Instant
    ) -> [RiskEffect] {
        switch entry {
        case .device(let id):
            devices[id] = nil
            changes[Self.key(of: .removed(entry))] = .some(nil)
            return []
        case .point(let id):
            guard let index = table.remove(id) else { return [] }
            changes[Self.key(of: .removed(entry))] = .removed(index: index)
            guard var alarm = sessions[id] else { return [] }
            (alarm.currentState, alarm.changedLimit, alarm.removedAt) = (.normal, nil, now)
            end(alarm, index: index)
            return [.publishAlarm(alarm, .removed)]
                + assess(
                    alarm.source, after: alarm, measuredAt: now, knownAt: now, at: now)
        }
    }

    private static func key(of fact: RegistryFact) -> String {
        switch fact {
        case .node(let node): "fact/node/\(node.id)"
        case .enterprise(let enterprise): "fact/enterprise/\(enterprise.id)"
        case .source(let source): "fact/source/\(source.id)"
        case .device(let device): "fact/device/\(device.id)"
        case .point(let point): "fact/point/\(point.id)"
        case .removed(.point(let id)): "fact/point/\(id)"
        case .removed(.device(let id)): "fact/device/\(id)"
        }
    }

    // MARK: Parts

    package mutating func takeLazyChanges() -> [PartChange<RiskPart>] {
        let latest = table.takeChangedChunks().map { chunk, times in
            PartChange<RiskPart>(
                key: "latest/\(chunk)", part: .latest(chunk: chunk, unixMilliseconds: times))
        }
        let points = moved.sorted()
        moved = []
        return latest
            + points.compactMap { point in
                sessions[point].map { PartChange(key: "session/\(point)", part: .session($0)) }
            }
    }

    package mutating func takeChanges() -> [PartChange<RiskPart>] {
        let keys = changes.keys.sorted()
        defer { changes = [:] }
        return keys.map { PartChange(key: $0, part: changes[$0] ?? nil) }
    }

    package mutating func restore(_ part: RiskPart, key: String) {
        switch part {
        case .fact(let fact): apply(fact)
        case .point(let point, let index): table.restore(point, index: index)
        case .removed(let index): table.reserve(index)
        case .latest(let chunk, let times): table.restore(latest: times, chunk: chunk)
        case .session(var alarm):
            // A profile may have got new rules while the service was stopped.
            alarm.updateHolds(by: profile.levelModel.rules, since: alarm.changed.measuredAt)
            sessions[alarm.point] = alarm
            if let index = table.index(of: alarm.point) { table.slots[index].isQuiet = false }
            adopt(alarm.point)
        case .level(let level): levels[level.source] = level
        }
    }
}
