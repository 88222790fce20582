import Domain
import IngestCore
import Kernel
import NotificationCore
import RiskCore

// What the world takes note of when something is on a disk.

/// A machine whose calls are looked at.
protocol Watched: Simulated {
    /// A call is on disk.
    static func see(_ call: Shell<Self>.Call, in world: inout World) throws
    /// A process has begun with this.
    static func compare(_ machine: Self, in world: inout World) throws
}

extension IngestMachine: Watched {
    static func see(_ call: Shell<Self>.Call, in world: inout World) throws {
        if call.effects.isEmpty { return }
        try world.missedModel.see(call.effects, at: call.at)
        // Readings are checked against what is committed.
        world.directoryVersion += 1
        world.directory = PointDirectory(
            world.ingest.shell.machine.registry, version: world.directoryVersion)
        world.announce(.registryToRisk)
        world.announce(.registryToDesk)
    }

    static func compare(_ machine: Self, in world: inout World) throws {
        try world.ledger.check(world.ingest.shell.disk.parts)
    }
}

extension RiskMachine: Watched {
    static func see(_ call: Shell<Self>.Call, in world: inout World) throws {
        try world.riskInspector.see(call, world.readings)
        for effect in call.effects {
            switch effect {
            case .publishAlarm: world.figures.alarms += 1
            case .publishLevel:
                world.figures.levels += 1
                if case .wake = call.input { world.figures.byTime += 1 }
            }
        }
        if !call.effects.isEmpty { world.announce(.levels) }
    }

    static func compare(_ machine: Self, in world: inout World) throws {
        try world.riskInspector.compare(machine)
    }
}

extension NotificationMachine: Watched {
    static func see(_ call: Shell<Self>.Call, in world: inout World) throws {
        try world.inspector.see(call, world.risk.shell.disk.lines)
        for effect in call.effects {
            switch effect {
            case .handOver: break
            case .settleHandOver(let key): world.begun.remove(key)
            case .publishCase(let one, .opened): world.openCases.append(one.id)
            case .publishCase(let one, .closed): world.openCases.removeAll { $0 == one.id }
            case .publishNotice(let notice):
                world.figures.notices += 1
                world.recentNotices.append(notice.id)
                if world.recentNotices.count > 60 { world.recentNotices.removeFirst(20) }
            case .publishObligation: world.figures.obligations += 1
            case .publishCase, .showCase, .publishDocument, .publishDeclaration, .publishProfile,
                .publishDelivery:
                break
            }
        }
    }

    static func compare(_ machine: Self, in world: inout World) throws {
        try world.inspector.compare(machine)
        try world.ledger.check(world.desk.shell.disk.tables, lately: 20)
    }
}
