import Contracts
import Domain
import SimKit
import Testing

@testable import CLI

/// A chemical plant of the literature, replayed through the three services in one process.
@Suite(.enabled(if: PlantFiles.areThere, PlantFiles.hint))
struct PlantTests {
    @Test("平稳工况不报警", arguments: ["d00", "d01", "d04", "d08"])
    func disturbancesWithinLimitsGiveNoAlarm(name: String) async throws {
        let plant = try await Plant()
        let summary = try await plant.line.replay(name)
        #expect(summary.stored == 960 * 11)
        #expect(try await plant.line.alarms().isEmpty)
        #expect(try await plant.line.notices().isEmpty)
        try await plant.stop()
    }

    @Test("反应动力学漂移：反应器压力只有高报")
    func theDriftGivesExactlyTheSessionsOfTheFile() async throws {
        let plant = try await Plant()
        _ = try await plant.line.replay("d13")
        let expected = try PlantFiles.sessions("d13")
        #expect(expected.count == 3)
        #expect(expected.allSatisfy { $0.point == "te-reactor-pressure" && $0.worstSign == "H" })
        #expect(try await plant.line.alarms().map(session) == expected)
        try await expectGolden(plant, "d13.txt")
        try await plant.stop()
    }

    @Test("进料中断：黄、橙、红，直到停车")
    func theLossOfFeedGoesThroughAllLevels() async throws {
        let plant = try await Plant()
        let summary = try await plant.line.replay("d06")
        #expect(try await plant.line.alarms().map(session) == PlantFiles.sessions("d06"))
        let levels = try await plant.line.journal(.risk)
            .filter { $0.kind == JournalKind.levelChanged.rawValue }
            .map { (at: $0.atUnixMs, warning: try RiskV1.Warning(serialized: $0.body)) }
        let pressure = try PlantFiles.rows("d06").map { $0[6] }
        let high = try #require(pressure.firstIndex { $0 >= 2895 }).time
        let highHigh = try #require(pressure.firstIndex { $0 >= 3000 }).time
        let red = highHigh + .minutes(30)
        #expect(levels.map(\.warning.level) == [.yellow, .orange, .red])
        #expect(levels.map(\.at) == [high, highHigh, red].map(\.unixMilliseconds))
        #expect(levels.map(\.warning.hazardSourceID) == Array(repeating: "te-reactor", count: 3))
        let end = (pressure.count - 1).time
        let notices = try await plant.line.notices()
        expectRecipients(notices, .yellow, at: high, bodies: ["d1"], clause: "002-WD §5")
        expectRecipients(notices, .orange, at: highHigh, bodies: ["d1", "c1"], clause: "002-WD §6")
        expectRecipients(
            notices, .red, at: red, bodies: ["d1", "c1", "p1", "cn"], clause: "002-WD §7")
        expectRedCirculars(notices, from: red, to: end)
        #expect(summary.deadlines > 60)
        try await expectGolden(plant, "d06.txt")
        try await plant.stop()
    }

    /// The three tiers of the reactor by HTTP, and the bodies at their desks; nobody else.
    private func expectRecipients(
        _ notices: [NotificationV1.Notice], _ level: CommonV1.WarningLevel, at: Instant,
        bodies: [String], clause: String
    ) {
        let raised = notices.filter { $0.level == level && $0.reason == .levelRaised }
        let persons = raised.filter { !$0.personID.isEmpty }
        #expect(
            persons.map(\.personID).sorted() == [
                "te-reactor-operating", "te-reactor-principal", "te-reactor-technical",
            ])
        #expect(persons.allSatisfy { $0.channel == "sms" })
        let desks = raised.filter { $0.personID.isEmpty }
        #expect(desks.map(\.nodeID).sorted() == bodies.sorted())
        #expect(desks.allSatisfy { $0.channel == "desk" })
        #expect(raised.allSatisfy { $0.clause.hasPrefix(clause) })
        #expect(raised.allSatisfy { $0.decidedAtUnixMs == at.unixMilliseconds })
    }

    /// 002-WD §12: to the city after 30 minutes, then each 30 minutes, until the data end.
    private func expectRedCirculars(
        _ notices: [NotificationV1.Notice], from red: Instant, to end: Instant
    ) {
        let circulars = notices.filter { $0.level == .red && $0.reason == .circular }
        var due: [Instant] = []
        while let next = Optional((due.last ?? red) + .minutes(30)), next <= end {
            due.append(next)
        }
        #expect(circulars.map(\.decidedAtUnixMs) == due.map(\.unixMilliseconds))
        #expect(circulars.map(\.dueAtUnixMs) == due.map(\.unixMilliseconds))
        #expect(circulars.map(\.circularNumber) == due.indices.map { UInt32($0 + 1) })
        #expect(circulars.allSatisfy { $0.nodeID == "c1" && $0.clause.hasPrefix("002-WD §12") })
    }

    private func session(_ alarm: RiskV1.Alarm) throws -> PlantFiles.Session {
        PlantFiles.Session(
            point: alarm.pointID, firstRow: Self.row(alarm.raisedAtUnixMs),
            backRow: alarm.clearedAtUnixMs == 0 ? nil : Self.row(alarm.clearedAtUnixMs),
            startSign: try LimitState(alarm.startState).sign,
            worstSign: try LimitState(alarm.worstState).sign,
            worstValue: alarm.worstReading?.value ?? .nan)
    }

    private static func row(_ unixMilliseconds: Int64) -> Int {
        Int((Instant(unixMilliseconds: unixMilliseconds) - .t0).milliseconds / 180_000)
    }

    private func expectGolden(_ plant: Plant, _ name: String) async throws {
        let text = try Story.text(
            risk: try await plant.line.journal(.risk),
            notification: try await plant.line.journal(.notification))
        let difference = try Golden.difference(text, from: name)
        #expect(difference == nil)
    }
}

extension Int {
    /// The time of the row with this number, from 0.
    fileprivate var time: Instant { .t0 + .minutes(3) * Int64(self) }
}

/// The three services in this process, with the plant in the registry.
private struct Plant {
    let host: TestHost
    let line: Line

    init() async throws {
        host = try await TestHost(
            Platform.services, flags: [(name: "clock", value: "simulated")])
        line = try await Line(on: host.folder)
        try await line.loadRegistry()
    }

    func stop() async throws { try await host.stop() }
}
