import Domain
import IngestCore
import Kernel
import Notification
import NotificationCore
import Risk
import RiskCore

// The end: everything is mended, things settle, and what is left is looked at.

extension World {
    mutating func endFaults() {
        faults.end()
        isProviderDown = false
        (ingest.isDiskFull, risk.isDiskFull, desk.isDiskFull) = (false, false, false)
        now = end
        for clock in [ingest.clock, risk.clock, desk.clock] { clock.advance(to: now) }
        for name in ServiceName.allCases { set(clockOf: name, to: .seconds(0)) }
        let down = [ingest.isUp, risk.isUp, desk.isUp]
        for name in ServiceName.allCases where !down[name.rawValue] {
            agenda.add(.start(name), at: end)
        }
        for stream in NewsStream.allCases {
            agenda.add(.deliver(stream), at: end + .seconds(1))
        }
        calmPlant()
    }

    /// Once everything has settled nothing is left that should have been done.
    mutating func checkEnd() throws {
        try require(ingest.isUp && risk.isUp && desk.isUp, "a service is not up")
        try checkHeardAll()
        try checkCopies()
        // A sleeper that was told of the time looks at it within some seconds.
        try missedModel.checkEnd(
            City.works.map { EnterpriseID($0.name) }, from: start, to: now - .minutes(1))
        try ledger.check(readings)
        try ledger.check(desk.shell.disk.tables)
        try IngestMachine.compare(ingest.shell.machine, in: &self)
        try RiskMachine.compare(risk.shell.machine, in: &self)
        try NotificationMachine.compare(desk.shell.machine, in: &self)
        figures.acknowledged = ledger.count
        for gateway in gateways {
            try require(
                gateway.kept.isEmpty,
                "\(gateway.id) was never told of \(gateway.kept.keys.sorted().prefix(5))")
        }
        let rows = desk.shell.disk.rows.keys.sorted()
        try require(rows.isEmpty, "not settled: \(rows.prefix(5))")
        for source in City.owners.indices {
            let level = risk.shell.machine.level(of: City.source(source))?.level ?? resting
            try require(level == resting, "source \(source) stays \(level), and is at rest")
        }
    }

    private func checkHeardAll() throws {
        let heard = [
            ("batches judged", riskInspector.judged, readings.batches.count),
            ("registry heard by risk", seq(risk, .registryToRisk), registryHead),
            ("registry heard by notification", seq(desk, .registryToDesk), registryHead),
            ("risk heard", seq(desk, .levels), risk.shell.disk.lines.count),
        ]
        for (what, known, all) in heard {
            try require(known == UInt64(all), "\(what): \(known) of \(all)")
        }
        let last = try risk.shell.disk.lines.last { try LevelNews($0) != nil }
        try require(
            inspector.heard == last?.seq ?? 0,
            "the last level heard is \(inspector.heard), the last one decided \(last?.seq ?? 0)")
    }

    private func seq<M: Watched>(_ service: Service<M>, _ stream: NewsStream) -> UInt64 {
        (service.shell.cursors[stream.cursor] ?? .start).seq
    }

    /// What risk and notification copied of the registry is what ingest says.
    private func checkCopies() throws {
        for line in Dictionary(
            ingest.shell.disk.lines.map { ("\($0.kind) \($0.subject)", $0) },
            uniquingKeysWith: { $1 }
        ).values {
            // What was removed leaves nothing to compare.
            if let fact = try RiskCore.RegistryFact(line), !fact.isRemoval {
                let isThere = risk.shell.disk.parts.values.contains { part in
                    switch (part, fact) {
                    case (.fact(let known), _): known == fact
                    case (.point(let known, _), .point(let point)): known == point
                    case (.point, _), (.removed, _), (.latest, _), (.session, _), (.level, _):
                        false
                    }
                }
                try require(isThere, "risk does not know \(line.kind) \(line.subject)")
            }
            if let fact = try NotificationCore.RegistryFact(line) {
                let isThere = desk.shell.disk.parts.values.contains { $0 == .fact(fact) }
                try require(isThere, "notification does not know \(line.kind) \(line.subject)")
            }
        }
    }
}

extension RiskCore.RegistryFact {
    fileprivate var isRemoval: Bool { if case .removed = self { true } else { false } }
}
